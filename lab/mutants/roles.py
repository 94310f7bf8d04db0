"""What operations do, by the lifecycle: each once, though several kinds of records share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from lab.mutants.defect import Scene
from lab.mutants.messages import Pairs
from mock_server.lifecycle.listings import Filter, Listing
from mock_server.lifecycle.model import Create, Field, Move, Read, Removal, Resource, Update
from mock_server.lifecycle.paging import Paging
from mock_server.openapi.document import Json, OperationSpec

R = TypeVar("R", Create, Read, Listing, Update, Removal, Move)
#: One of the functions of this module that yield what does something to records.
Kind = Callable[[Scene], Iterator[tuple[Resource, Any]]]
#: Statuses below this one are those of success.
OK = 300
#: Statuses that any caller can bring about.
EASY = (400, 401, 404, 422)
#: A value to make filters of, that can be found in a query again.
_VALUE = "4711"


def _once(found: Iterator[tuple[Resource, R]]) -> Iterator[tuple[Resource, R]]:
    seen: set[str] = set()
    for resource, role in found:
        if role.operation not in seen:
            seen.add(role.operation)
            yield resource, role


def creates(scene: Scene) -> Iterator[tuple[Resource, Create]]:
    """Yield what creates records."""
    resources = scene.lifecycle.resources
    return _once((each, each.create) for each in resources if each.create is not None)


def reads(scene: Scene) -> Iterator[tuple[Resource, Read]]:
    """Yield what reads one record."""
    return _once((each, read) for each in scene.lifecycle.resources for read in each.reads)


def listings(scene: Scene) -> Iterator[tuple[Resource, Listing]]:
    """Yield what lists records."""
    return _once((each, listing) for each in scene.lifecycle.resources for listing in each.lists)


def updates(scene: Scene) -> Iterator[tuple[Resource, Update]]:
    """Yield what changes records."""
    return _once((each, update) for each in scene.lifecycle.resources for update in each.updates)


def removals(scene: Scene) -> Iterator[tuple[Resource, Removal]]:
    """Yield what takes records away, one for each operation."""
    return _once((each, removal) for each in scene.lifecycle.resources for removal in each.removals)


def moves(scene: Scene) -> Iterator[tuple[Resource, Move]]:
    """Yield what moves stock, one for each operation."""
    return _once((each, move) for each in scene.lifecycle.resources for move in each.moves)


def operations(scene: Scene, *kinds: Kind) -> Iterator[tuple[Resource, str]]:
    """Yield the operations of some kinds, such as `updates` and `removals`."""
    for kind in kinds:
        for resource, role in kind(scene):
            yield resource, role.operation


def writers(scene: Scene) -> Iterator[tuple[Resource, Create | Update]]:
    """Yield what takes the fields of a record in a body."""
    yield from creates(scene)
    yield from updates(scene)


def shown_fields(resource: Resource, view: Read | Listing) -> Iterator[tuple[Field, str]]:
    """Yield the fields that a view shows, with their pointers in an answer."""
    start = view.record if isinstance(view, Read) else f"{view.items}/*"
    for field in resource.fields:
        pointer = view.at.get(field.name, field.shown)
        if pointer is not None:
            yield field, start + pointer


@dataclass(frozen=True, slots=True)
class PagingNames:
    """The query parameters that choose a page; `base` is the number of the first one."""

    page: str
    size: str | None
    paging: Paging

    def number(self, query: Pairs, size: int) -> int:
        """Return which page a query asks for, from 0; by offset if that is how it is asked."""
        wanted = dict(query).get(self.page)
        for index in range(60):
            if dict(self.paging.page(index, size)).get(self.page) == wanted:
                return index
        return 0

    def size_of(self, query: Pairs) -> int | None:
        """Return how many records a query asks for, None if it does not say."""
        request = dict(query).get(self.size or "", "")
        return int(request) if request.isdigit() else self.paging.fixed

    def beside(self, query: Pairs, size: int, by: int) -> Pairs:
        """Return the query of the page so many further."""
        names = {self.page, self.size}
        kept = tuple(pair for pair in query if pair[0] not in names)
        return (*kept, *self.paging.page(max(self.number(query, size) + by, 0), size))


def paging_names(listing: Listing) -> PagingNames | None:
    """Return by which parameters a list is cut into pages, None if it is not."""
    paging = listing.paging
    if paging is None:
        return None
    first, second = dict(paging.page(0, 5)), dict(paging.page(1, 5))
    page = next((name for name in second if first.get(name) != second[name]), None)
    if page is None:
        return None
    other = dict(paging.page(0, 6))
    size = next((name for name in other if first.get(name) != other[name]), None)
    return PagingNames(page, size, paging)


def filter_pairs(chosen: Filter) -> list[tuple[str, str]]:
    """Return parameter and beginning of the value of each part of a filter's query."""
    found: Pairs = ()
    with suppress(ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError):
        found = chosen.query(_VALUE)
    marked = [(name, value.partition(_VALUE)[0]) for name, value in found if _VALUE in value]
    return marked or list(found)


def successes(scene: Scene) -> Iterator[tuple[OperationSpec, int, Json]]:
    """Yield each operation with its success and the schema of its JSON."""
    for operation in scene.vendor.spec.operations.values():
        for status, response in operation.responses.items():
            schema = response.content.get("application/json", {}).get("schema")
            if status < OK and schema is not None:
                yield operation, status, schema


def refusals(scene: Scene) -> Iterator[tuple[OperationSpec, int, Json]]:
    """Yield each operation with a refusal that any caller can bring about, and its schema."""
    for operation in scene.vendor.spec.operations.values():
        for status in EASY:
            response = operation.responses.get(status)
            schema = response and response.content.get("application/json", {}).get("schema")
            reached = (status != 404 or "{" in operation.path) and (
                status not in (400, 422) or operation.request_body is not None
            )
            if schema and reached:
                yield operation, status, schema
