"""Tell archiving from deleting, for which Schemathesis takes every DELETE and no POST.

`x-archives: true` marks an operation that takes a record out of sight, whatever its method;
`x-shows-archived: true` a query parameter that brings such records back, or an operation that shows
them in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.openapi.document import SpecIndex

_SUCCESS = range(200, 300)


class Removals:
    """Remembers which records were archived, and knows who may see them all the same."""

    def __init__(self, spec: SpecIndex) -> None:
        operations = spec.operations.values()
        self._archiving = {each.id for each in operations if each.raw.get("x-archives")}
        self._shows = {
            operation.id: {
                parameter["name"]
                for parameter in map(spec.resolve, operation.raw.get("parameters", []))
                if parameter.get("x-shows-archived")
            }
            for operation in operations
        }
        self._always = {each.id for each in operations if each.raw.get("x-shows-archived")}
        self._archived: set[tuple[tuple[str, str], ...]] = set()

    def note(self, operation_id: str, path: Mapping[str, Any] | None, status: int) -> None:
        """Remember the record if the call archived it."""
        if operation_id in self._archiving and status in _SUCCESS:
            self._archived.add(_key(path))

    def archived(self, path: Mapping[str, Any] | None) -> bool:
        """Say whether the record that path parameters name was archived in this run."""
        return _key(path) in self._archived

    def shows_archived(self, operation_id: str, query: Mapping[str, Any] | None) -> bool:
        """Say whether a call may show archived records: always, or as a parameter asks for them."""
        asked = self._shows.get(operation_id, set()) & set(query or ())
        return operation_id in self._always or bool(asked)


def _key(path: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in (path or {}).items()))
