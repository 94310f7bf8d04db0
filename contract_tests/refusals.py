"""Tell a refusal that only the state explains from one that the schema should have announced.

A schema cannot say that stock must not overflow. `x-state-dependent` marks the properties that can
be refused so, and `x-refused-fields` on a response is a JSON pointer to the object whose keys are
the fields that it refuses.
"""

from __future__ import annotations

import json
from typing import Any

from contract_tests.references import properties_of
from mock_server.engine.spec import SpecIndex


class Refusals:
    """Reads which fields a refusal names, and whether they all depend on the state."""

    def __init__(self, spec: SpecIndex) -> None:
        self._pointers: dict[tuple[str, int], str] = {}
        self._fields: dict[str, set[str]] = {}
        for operation in spec.operations.values():
            for status, response in operation.raw["responses"].items():
                pointer = spec.resolve(response).get("x-refused-fields")
                if pointer is not None:
                    self._pointers[operation.id, int(status)] = pointer
            if operation.request_body is not None:
                self._fields[operation.id] = {
                    name
                    for content in operation.request_body.content.values()
                    for name, schema in properties_of(spec, spec.resolve(content["schema"]))
                    if "x-state-dependent" in spec.resolve(schema)
                }

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
        fields = set(refused) if isinstance(refused, dict) else set()
        return bool(fields) and fields <= self._fields.get(operation_id, set())
