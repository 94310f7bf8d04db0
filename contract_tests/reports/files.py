"""Write a report's files into a folder."""

from __future__ import annotations

import re
from pathlib import Path

from contract_tests.reports.html_report import html_report
from contract_tests.reports.json_report import json_report
from contract_tests.reports.junit import junit_report
from contract_tests.reports.report import Report, Reported
from mock_server.usage import UsageError

REPRODUCTIONS = "reproductions"
_LONGEST_NAME = 80


class ReportError(UsageError):
    """The report cannot be written; the message says why, in one line."""


def write_report(report: Report, folder: Path) -> None:
    """Write `report.json`, `junit.xml`, `report.html` and the reproductions; raises ReportError.

    Reproductions of an earlier run in the same folder are removed.
    """
    files: dict[int, list[str]] = {}
    texts = {"report.json": json_report(report), "junit.xml": junit_report(report)}
    for reported in report.findings:
        finding = reported.finding
        for suffix, text in ((".sh", finding.reproduction), (".py", finding.test)):
            if text:
                path = reproduction_path(reported, suffix)
                texts[path] = text if text.endswith("\n") else f"{text}\n"
                files.setdefault(reported.number, []).append(path)
    texts["report.html"] = html_report(report, files)
    try:
        (folder / REPRODUCTIONS).mkdir(parents=True, exist_ok=True)
        for old in (folder / REPRODUCTIONS).glob("[0-9]*-*.*"):
            old.unlink()
        for path, text in texts.items():
            (folder / path).write_text(text, encoding="utf-8")
            if path.endswith(".sh"):
                (folder / path).chmod(0o755)
    except OSError as problem:
        raise ReportError(f"{problem.filename or folder}: {problem.strerror}") from problem


def reproduction_path(reported: Reported, suffix: str) -> str:
    """Return where a finding's reproduction is in the folder of the report."""
    finding = reported.finding
    return script_of(reported.number, finding.check, finding.operation, suffix)


def script_of(number: int, check: str, operation: str, suffix: str) -> str:
    """Return the same for the finding with a number, by its check and operation."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{check}-{operation}").strip("-")[:_LONGEST_NAME]
    return f"{REPRODUCTIONS}/{number}-{name}{suffix}"
