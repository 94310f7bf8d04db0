"""What a caller sent and no part of the contract has: misspelled parameters and properties.

Services pass over such things without a word, and so the answer says nothing of them; whoever looks
at an exchange sees them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from mock_server.journal.exchange import Exchange
from mock_server.openapi.document import Json, OperationSpec, SpecIndex
from mock_server.openapi.schema import parts_of, properties_of

#: So many are named; a body of nothing but unknown keys need not be repeated.
_MOST = 20


def ignored(exchange: Exchange, spec: SpecIndex) -> list[str]:
    """Return what was sent and ignored: `query sorted`, `body items.sale.prize`; each once.

    Looked at are the query and a JSON body, at any depth that the spec describes. A property that
    the spec marks as `x-no-effect` is ignored too, unless it is empty and so asks for nothing.
    """
    operation = spec.operations.get(exchange.operation or "")
    if operation is None:
        return []
    found = dict.fromkeys(_parameters(exchange, operation, spec))
    found |= dict.fromkeys(_properties(exchange, operation, spec))
    return list(found)[:_MOST]


def _parameters(exchange: Exchange, operation: OperationSpec, spec: SpecIndex) -> Iterator[str]:
    if not exchange.query:
        return
    known = {each.name for each in operation.parameters if each.location == "query"}
    known |= {
        scheme.parameter for scheme in spec.security_schemes.values() if scheme.location == "query"
    }
    for name, _ in parse_qsl(exchange.query, keep_blank_values=True, errors="replace"):
        if name not in known:
            yield f"query {name}"


def _properties(exchange: Exchange, operation: OperationSpec, spec: SpecIndex) -> Iterator[str]:
    if operation.request_body is None or not exchange.request_body:
        return
    content = operation.request_body.content.get("application/json")
    if content is None:
        return
    try:
        body = json.loads(exchange.request_body)
    except (ValueError, RecursionError):
        return
    for path in _unknown(body, content.get("schema", {}), spec):
        yield f"body {path}"


def _unknown(value: Any, schema: Json, spec: SpecIndex, path: str = "") -> Iterator[str]:
    """The paths of the properties that no schema describes, `a.b` and `a.0.b`."""
    schema = spec.typed(schema)
    if isinstance(value, list):
        items = next((part["items"] for part in _parts(spec, schema) if "items" in part), None)
        if items is not None:
            for index, item in enumerate(value):
                yield from _unknown(item, items, spec, f"{path}{index}.")
    elif isinstance(value, dict):
        known = dict(properties_of(spec, schema))
        if not known or any(part.get("additionalProperties") for part in _parts(spec, schema)):
            return
        for name, item in value.items():
            if name not in known:
                yield f"{path}{name}"
            elif spec.resolve(known[name]).get("x-no-effect"):
                if item not in ("", None):
                    yield f"{path}{name}"
            else:
                yield from _unknown(item, known[name], spec, f"{path}{name}.")


def _parts(spec: SpecIndex, schema: Json) -> Iterator[Json]:
    return (spec.resolve(parts[-1]) for parts in parts_of(spec, schema))
