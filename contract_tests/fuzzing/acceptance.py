"""Tell a body that is valid as the service takes it from one that breaks its schema.

A form carries text and nothing else: where a schema wants a string, null goes out as `null` and a
number as its digits, and both arrive as strings that the schema admits. Where the spec marks a text
as `x-trimmed`, spaces around it do not count; where a schema says that it `x-accepts` another type,
a value of that type counts as the one that it stands for. Where a request body is marked as
`x-unreadable-as-empty`, what is no object is taken as if nothing had been sent.
"""

from __future__ import annotations

import json
from typing import Any

from jsonschema_rs import Draft202012Validator

from mock_server.openapi.casts import Cast, cast_of
from mock_server.openapi.document import SpecIndex
from mock_server.openapi.schema import SchemaCompiler

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Acceptance:
    """Judges the bodies of one spec's operations by what is taken of them."""

    def __init__(self, spec: SpecIndex) -> None:
        compiler = SchemaCompiler(spec)
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}
        self._trimmed: dict[tuple[str, str], frozenset[str]] = {}
        self._casts: dict[tuple[str, str], Cast | None] = {}
        self._reads_anything: set[str] = set()
        for operation in spec.operations.values():
            content = operation.request_body.content if operation.request_body else {}
            if spec.resolve(operation.raw.get("requestBody", {})).get("x-unreadable-as-empty"):
                self._reads_anything.add(operation.id)
            for media_type, each in content.items():
                schema = each.get("schema", {})
                properties = spec.resolve(schema).get("properties", {})
                key = operation.id, media_type
                self._validators[key] = compiler.compile(schema, operation.id)
                self._casts[key] = cast_of(spec, schema)
                self._trimmed[key] = frozenset(
                    name for name, one in properties.items() if spec.resolve(one).get("x-trimmed")
                )

    def takes(self, operation_id: str, media_type: str | None, body: Any) -> bool:
        """Say whether a body is taken: as a form's text, trimmed, with its casts, or for empty."""
        if not isinstance(body, dict) and operation_id in self._reads_anything:
            return True
        key = operation_id, media_type or ""
        validator = self._validators.get(key)
        if validator is None or not isinstance(body, dict):
            return False
        if media_type in FORMS:
            body = {name: _text(value) for name, value in body.items()}
        trimmed = {name: body[name].strip() for name in self._trimmed[key] & _texts(body)}
        taken = {**body, **trimmed}
        cast = self._casts[key]
        return validator.is_valid(taken if cast is None else cast(taken))


def _texts(body: dict[str, Any]) -> set[str]:
    return {name for name, value in body.items() if isinstance(value, str)}


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    # A file: bytes, or a string of Schemathesis' own that stands for some.
    if isinstance(value, bytes | str):
        return ""
    return json.dumps(value, default=str)
