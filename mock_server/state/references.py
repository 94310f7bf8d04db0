"""Which records name others, and which of those are not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mock_server.state.store import Key, State, Table


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference that leads nowhere: `record` of `table` names `value`, and `target` has no such.

    `place` leads from the record to the value: fields, and numbers where it is of several.
    """

    table: str
    record: Key
    place: tuple[str | int, ...]
    value: Any
    target: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A value in a record that names a record of another table; `place` is as in `Dangling`."""

    place: tuple[str | int, ...]
    value: Key
    target: str


def references_of(record: Any, table: Table[Any]) -> Iterator[Reference]:
    """Yield what a record of a table names."""
    for path, target in table.references.items():
        for place, value in _values(record, tuple(path.split("."))):
            if value:
                yield Reference(place, value, target)


def dangling(state: State, tables: Iterable[Table[Any]]) -> Iterator[Dangling]:
    """Yield every reference of the tables' records that leads to no record of the state."""
    tables = list(tables)
    by_name = {table.name: table for table in tables}
    for table in tables:
        for key, record in state.collection(table).items() if table.references else ():
            for found in references_of(record, table):
                if state.collection(by_name[found.target]).get(found.value) is None:
                    yield Dangling(table.name, key, found.place, found.value, found.target)


def _values(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            for place, found in _values(item, path):
                yield (index, *place), found
    elif not path or value is None:
        yield (), value
    else:
        for place, found in _values(getattr(value, path[0]), path[1:]):
            yield (path[0], *place), found
