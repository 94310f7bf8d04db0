"""The end of a run in words, for a person at a terminal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from contract_tests.findings import Evidence
from contract_tests.reports.files import reproduction_path
from contract_tests.reports.report import ApiReport, Report, Reported

_MOST_LINES = 12
_LONGEST_LINE = 300
_LONGEST_BODY, _LONGEST_CURL = 200, 280
_MOST_OTHERS = 5
#: The status in a message such as `GET /taxes → 500: the server failed`.
_ANSWERED = re.compile(r"→ ([0-9]{3})\b")
#: What a terminal would obey instead of showing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def summary(report: Report, folder: str = "", *, verbose: bool = False) -> str:
    """Return the summary; `folder` is where the whole report was written, if it was.

    Findings with one cause, an operation and what is wrong of its answer, are shown once, with the
    others in a line. What was skipped or left out is a count. `verbose` lists all of it.
    """
    return "\n".join(map(_shown, _lines(report, folder, verbose=verbose))) + "\n"


def _lines(report: Report, folder: str, *, verbose: bool) -> Iterator[str]:
    for api in report.apis:
        yield ""
        yield from _findings(api, folder, verbose=verbose)
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


def _findings(api: ApiReport, folder: str, *, verbose: bool) -> Iterator[str]:
    by_cause: dict[tuple[str, ...], list[Reported]] = defaultdict(list)
    for reported in api.findings:
        by_cause[(str(reported.number),) if verbose else _cause(reported)].append(reported)
    by_check: dict[str, list[list[Reported]]] = defaultdict(list)
    for alike in by_cause.values():
        alike.sort(key=lambda each: (not each.fails, not each.finding.steps, each.number))
        by_check[alike[0].finding.check].append(alike)
    for check, found in by_check.items():
        yield f"{api.run.api}: {_titled(api, check)}: {len(found)}"
        for first, *others in found:
            yield from _finding(first, folder)
            if others:
                yield _also(others)
        yield ""
    if not folder and any(each.finding.test for each in api.findings):
        yield f"{api.run.api}: --report DIR keeps findings, for contract-tests replay NUMBER"


def _cause(reported: Reported) -> tuple[str, ...]:
    """What findings have in common that probably have one cause."""
    finding = reported.finding
    if finding.subject.isdigit():
        return finding.operation, finding.subject
    answered = _ANSWERED.search(finding.message)
    if finding.subject == "/status" and answered is not None:
        return finding.operation, answered[1]
    return finding.operation, finding.subject, "" if finding.subject else finding.check


def _also(others: list[Reported]) -> str:
    shown = [f"#{each.number} {each.finding.check}" for each in others[:_MOST_OTHERS]]
    left = len(others) - len(shown)
    return f"    also: {', '.join(shown)}{f' and {left} more (-v lists them)' if left else ''}"


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
    if finding.evidence is None:
        yield from _indented(finding.message)
    else:
        yield from _evidence(finding.evidence)
    for number, step in enumerate(finding.steps, 1):
        yield f"      {number}. {step}"
    if folder and (finding.test or finding.reproduction):
        yield f"    replay: contract-tests replay {reported.number} --report {folder}"
    if finding.reproduction and folder:
        yield f"    reproduce: sh {folder}/{reproduction_path(reported, '.sh')}"
    elif finding.reproduction and not finding.steps:
        yield from _indented(finding.reproduction)


def _evidence(shown: Evidence) -> Iterator[str]:
    yield f"    expected: {shown.expected}"
    yield f"    actual:   {shown.actual}"
    yield f"    request:  {shown.method} {shown.url}"
    if shown.request_body:
        yield f"              {_short(shown.request_body)}"
    yield f"    response: {shown.status or 'none'}"
    if shown.response_body:
        yield f"              {_short(shown.response_body)}"
    # A line that is cut is no command.
    curl = shown.curl if len(shown.curl) <= _LONGEST_CURL else "too long for here; see the report"
    yield f"    curl:     {curl}"


def _short(body: str) -> str:
    """A body in one line."""
    line = " ".join(body.split())
    return line if len(line) <= _LONGEST_BODY else f"{line[:_LONGEST_BODY]}…"


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
