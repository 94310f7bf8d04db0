"""An answer of any status that an operation declares, in the vendor's own body."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from mock_server.engine.api import Api
from mock_server.engine.errors import (
    ApiError,
    Conflict,
    Forbidden,
    InvalidRequest,
    MalformedRequest,
    PayloadTooLarge,
    RateLimited,
    RecordNotFound,
    Unauthenticated,
    UnsupportedMediaType,
    Violation,
)
from mock_server.engine.messages import NO_BODY, Reply, Request
from mock_server.openapi.document import Json, OperationSpec, SpecIndex
from mock_server.state.sandbox import Sandbox

_FORMATS: dict[str, str] = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.com/",
    "email": "someone@example.com",
    "int32": "1",
    "int64": "1",
    "decimal": "1.00",
}
_DEPTH = 12


def _errors(now: int, limit: int) -> tuple[ApiError, ...]:
    """One error of each kind, the likeliest for a status first."""
    return (
        Unauthenticated("invalid"),
        Forbidden(),
        RecordNotFound("record", "0"),
        InvalidRequest([Violation("body", ("name",), "required")]),
        MalformedRequest("a fault was asked for"),
        Conflict("a fault was asked for"),
        UnsupportedMediaType("text/plain", ("application/json",)),
        PayloadTooLarge(0),
        RateLimited(limit, now + 60, 60),
        InvalidRequest([Violation("query", ("page",), "type", "integer", "x")]),
    )


def declared_reply(
    status: int,
    operation: OperationSpec,
    api: Api,
    spec: SpecIndex,
    request: Request,
    sandbox: Sandbox,
) -> Reply:
    """Return an answer of a status: an error's in the vendor's words, else the spec's example.

    Raises LookupError, naming the statuses that there are, if the operation does not declare this
    one.
    """
    response = operation.responses.get(status)
    if response is None:
        known = ", ".join(map(str, sorted(operation.responses)))
        raise LookupError(f"{operation.id} does not answer {status}; it declares {known}")
    if status >= 400:
        now = int(sandbox.clock.now().timestamp())
        limit = api.rate_limit.size_in(sandbox) if api.rate_limit else 0
        for error in _errors(now, limit):
            with suppress(LookupError):  # a table may know only conflicts of its own rules
                reply = api.errors.render(error, request)
                if reply.status == status:
                    return reply
    headers = {
        name: str(header.get("example", example_of(header.get("schema", {}), spec)))
        for name, header in response.headers.items()
        if header.get("required")
    }
    if not response.content:
        return Reply(status, NO_BODY, headers)
    media_type, content = next(iter(response.content.items()))
    examples = content.get("examples", {})
    if "example" in content:
        body = content["example"]
    elif examples:
        body = spec.resolve(next(iter(examples.values()))).get("value")
    else:
        body = example_of(content.get("schema", {}), spec)
    return Reply(status, body, headers, media_type)


def example_of(schema: Json, spec: SpecIndex, depth: int = 0) -> Any:
    """Return a small value that a schema allows: its example, default or first member if it can."""
    schema = spec.resolve(schema)
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    if "allOf" in schema:
        parts = [example_of(part, spec, depth + 1) for part in schema["allOf"]]
        if all(isinstance(part, dict) for part in parts):
            return {key: value for part in parts for key, value in part.items()}
        return parts[0]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return example_of(schema[key][0], spec, depth + 1)
    if schema.get("nullable") or depth > _DEPTH:
        return None
    return _of_type(schema, spec, depth)


def _of_type(schema: Json, spec: SpecIndex, depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind == "object":
        properties = schema.get("properties", {})
        return {
            name: example_of(properties.get(name, {}), spec, depth + 1)
            for name in schema.get("required", ())
        }
    if kind == "array":
        count = schema.get("minItems", 0)
        return [example_of(schema.get("items", {}), spec, depth + 1)] * count
    if kind in {"integer", "number"}:
        return max(schema.get("minimum", 0), 0) + (1 if schema.get("exclusiveMinimum") else 0)
    if kind == "boolean":
        return False
    if kind == "string":
        text = _FORMATS.get(schema.get("format", ""), "")
        if "pattern" in schema and not re.search(schema["pattern"], text):
            text = next(
                (each for each in ("0", "x", "1.00") if re.search(schema["pattern"], each)), ""
            )
        return text.ljust(schema.get("minLength", 0), "x")
    return None
