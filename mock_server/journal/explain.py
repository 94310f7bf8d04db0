"""Explain an exchange: what it was taken for, what it did, and where its rules come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypedDict
from urllib.parse import parse_qs

from mock_server.journal.exchange import Exchange
from mock_server.journal.views import changes_view, exchange_view
from mock_server.openapi.document import OperationSpec, Provenance, SpecIndex
from mock_server.openapi.schema import parts_of
from mock_server.state.store import Key


class ShownRequest(TypedDict):
    """A request without its secrets."""

    method: str
    url: str
    headers: dict[str, str]
    body: str


class ShownResponse(TypedDict):
    """A response without its secrets."""

    status: int
    headers: dict[str, str]
    body: str


class ExplainedOperation(TypedDict):
    """The operation of the spec that a call was taken for."""

    id: str
    method: str
    path: str
    summary: str


class Validation(TypedDict):
    """What validation said of a request."""

    verdict: str
    violations: list[str]


class ReadRecord(TypedDict):
    """A record that was looked up."""

    table: str
    key: Key


class ExplainedPart(TypedDict):
    """A part of the contract that a call used, and where it comes from."""

    part: str
    basis: str
    source: str


class Explanation(TypedDict):
    """What an exchange was taken for, what it did, and where its rules come from.

    `kept` says whether what it changed was kept; `changed` has the changes as the journal shows
    them. `odd_values` are those of messy data that it read or showed, each with its dimension.
    """

    number: int
    summary: str
    at: str
    request: ShownRequest
    response: ShownResponse
    operation: ExplainedOperation | None
    validation: Validation
    ignored: list[str]
    error: str | None
    problem: str | None
    fault: str | None
    read: list[ReadRecord]
    changed: list[dict[str, Any]]
    kept: bool
    odd_values: list[dict[str, Any]]
    provenance: list[ExplainedPart]


@dataclass(frozen=True, slots=True)
class Used:
    """One part of the contract that an exchange made use of, and where it comes from."""

    part: str
    provenance: Provenance


def explain(
    exchange: Exchange, spec: SpecIndex, odd_values: Sequence[dict[str, Any]] = ()
) -> Explanation:
    """Return, as JSON, what an exchange was taken for and why it was answered so.

    It has the operation, what validation said, what was sent and ignored, records read and written,
    the fault, the sandbox's time, and under `provenance` every part of the contract that it used,
    with basis and source.
    """
    view = exchange_view(exchange, spec)
    operation = spec.operations.get(exchange.operation or "")
    return {
        "number": exchange.number,
        "summary": _summary(exchange, operation, view["ignored"]),
        "at": view["at"],
        "request": view["request"],
        "response": view["response"],
        "operation": None
        if operation is None
        else {
            "id": operation.id,
            "method": operation.method.upper(),
            "path": operation.path,
            "summary": operation.raw.get("summary", ""),
        },
        "validation": {"verdict": exchange.verdict, "violations": list(exchange.violations)},
        "ignored": view["ignored"],
        "error": exchange.error,
        "problem": exchange.problem,
        "fault": exchange.fault,
        "read": [{"table": table, "key": key} for table, key in dict.fromkeys(exchange.reads)],
        "changed": changes_view(exchange.changes),
        "kept": exchange.after.revision > exchange.before.revision,
        "odd_values": list(odd_values),
        "provenance": [
            {
                "part": used.part,
                "basis": used.provenance.basis,
                "source": used.provenance.source,
            }
            for used in used_parts(exchange, spec)
        ],
    }


def used_parts(exchange: Exchange, spec: SpecIndex) -> list[Used]:
    """Return each part of the contract that an exchange used, in the order of the spec.

    That is the operation, the status that was answered, and the parameters and body properties
    that were sent; not every property of an answer, which nobody may have looked at.
    """
    operation = spec.operations.get(exchange.operation or "")
    if operation is None:
        return []
    inherited = spec.provenance_of(operation.raw)
    used = [Used(f"operation {operation.id}", inherited)]
    used += _parameters(exchange, operation, spec)
    used += _properties(exchange, operation, spec)
    response = operation.raw["responses"].get(str(exchange.status))
    if response is not None:
        used.append(Used(f"answer {exchange.status}", _of(response, spec, inherited)))
    return used


def _parameters(exchange: Exchange, operation: OperationSpec, spec: SpecIndex) -> Iterator[Used]:
    sent = parse_qs(exchange.query, keep_blank_values=True)
    for parameter in operation.parameters:
        name = parameter.name
        was_sent = (
            parameter.location == "path"
            or (parameter.location == "query" and name in sent)
            or (parameter.location == "header" and name.lower() in exchange.request_headers)
        )
        if was_sent:
            raw = next(
                node
                for node in _declared(operation, spec)
                if (spec.resolve(node)["in"], spec.resolve(node)["name"])
                == (parameter.location, name)
            )
            inherited = spec.provenance_of(operation.raw)
            yield Used(f"parameter {name}", _of(raw, spec, inherited))


def _declared(operation: OperationSpec, spec: SpecIndex) -> list[Any]:
    item = spec.document["paths"][operation.path]
    return [*operation.raw.get("parameters", []), *item.get("parameters", [])]


def _properties(exchange: Exchange, operation: OperationSpec, spec: SpecIndex) -> Iterator[Used]:
    """The properties of the request body that were sent, on its first level."""
    if operation.request_body is None:
        return
    try:
        body = json.loads(exchange.request_body or b"null")
    except ValueError:
        return
    if not isinstance(body, dict):
        return
    for content in operation.request_body.content.values():
        marks = _marks(spec, content.get("schema", {}), spec.provenance_of(operation.raw))
        for name in body:
            if name in marks:
                yield Used(f"property {name}", marks[name])
        return


def _marks(spec: SpecIndex, schema: Any, inherited: Provenance) -> dict[str, Provenance]:
    """The provenance of each property of a schema and of all it is composed of."""
    marks: dict[str, Provenance] = {}
    for parts in parts_of(spec, schema):
        mark = reduce(lambda mark, part: _of(part, spec, mark), parts, inherited)
        for name, node in spec.resolve(parts[-1]).get("properties", {}).items():
            marks.setdefault(name, _of(node, spec, mark))
    return marks


def _of(node: Any, spec: SpecIndex, inherited: Provenance) -> Provenance:
    """The mark of a node or of what it refers to; a reference's target does not inherit from us."""
    if isinstance(node, dict) and "$ref" in node:
        return spec.provenance_of(spec.resolve(node))
    return spec.provenance_of(node, inherited)


def _summary(exchange: Exchange, operation: OperationSpec | None, ignored: Sequence[str]) -> str:
    what = operation.id if operation else f"no operation at {exchange.method} {exchange.path}"
    ends = {
        "answered": f"was answered {exchange.status}",
        "refused": f"was refused with {exchange.status} ({exchange.error})",
        "blocked": f"was blocked: {exchange.problem}",
    }
    text = f"{what} {ends[exchange.verdict]}"
    if exchange.violations:
        text += f" for {'; '.join(exchange.violations)}"
    if ignored:
        text += f"; {', '.join(ignored)} {'was' if len(ignored) == 1 else 'were'} ignored"
    if exchange.fault:
        text += f"; the fault {exchange.fault} was applied"
    return text
