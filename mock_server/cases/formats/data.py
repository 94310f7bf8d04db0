"""Cases as data: JSON, JSON lines, CSV, and the JUnit report of the check."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from mock_server.cases.formats.sent import Target, sent
from mock_server.cases.model import Call, Case


def as_json(cases: Sequence[Case], target: Target) -> str:
    """Return one JSON document."""
    document = {
        "api": target.api,
        "seed": target.seed,
        "variables": target.variables,
        "cases": [record(case, target) for case in cases],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_ndjson(cases: Sequence[Case], target: Target) -> str:
    """Return a JSON object a line, one for each case."""
    return "".join(json.dumps(record(case, target), ensure_ascii=False) + "\n" for case in cases)


def record(case: Case, target: Target) -> dict[str, Any]:
    """Return a case as a JSON value; `variables` are those of its own."""
    long_texts = {name: "x" * count for name, count in case.long_texts.items() if count < 10_000}
    repeated = {
        name: {"repeat": "x", "times": count}
        for name, count in case.long_texts.items()
        if name not in long_texts
    }
    expected = case.expected
    return {
        "id": case.id,
        "operation": case.operation,
        "kind": case.kind,
        "field": case.field,
        "rule": case.rule,
        "spec": case.spec,
        "basis": case.basis,
        "source": case.source,
        "schema_allows": case.schema_allows,
        "variables": {"tag": case.tag, **long_texts, **repeated},
        "setup": [
            {"request": _request(step.call, target), "captures": dict(step.captures)}
            for step in case.setup
        ],
        "request": _request(case.call, target),
        "expected": {
            "status": expected.status,
            "media_type": expected.media_type,
            "body": expected.body,
            "varies": list(expected.varies),
        },
    }


def _request(call: Call, target: Target) -> dict[str, Any]:
    request = sent(call, target)
    return {
        "method": request.method,
        "url": f"{{{{base_url}}}}{request.target}",
        "headers": dict(request.headers),
        "basic_user": request.user,
        "body": request.body,
    }


_COLUMNS = (
    "id", "operation", "kind", "field", "rule", "setup", "method", "path", "query", "headers",
    "body", "status", "answer", "schema_allows", "spec", "basis", "source",
)  # fmt: skip


def as_csv(cases: Sequence[Case], target: Target) -> str:
    """Return a table, a row for each case."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for case in cases:
        request, expected = sent(case.call, target), case.expected
        answer = "" if expected.body is None else json.dumps(expected.body, ensure_ascii=False)
        allows = {None: "", True: "yes", False: "no"}[case.schema_allows]
        setup = "; ".join(f"{step.call.method} {step.call.path}" for step in case.setup)
        writer.writerow(
            [
                case.id, case.operation, case.kind, case.field, case.rule, setup, request.method,
                request.path, request.query, "; ".join(map(": ".join, request.headers)),
                request.body, expected.status, answer, allows, case.spec, case.basis, case.source,
            ]
        )  # fmt: skip
    return text.getvalue()


def as_junit(cases: Sequence[Case], target: Target, left_out: Sequence[Case] = ()) -> str:
    """Return the report of the check against the mock; what it left out is skipped."""
    suite = ET.Element(
        "testsuite",
        name=f"{target.api} cases",
        tests=str(len(cases) + len(left_out)),
        failures="0",
        skipped=str(len(left_out)),
    )
    for case in (*cases, *left_out):
        name = "".join(each if each.isprintable() else "\ufffd" for each in case.title)
        ET.SubElement(suite, "testcase", classname=case.operation, name=f"{case.tag} {name}")
    for entry in list(suite)[len(cases) :]:
        ET.SubElement(entry, "skipped", message="two sandboxes answer with different statuses")
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
