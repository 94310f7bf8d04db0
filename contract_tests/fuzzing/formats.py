"""Generate what a string carries, where it carries JSON.

A string that is the JSON of something else has no schema of its own for that: `x-encoded-schema`
gives it. Each such string gets a format of its own, so that a generator can be taught what to put
into it; without that, no generated string would ever be a valid one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from mock_server.openapi.document import Json, SpecIndex
from mock_server.openapi.schema import translate

KEYWORD = "x-encoded-schema"
#: Left out beside such a format: what is carried decides how long a text is, and a generator that
#: is asked for an exact length would throw nearly all texts away.
_LENGTHS = ("minLength", "maxLength")


def with_formats(document: Json, spec: SpecIndex, teach: Callable[[str, Json], None]) -> Json:
    """Return the document with a format on each string that has an encoded schema.

    Such a string has no bound of length then. `teach` gets each format's name and the JSON Schema,
    without references, of what it carries.
    """

    def visit(node: Any) -> Any:
        if isinstance(node, list):
            return [visit(item) for item in node]
        if not isinstance(node, dict):
            return node
        if KEYWORD in node and "format" not in node:
            schema = _whole(translate(node[KEYWORD], accepted=False), spec)
            digest = hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()
            name = f"encoded-{digest[:16]}"
            teach(name, schema)
            kept = {key: visit(item) for key, item in node.items() if key not in _LENGTHS}
            return {**kept, "format": name}
        return {key: visit(item) for key, item in node.items()}

    return {key: visit(item) for key, item in document.items()}


def _whole(schema: Any, spec: SpecIndex) -> Any:
    """A translated schema with its references replaced by what they lead to, translated."""
    if isinstance(schema, list):
        return [_whole(item, spec) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _whole(translate(spec.resolve(schema), accepted=False), spec)
    return {key: _whole(item, spec) for key, item in schema.items()}
