"""Tell a form that is valid as it is sent from one that breaks its schema.

A form carries text and nothing else: where a schema wants a string, null goes out as `null` and a
number as its digits, and both arrive as strings that the schema admits.
"""

from __future__ import annotations

import json
from typing import Any

from jsonschema_rs import Draft202012Validator

from mock_server.engine.schema import SchemaCompiler
from mock_server.engine.spec import SpecIndex

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Forms:
    """Judges the forms of one spec's operations by what is sent."""

    def __init__(self, spec: SpecIndex) -> None:
        compiler = SchemaCompiler(spec)
        self._validators: dict[tuple[str, str], Draft202012Validator] = {
            (operation.id, media_type): compiler.compile(content.get("schema", {}), operation.id)
            for operation in spec.operations.values()
            if operation.request_body is not None
            for media_type, content in operation.request_body.content.items()
            if media_type in FORMS
        }

    def valid_as_sent(self, operation_id: str, media_type: str | None, body: Any) -> bool:
        """Say whether this is a form whose fields, turned into text, fit their schema."""
        validator = self._validators.get((operation_id, media_type or ""))
        if validator is None or not isinstance(body, dict):
            return False
        return validator.is_valid({name: _text(value) for name, value in body.items()})


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    # A file: bytes, or a string of Schemathesis' own that stands for some.
    if isinstance(value, bytes | str):
        return ""
    return json.dumps(value, default=str)
