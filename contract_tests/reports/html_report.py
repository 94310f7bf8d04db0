"""The report as one HTML file that loads nothing from outside, for a browser."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract_tests.reports.report import ApiReport, Report
from mock_server import __version__

_TEMPLATES = Path(__file__).parent / "templates"
_SCRIPT = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
_STYLE = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
VERDICTS = ("new", "expired", "known")


def html_report(report: Report, files: dict[int, list[str]]) -> str:
    """Return the report as an HTML document.

    `files` has, by a finding's number, the names of its reproductions relative to the document.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    findings = report.findings
    return environment.get_template("report.html").render(
        report=report,
        apis=[(api, _checked(api)) for api in report.apis],
        files=files,
        checks=sorted({each.finding.check for each in findings}),
        verdicts=[name for name in VERDICTS if any(each.verdict == name for each in findings)],
        version=__version__,
        script=_SCRIPT,
        style=_STYLE,
        # The browser runs and applies these two and nothing else, whatever a target has answered.
        policy=(
            f"default-src 'none'; script-src '{_digest(_SCRIPT)}'; style-src '{_digest(_STYLE)}'"
        ),
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _checked(api: ApiReport) -> dict[str, dict[str, tuple[int, bool]]]:
    """Check → operation → how often it was made, and whether something failing was found."""
    failed = {(each.finding.operation, each.finding.check) for each in api.findings if each.fails}
    table: dict[str, dict[str, tuple[int, bool]]] = defaultdict(dict)
    for (operation, check), times in sorted(api.run.checked.items()):
        table[check][operation] = times, (operation, check) in failed
    return table
