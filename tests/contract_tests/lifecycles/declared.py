"""What a lifecycle names, gathered so that it can be held to the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from mock_server.lifecycle.model import Idempotency, Lifecycle
from mock_server.openapi.document import Json, OperationSpec, SpecIndex


def parts_of(declared: Any) -> Iterator[Any]:
    """Yield a declaration and all declarations within it."""
    if isinstance(declared, tuple):
        for each in declared:
            yield from parts_of(each)
    elif is_dataclass(declared):
        yield declared
        for field in fields(declared):
            yield from parts_of(getattr(declared, field.name))


def operations_of(lifecycle: Lifecycle) -> set[str]:
    """Return the operations that anything of a lifecycle reaches."""
    found: set[str] = set()
    for part in parts_of(lifecycle):
        if isinstance(part, Idempotency):
            continue
        found |= {*getattr(part, "asks", ())}
        found |= {
            value
            for name in ("operation", "undo", "listing")
            if isinstance(value := getattr(part, name, None), str)
        }
    return found


def parameters_of(operation: OperationSpec, location: str) -> set[str]:
    """Return the names of an operation's parameters in one place."""
    return {each.name for each in operation.parameters if each.location == location}


def answer_schema(spec: SpecIndex, operation: str) -> Json:
    """Return the schema of an operation's JSON answer of success."""
    responses = spec.operations[operation].responses
    for status, response in responses.items():
        if status < 300:
            for media_type, content in response.content.items():
                if "json" in media_type:
                    schema: Json = content["schema"]
                    return schema
    raise LookupError(f"{operation} answers no JSON")


def leads(spec: SpecIndex, schema: Any, pointer: str) -> bool:
    """Say whether a schema has something at a pointer."""
    first, _, rest = pointer.removeprefix("/").partition("/")
    if not pointer:
        return True
    rest = f"/{rest}" if rest else ""
    return any(leads(spec, below, rest) for below in _below(spec, schema, first))


def _below(spec: SpecIndex, schema: Any, key: str) -> Iterator[Any]:
    """Yield the schemas of what stands under a key."""
    schema = spec.resolve(schema)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from _below(spec, part, key)
    if key in schema.get("properties", {}):
        yield schema["properties"][key]
    elif isinstance(schema.get("additionalProperties"), Mapping):
        yield schema["additionalProperties"]
    if "items" in schema and (key.isdigit() or "=" in key):
        yield schema["items"]
