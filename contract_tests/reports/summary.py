"""The end of a run in words, for a person at a terminal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from contract_tests.reports.files import reproduction_path
from contract_tests.reports.report import ApiReport, Report, Reported

_MOST_LINES = 12
_LONGEST_LINE = 300
#: What a terminal would obey instead of showing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def summary(report: Report, folder: str = "", *, verbose: bool = False) -> str:
    """Return the summary; `folder` is where the whole report was written, if it was.

    What was skipped or left out is a count, and listed if it is to be `verbose`.
    """
    return "\n".join(map(_shown, _lines(report, folder, verbose=verbose))) + "\n"


def _lines(report: Report, folder: str, *, verbose: bool) -> Iterator[str]:
    for api in report.apis:
        yield ""
        yield from _findings(api, folder)
        yield from _properties(api, verbose=verbose)
        if api.run.skipped and verbose:
            yield f"{api.run.api}: left out:"
            yield from (f"  {reason}" for reason in api.run.skipped)
        elif api.run.skipped:
            yield f"{api.run.api}: {len(api.run.skipped)} parts left out (-v lists them)"
        yield _verdict(api)
    for known in report.gone:
        what = f"{known.api}: {known.check}: {known.operation}"
        yield f"no longer found: {what} (known since {known.first_seen})"


def _verdict(api: ApiReport) -> str:
    run = api.run
    if api.unreachable:
        return f"{run.api}: not tested: {api.unreachable}"
    return (
        f"{run.api}: {api.verdict}; {run.requests} requests, {run.checks} checks, "
        f"{run.seconds:.1f} s, seed {run.seed}, profile {run.profile}, target {run.target}"
    )


def _findings(api: ApiReport, folder: str) -> Iterator[str]:
    by_check: dict[str, list[Reported]] = defaultdict(list)
    for reported in api.findings:
        by_check[reported.finding.check].append(reported)
    for check, found in by_check.items():
        yield f"{api.run.api}: {_titled(api, check)}: {len(found)}"
        for reported in found:
            yield from _finding(reported, folder)
        yield ""


def _titled(api: ApiReport, check: str) -> str:
    """The id of a check, with what must hold if it is a property."""
    described = (each.description for each in api.run.properties if each.name == check)
    description = next(described, "")
    return f"{check} ({description})" if description else check


def _finding(reported: Reported, folder: str) -> Iterator[str]:
    finding = reported.finding
    where = " ".join(part for part in (finding.operation, finding.subject) if part)
    yield f"  #{reported.number} {where or '(no operation)'} ({_remark(reported)})"
    if reported.known is not None and reported.known.reason:
        yield f"    known: {reported.known.reason}"
    yield from _indented(finding.message)
    for number, step in enumerate(finding.steps, 1):
        yield f"      {number}. {step}"
    if finding.reproduction and folder:
        yield f"    reproduce: sh {folder}/{reproduction_path(reported, '.sh')}"
    elif finding.reproduction and not finding.steps:
        yield from _indented(finding.reproduction)


def _remark(reported: Reported) -> str:
    parts = [reported.finding.phase, reported.verdict]
    if reported.known is not None:
        parts.append(f"since {reported.known.first_seen}")
        if reported.verdict == "expired":
            parts.append(f"until {reported.known.expires}")
    if reported.alike:
        parts.append(f"{reported.alike} more like it")
    return ", ".join(part for part in parts if part)


def _properties(api: ApiReport, *, verbose: bool) -> Iterator[str]:
    properties = api.run.properties
    if not properties:
        return
    tried = [each for each in properties if not each.skipped]
    failed = [each for each in tried if each.failed]
    skipped = len(properties) - len(tried)
    yield (
        f"{api.run.api}: {len(tried)} properties tried, {len(failed)} of them failed, "
        f"{skipped} skipped{' (-v lists them)' if skipped and not verbose else ''}"
    )
    for each in failed:
        yield f"  failed: {_titled(api, each.name)} ({each.failed} of {each.tried})"
    for each in properties:
        if each.skipped and verbose:
            yield f"  skipped: {_titled(api, each.name)}: {each.skipped}"


def _indented(text: str) -> Iterator[str]:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    for line in islice(lines, _MOST_LINES):
        yield f"    {line}"
    if len(lines) > _MOST_LINES:
        yield f"    … {len(lines) - _MOST_LINES} more lines"


def _shown(text: str) -> str:
    text = _CONTROL.sub("\ufffd", text.replace("\n", " "))
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"
