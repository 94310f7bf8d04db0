"""State as a value: persistent collections of records, and transactions over them.

Nothing here is ever changed in place. A snapshot, a fork and a reset are references; a change is
a new `State` that shares all but the changed path with the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from operator import attrgetter
from typing import Any, Generic, TypeVar

from immutables import Map

from mock_server.state.collection import Collection, Key, every
from mock_server.state.order import Order, Ordered

__all__ = ["Change", "Collection", "Key", "State", "Table", "Transaction"]

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """Names one collection of records of type `R`, an immutable type.

    `name` is `<api>.<collection>`; `key` tells a record's key, which is unique in the table and
    gives its natural order (so all keys of one table are ints, or all are strings). `references`
    are the fields that name a record of another table by its key, with that table's name; a dot
    leads into a part of the record, or into each of several. None, 0 and an empty text name none.
    """

    name: str
    record: type[R]
    key: Callable[[R], Key] = attrgetter("id")
    references: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def api(self) -> str:
        """The part of the name before the dot."""
        return self.name.partition(".")[0]


#: The largest number that 64 bits hold with a sign.
LARGEST_ID = (1 << 63) - 1
_EMPTY: Collection[Any] = Collection(Map())
_SIZE = attrgetter("size")


@dataclass(frozen=True, slots=True)
class Change:
    """One record created (`before` is None), updated, or removed (`after` is None)."""

    table: str
    key: Key
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a sandbox holds, at one revision.

    `sequences` has the last number drawn under each name; `seeded` the APIs whose seed records
    are in. `revision` counts the commits since the seed.
    """

    collections: Map[str, Collection[Any]] = Map()
    sequences: Map[str, int] = Map()
    seeded: frozenset[str] = frozenset()
    revision: int = 0

    @property
    def size(self) -> int:
        """About how many bytes of memory the records take beyond those of the seed."""
        size: int = sum(map(_SIZE, self.collections.values()))
        return max(0, size)

    def collection(self, table: Table[R]) -> Collection[R]:
        """Return the table's collection, empty if nothing was ever put."""
        return self.collections.get(table.name, _EMPTY)

    def merged_with_seed(self, api: str, seed: State) -> State:
        """Return this state with the records and sequences of an API's seed."""
        return State(
            self.collections.update(seed.collections),
            self.sequences.update(seed.sequences),
            self.seeded | {api},
            self.revision,
        )

    def difference(self, later: State) -> tuple[Change, ...]:
        """Return what was created, updated and removed between this state and `later`."""
        changes = []
        for name in sorted({*self.collections, *later.collections}):
            before = self.collections.get(name, _EMPTY)
            after = later.collections.get(name, _EMPTY)
            if before is after:
                continue
            changes += [
                Change(name, key, before.get(key), after.get(key))
                for key in sorted(before.keys_that_differ(after), key=str)
            ]
        return tuple(changes)


class Transaction:
    """Reads a state, and gathers writes that are committed together or not at all."""

    __slots__ = ("_changes", "_state", "base", "reads")

    def __init__(self, state: State) -> None:
        self.base = state
        self._state = state
        self._changes: list[Change] = []
        #: The records that were asked for by their key.
        self.reads: list[tuple[str, Key]] = []

    @property
    def state(self) -> State:
        """The state with the writes so far."""
        return self._state

    @property
    def changes(self) -> tuple[Change, ...]:
        """The writes so far, in their order."""
        return tuple(self._changes)

    def get(self, table: Table[R], key: Key) -> R | None:
        """Return the record under `key`, or None."""
        self.reads.append((table.name, key))
        return self._state.collection(table).get(key)

    def all(self, table: Table[R]) -> tuple[R, ...]:
        """Return every record in the order of the keys."""
        return self._state.collection(table).derive(every)

    def count(self, table: Table[Any]) -> int:
        """Return the number of records."""
        return len(self._state.collection(table))

    def derive(self, table: Table[R], function: Callable[[tuple[R, ...]], T]) -> T:
        """Return what `function` makes of the table's records; see `Collection.derive`."""
        return self._state.collection(table).derive(function)

    def recall(self, table: Table[Any], key: Any, make: Callable[[], list[T]]) -> list[T]:
        """Return a list that `make` makes of the table's records; see `Collection.recall`."""
        return self._state.collection(table).recall(key, make, len)

    def ordered(self, table: Table[R], order: Order[R]) -> Ordered[R]:
        """Return the table's records in an order; see `Collection.ordered`."""
        return self._state.collection(table).ordered(order)

    def put(self, table: Table[R], record: R) -> R:
        """Create or replace the record under its key, and return it."""
        collection = self._state.collection(table)
        key = table.key(record)
        before = collection.get(key)
        if before is not record:
            self._changes.append(Change(table.name, key, before, record))
            self._become(table.name, collection.put(key, record))
        return record

    def put_all(self, table: Table[R], records: Iterable[R]) -> None:
        """Put each record, under keys that differ."""
        collection = self._state.collection(table)
        pairs = [(table.key(record), record) for record in records]
        changed = [(key, record) for key, record in pairs if collection.get(key) is not record]
        if changed:
            self._changes += [
                Change(table.name, key, collection.get(key), record) for key, record in changed
            ]
            self._become(table.name, collection.update(changed))

    def remove(self, table: Table[R], key: Key) -> None:
        """Remove the record under `key`; raises KeyError if there is none."""
        collection = self._state.collection(table)
        before = collection.get(key)
        if before is None:
            raise KeyError(key)
        self._changes.append(Change(table.name, key, before, None))
        self._become(table.name, collection.remove(key))

    def next_number(self, sequence: str) -> int:
        """Draw the next number of the named sequence: 1, 2, 3, …."""
        number = self._state.sequences.get(sequence, 0) + 1
        self._state = State(
            self._state.collections,
            self._state.sequences.set(sequence, number),
            self._state.seeded,
            self._state.revision,
        )
        return number

    def next_id(self, table: Table[Any]) -> int:
        """Draw the next number of the table's own sequence.

        Past what 64 bits hold, it is the lowest number that no record has.
        """
        if self._state.sequences.get(table.name, 0) < LARGEST_ID:
            return self.next_number(table.name)
        taken = self._state.collection(table)
        return next(number for number in count(1) if taken.get(number) is None)

    def count_from(self, first: int, *tables: Table[Any]) -> None:
        """Let the sequences of tables begin with `first`, unless they are past it."""
        sequences = self._state.sequences
        for table in tables:
            sequences = sequences.set(table.name, max(sequences.get(table.name, 0), first - 1))
        self._state = replace(self._state, sequences=sequences)

    @property
    def has_written(self) -> bool:
        """Whether anything was written or drawn."""
        return self._state is not self.base

    @property
    def committed(self) -> State:
        """The state with the writes so far, at the next revision."""
        return State(
            self._state.collections,
            self._state.sequences,
            self._state.seeded,
            self.base.revision + 1,
        )

    def _become(self, table: str, collection: Collection[Any]) -> None:
        self._state = State(
            self._state.collections.set(table, collection),
            self._state.sequences,
            self._state.seeded,
            self._state.revision,
        )
