"""Tell a refusal that only the state explains from one that the schema should have announced.

A schema cannot say that stock must not overflow. `x-state-dependent` marks the properties that can
be refused so, and `x-refused-fields` on a response is a JSON pointer to the object whose keys are
the fields that it refuses, or to a list of objects that name them as their `field`. `x-not-found:
true` marks a response that says, with another status than 404, that there is no such record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mock_server.openapi.document import Json, SpecIndex
from mock_server.openapi.schema import properties_of

#: A place in a list within the name of a refused field.
_PLACE = re.compile(r"\.\d+(?=\.|$)")
#: Deeper marks are not looked for; schemas may contain themselves.
_DEPTH = 6


class Refusals:
    """Reads which refusals say that a record is not there, and which only the state explains."""

    def __init__(self, spec: SpecIndex) -> None:
        self._not_found: set[tuple[str, int]] = set()
        self._pointers: dict[tuple[str, int], str] = {}
        self._fields: dict[str, set[str]] = {}
        for operation in spec.operations.values():
            for status, response in operation.raw["responses"].items():
                if spec.resolve(response).get("x-not-found"):
                    self._not_found.add((operation.id, int(status)))
                pointer = spec.resolve(response).get("x-refused-fields")
                if pointer is not None:
                    self._pointers[operation.id, int(status)] = pointer
            if operation.request_body is not None:
                self._fields[operation.id] = {
                    name
                    for content in operation.request_body.content.values()
                    for name in _marked(spec, content["schema"])
                }

    def say_not_found(self, operation_id: str, status: int) -> bool:
        """Say whether the status says of this operation that its record is not there."""
        return (operation_id, status) in self._not_found

    def depend_on_state(self, operation_id: str, status: int, content: bytes) -> bool:
        """Say whether a refusal names fields, and all of them depend on the state."""
        pointer = self._pointers.get((operation_id, status))
        if pointer is None:
            return False
        try:
            refused: Any = json.loads(content)
            for key in pointer.split("/")[1:]:
                refused = refused[key]
        except (ValueError, KeyError, TypeError):
            return False
        fields = _named(refused)
        known = self._fields.get(operation_id, set())
        return bool(fields) and {_PLACE.sub("", each) for each in fields} <= known


def _marked(spec: SpecIndex, schema: Json, *above: str) -> Iterator[str]:
    """The marked properties at any depth, such as `items.end_date`, without places in lists."""
    schema = spec.resolve(schema)
    if "items" in schema:
        yield from _marked(spec, schema["items"], *above)
    for name, node in properties_of(spec, schema) if len(above) < _DEPTH else ():
        if "x-state-dependent" in spec.resolve(node):
            yield ".".join((*above, name))
        yield from _marked(spec, node, *above, name)


def _named(refused: Any) -> set[str]:
    """The fields of an object of refusals or of a list of them; none if one names no field."""
    if isinstance(refused, list):
        fields = [each.get("field") for each in refused if isinstance(each, dict)]
        return set() if None in fields else set(map(str, fields))
    return set(refused) if isinstance(refused, dict) else set()
