"""Small states in which a record of a large one is at home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from immutables import Map

from mock_server.state.collection import Collection
from mock_server.state.references import references_of
from mock_server.state.store import Key, State, Table

#: Tables of no more records than this are whole in every context: currencies, taxes, accounts.
_SMALL = 50


class SmallStates:
    """The small states of a table's records: with what these name, and with the small tables.

    A table that may name the record is not in its context, for what else it names is not there.
    """

    def __init__(self, state: State, tables: Mapping[str, Table[Any]], table: Table[Any]) -> None:
        self._state = state
        self._tables = tables
        self._table = table
        small = {
            name: collection
            for name, collection in state.collections.items()
            if len(collection) <= _SMALL
            and name != table.name
            and table.name not in named_by(tables[name], tables)
        }
        self._small = Map(small)

    def of(self, records: Sequence[tuple[Key, Any]]) -> State:
        """Return the small state of some records."""
        found: dict[str, dict[Key, Any]] = {self._table.name: dict(records)}
        waiting = [(self._table, record) for _, record in records]
        while waiting:
            table, record = waiting.pop()
            for each in references_of(record, table):
                target = self._tables[each.target]
                named = self._state.collection(target).get(each.value)
                there = found.setdefault(each.target, {})
                if named is not None and each.value not in there:
                    there[each.value] = named
                    waiting.append((target, named))
        small = self._small
        return State(
            small.update({n: collection_of(r) for n, r in found.items() if n not in small}),
            self._state.sequences,
            self._state.seeded,
            self._state.revision,
        )


def named_by(table: Table[Any], tables: Mapping[str, Table[Any]]) -> set[str]:
    """Return the tables that a table's records name, and those that these name, and so on."""
    named = set(table.references.values())
    while more := {target for name in named for target in tables[name].references.values()} - named:
        named |= more
    return named


def collection_of(records: dict[Key, Any]) -> Collection[Any]:
    """Return a collection of records under their keys."""
    return Collection(Map(records))


def with_table(state: State, table: Table[Any], collection: Collection[Any]) -> State:
    """Return a state with other records in a table."""
    collections = state.collections.set(table.name, collection)
    return State(collections, state.sequences, state.seeded, state.revision)
