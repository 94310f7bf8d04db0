"""Which kind of record an identifier names: the same number may identify records of several."""

from __future__ import annotations

import re
from typing import Any

from mock_server.lifecycle.model import Lifecycle, Resource

_SUFFIX = re.compile(r"_?(?:id|uid|uuid|uniqueid)$")


def named_in_path(lifecycle: Lifecycle, operation: str, parameter: str) -> set[str]:
    """Return the resources of whose records a path parameter of an operation names one."""
    found: set[str] = set()
    for resource in lifecycle.resources:
        if operation not in operations_of(resource):
            continue
        if parameter == resource.id_in_path:
            found |= _same_records(lifecycle, resource)
        if resource.parent is not None and parameter == resource.parent_in_path:
            found |= _same_records(lifecycle, lifecycle.resource(resource.parent))
    return found


def listed_by(lifecycle: Lifecycle, operation: str) -> set[str]:
    """Return the resources of whose records an operation is a list."""
    return {
        resource.name
        for resource in lifecycle.resources
        for listing in resource.lists
        if listing.operation == operation
    }


def operations_of(resource: Resource) -> set[str]:
    """Return the operations that a resource declares for its own records."""
    parts: list[Any] = [
        *resource.reads, *resource.updates, *resource.removals, *resource.moves, *resource.lists,
        *resource.attachments,
    ]  # fmt: skip
    parts += [each for each in (resource.create, resource.history) if each is not None]
    taken = {move.taken.operation for move in resource.moves if move.taken}
    undone = {removal.undo for removal in resource.removals if removal.undo}
    return {part.operation for part in parts} | taken | undone


def sandbox_key_of(name: str) -> str:
    """Return what a property that identifies a record says of its kind: nothing for a bare `id`."""
    return _SUFFIX.sub("", name.lower())


def is_word_for(word: str, kind: str) -> bool:
    """Say whether a word, such as that of a property, names a kind: `tax` the kind `taxes`."""
    kind = kind.lower()
    return any(each.endswith(word) for each in (kind, *_singular(kind)))


def _singular(kind: str) -> tuple[str, ...]:
    if kind.endswith("ies"):
        return (f"{kind[:-3]}y",)
    return tuple(kind[: -len(end)] for end in ("es", "s") if kind.endswith(end))


def _same_records(lifecycle: Lifecycle, resource: Resource) -> set[str]:
    """The resource, and those that are the same records described in another way."""
    reads = {read.operation for read in resource.reads}
    return {resource.name} | {
        other.name
        for other in lifecycle.resources
        if reads & {read.operation for read in other.reads}
    }
