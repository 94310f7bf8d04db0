"""The report as JUnit's XML, which CI services show: one suite per API.

A test case is a check or a property of one operation (class `<api>.<check>` or `<api>.<property>`,
named by the operation), a property that was not tried (named by what must hold), or something that
was left out (class `<api>.left_out`). Each has the time that it took; checks of one call share its
time. What fails the run is a failure, what the baseline excuses or what was left out is skipped,
and a target that could not be reached is an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from contract_tests.reports.report import ApiReport, Report, Reported

#: What XML 1.0 cannot hold, in any form.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Case = tuple[str, str]


def junit_report(report: Report) -> str:
    """Return the report as an XML document."""
    suites = ET.Element("testsuites", name="contract-tests")
    for api in report.apis:
        suites.append(_suite(api, report))
    for name in ("tests", "failures", "errors", "skipped"):
        suites.set(name, str(sum(int(suite.get(name, 0)) for suite in suites)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _suite(api: ApiReport, report: Report) -> ET.Element:
    run = api.run
    suite = ET.Element(
        "testsuite",
        name=run.api,
        time=f"{run.seconds:.3f}",
        timestamp=report.started.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    about = ET.SubElement(suite, "properties")
    for name, value in (
        ("target", run.target),
        ("profile", run.profile),
        ("seed", run.seed),
        ("requests", run.requests),
        ("checks", run.checks),
    ):
        ET.SubElement(about, "property", name=name, value=_text(str(value)))
    if api.unreachable:
        reachable = ET.SubElement(suite, "testcase", classname=run.api, name="reachable")
        ET.SubElement(reachable, "error", message=_text(api.unreachable), type="Unreachable")
    found = _by_case(api)
    skipped = {
        (f"{run.api}.{each.name}", each.description or each.name): each.skipped
        for each in run.properties
        if each.skipped
    }
    took = {
        (f"{run.api}.{check}", operation): seconds
        for (operation, check), seconds in sorted(run.took.items())
    }
    took |= {
        (f"{run.api}.{each.name}", operation): seconds
        for each in run.properties
        for operation, seconds in each.operations.items()
    }
    cases = [(f"{run.api}.{check}", operation) for operation, check in sorted(run.checked)]
    for case in dict.fromkeys([*cases, *took, *skipped, *found]):
        _case(suite, case, found.get(case, []), skipped.get(case, ""), took.get(case))
    for reason in run.skipped:
        _case(suite, (f"{run.api}.left_out", reason), [], reason)
    suite.set("tests", str(len(suite.findall("testcase"))))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{kind}"))))
    return suite


def _by_case(api: ApiReport) -> dict[_Case, list[Reported]]:
    found = defaultdict(list)
    for reported in api.findings:
        finding = reported.finding
        case = f"{api.run.api}.{finding.check}", finding.operation or api.run.api
        found[case].append(reported)
    return found


def _case(
    suite: ET.Element,
    case: _Case,
    found: Iterable[Reported],
    skipped: str,
    seconds: float | None = None,
) -> None:
    element = ET.SubElement(suite, "testcase", classname=_text(case[0]), name=_text(case[1]))
    if seconds is not None:
        element.set("time", f"{seconds:.3f}")
    failing = [reported for reported in found if reported.fails]
    if failing:
        first = failing[0].finding
        failure = ET.SubElement(element, "failure", type=_text(first.check))
        failure.set("message", _text(first.message.strip().partition("\n")[0]))
        failure.text = _text("\n\n".join(map(_described, failing)))
    elif known := [reported.known for reported in found if reported.known]:
        reasons = [entry.reason or f"known since {entry.first_seen}" for entry in known]
        ET.SubElement(element, "skipped", message=_text("; ".join(reasons)))
    elif skipped:
        ET.SubElement(element, "skipped", message=_text(skipped))


def _described(reported: Reported) -> str:
    finding = reported.finding
    parts = [f"#{reported.number} {finding.operation}", finding.message]
    if finding.evidence is not None:
        shown = finding.evidence
        parts += [f"expected: {shown.expected}", f"actual: {shown.actual}"]
        parts += [f"request: {shown.method} {shown.url}", shown.request_body]
        parts += [f"response: {shown.status}", shown.response_body, f"curl: {shown.curl}"]
    return "\n".join([*(part for part in parts if part), *finding.steps, finding.reproduction])


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
