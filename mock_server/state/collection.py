"""A persistent collection of records, which remembers what was derived from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from immutables import Map

from mock_server.state.memory import size_of

R = TypeVar("R")
T = TypeVar("T")
Key = int | str
_Derived = dict[Callable[..., Any], Any]
#: What every collection has until something is derived from it.
_NOTHING: _Derived = {}

#: How many records all that is remembered may be made of; an old state is kept for as long as
#: someone may go back to it, what was derived from it need not be.
_MOST_RECORDS = 400_000


class _Newest:
    """The newest results of all collections, as many as their records allow."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._records = 0
        self._held: deque[tuple[_Derived, Callable[..., Any], int]] = deque()
        # Servers on several threads may share collections.
        self._lock = Lock()

    def keep(
        self, derived: _Derived, function: Callable[..., Any], result: Any, records: int
    ) -> None:
        """Put a result among those of its collection, and drop the oldest ones past the limit."""
        with self._lock:
            derived[function] = result
            self._held.append((derived, function, records + 1))
            self._records += records + 1
            while self._records > self._limit and len(self._held) > 1:
                old, which, size = self._held.popleft()
                self._records -= size
                old.pop(which, None)


_NEWEST = _Newest(_MOST_RECORDS)


class Collection(Generic[R]):
    """An immutable set of records under their keys, which remembers what was derived from it."""

    __slots__ = ("_derived", "_records", "size")

    def __init__(self, records: Map[Key, R], size: int = 0) -> None:
        self._records = records
        self._derived = _NOTHING
        #: About how many bytes the records take that were put here; those of a seed are shared.
        self.size = size

    def __len__(self) -> int:
        return len(self._records)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Collection) and self._records == other._records

    __hash__ = None  # type: ignore[assignment]  # compared by value, never used as a key

    def get(self, key: Key) -> R | None:
        """Return the record under `key`, or None."""
        return self._records.get(key)

    def items(self) -> Iterator[tuple[Key, R]]:
        """Yield keys and records in the order of the keys."""
        return iter(sorted(self._records.items(), key=_first))

    def keys_that_differ(self, other: Collection[R]) -> set[Key]:
        """Return the keys under which another collection has another record, or only one has."""
        mine, theirs = self._records, other._records
        keys = {
            key
            for key, record in theirs.items()
            if (old := mine.get(key)) is not record and old != record
        }
        if len(mine) + len(keys) > len(theirs):
            keys.update(key for key in mine if key not in theirs)
        return keys

    def put(self, key: Key, record: R) -> Collection[R]:
        """Return a collection with `record` under `key`."""
        grown = size_of(record) - size_of(self._records.get(key))
        return Collection(self._records.set(key, record), self.size + grown)

    def remove(self, key: Key) -> Collection[R]:
        """Return a collection without `key`."""
        size = self.size - size_of(self._records[key])
        return Collection(self._records.delete(key), size)

    def update(self, changes: Iterable[tuple[Key, R | None]]) -> Collection[R]:
        """Return a collection with some records put or (None) removed, in their order."""
        size, records = self.size, self._records.mutate()
        for key, record in changes:
            before = records.get(key)
            size += size_of(record) - size_of(before)
            if record is not None:
                records[key] = record
            elif before is not None:
                del records[key]
        return Collection(records.finish(), size)

    def shared(self) -> Collection[R]:
        """Return the same records, whose memory counts as nobody's."""
        return Collection(self._records)

    def derive(self, function: Callable[[tuple[R, ...]], T]) -> T:
        """Return `function(records in key order)`, computed once for this collection.

        `function` must be pure and defined at module level: it is the key under which its result
        is remembered, for as long as it is among the newest of all. It is how indexes and sort
        orders are made.
        """
        try:
            return cast("T", self._derived[function])
        except KeyError:
            records = (
                tuple(record for _, record in self.items())
                if function is every
                else self.derive(every)
            )
            result = function(records)
            if self._derived is _NOTHING:
                self._derived = {}
            _NEWEST.keep(self._derived, function, result, len(self))
            return result


def _first(item: tuple[Key, Any]) -> Any:
    return item[0]


def every(records: tuple[R, ...]) -> tuple[R, ...]:
    """What is derived by doing nothing: all records, in the order of their keys."""
    return records
