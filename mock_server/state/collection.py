"""A persistent collection of records, which remembers what was derived from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from immutables import Map

from mock_server.state.memory import size_of
from mock_server.state.order import Order, Ordered

R = TypeVar("R")
T = TypeVar("T")
Key = int | str
_Derived = dict[Any, Any]
#: What every collection has until something is derived from it.
_NOTHING: _Derived = {}
#: How many orders follow the changes of a collection, and how many changes one follows before it
#: is sorted anew: so many, or one for so many records.
_MOST_ORDERS = 8
_MOST_CHANGES = 64
#: A record before and after a change, and the changes of a collection's ancestors, newest first.
_Replaced = tuple[Any, Any]
_Changes = tuple[list[_Replaced], Any] | None
#: An order as it was when somebody asked for it, unless it is held no more; what was changed since.
_Followed = tuple[dict[Order[Any], Ordered[Any]], _Changes, int]
_UNKNOWN: _Followed = ({}, None, 0)

#: How many records all that is remembered may be made of; an old state is kept for as long as
#: someone may go back to it, what was derived from it need not be.
_MOST_RECORDS = 400_000


class _Newest:
    """The newest results of all collections, as many as their records allow."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._records = 0
        self._held: deque[tuple[_Derived, Any, int]] = deque()
        # Servers on several threads may share collections.
        self._lock = Lock()

    def keep(self, derived: _Derived, key: Any, result: Any, records: int) -> None:
        """Put a result among those of its collection, and drop the oldest ones past the limit."""
        with self._lock:
            derived[key] = result
            self._held.append((derived, key, records + 1))
            self._records += records + 1
            while self._records > self._limit and len(self._held) > 1:
                old, which, size = self._held.popleft()
                self._records -= size
                old.pop(which, None)


_NEWEST = _Newest(_MOST_RECORDS)


class Collection(Generic[R]):
    """An immutable set of records under their keys, which remembers what was derived from it.

    The collections that are made from it know its orders, so that a list costs what it shows
    however many records there are.
    """

    __slots__ = ("_derived", "_orders", "_records", "size")

    def __init__(self, records: Map[Key, R], size: int = 0) -> None:
        self._records = records
        self._derived = _NOTHING
        self._orders: dict[Order[Any], _Followed] = _NOTHING
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
        before = self._records.get(key)
        grown = size_of(record) - size_of(before)
        changed = Collection(self._records.set(key, record), self.size + grown)
        return self._hand_on(changed, [(before, record)])

    def remove(self, key: Key) -> Collection[R]:
        """Return a collection without `key`."""
        before = self._records[key]
        changed = Collection(self._records.delete(key), self.size - size_of(before))
        return self._hand_on(changed, [(before, None)])

    def update(self, changes: Iterable[tuple[Key, R | None]]) -> Collection[R]:
        """Return a collection with some records put or (None) removed, in their order."""
        size, records = self.size, self._records.mutate()
        pairs = []
        for key, record in changes:
            before = records.get(key)
            pairs.append((before, record))
            size += size_of(record) - size_of(before)
            if record is not None:
                records[key] = record
            elif before is not None:
                del records[key]
        return self._hand_on(Collection(records.finish(), size), pairs)

    def shared(self) -> Collection[R]:
        """Return the same records, whose memory counts as nobody's."""
        return self._hand_on(Collection(self._records), [])

    def derive(self, function: Callable[[tuple[R, ...]], T]) -> T:
        """Return `function(records in key order)`, computed once for this collection.

        `function` must be pure and defined at module level: it is the key under which its result
        is remembered, for as long as it is among the newest of all. It is made anew after each
        change; what must not be is an order.
        """
        return self.recall(function, lambda: function(self._all()), lambda _: len(self))

    def recall(self, key: Any, make: Callable[[], T], weight: Callable[[T], int]) -> T:
        """Return what `make` returns, made once for this collection and a key.

        It is remembered for as long as it is among the newest of all; `weight` tells how many
        records it holds.
        """
        try:
            return cast("T", self._derived[key])
        except KeyError:
            result = make()
            if self._derived is _NOTHING:
                self._derived = {}
            _NEWEST.keep(self._derived, key, result, weight(result))
            return result

    def _all(self) -> tuple[R, ...]:
        """All records, in the order of their keys."""
        return self.recall(every, lambda: tuple(record for _, record in self.items()), len)

    def ordered(self, order: Order[R]) -> Ordered[R]:
        """Return the records in an order, which is sorted once and then follows the changes."""
        if not self._records:
            # Tables share the collection of nothing.
            return Ordered.of(order, ())
        held, changes, _ = self._orders.get(order, _UNKNOWN)
        found: Ordered[R] | None = held.get(order)
        if found is not None and changes is None:
            return found
        if found is None:
            found = Ordered.of(order, self._records.values())
            weight = len(found)
        else:
            for before, after in _oldest_first(changes):
                found = found.replaced(before, after)
            weight = found.weight
        if self._orders is _NOTHING:
            self._orders = {}
        while len(self._orders) >= _MOST_ORDERS and order not in self._orders:
            self._orders.pop(next(iter(self._orders)), None)
        held = {}
        _NEWEST.keep(held, order, found, weight)
        self._orders[order] = (held, None, 0)
        return found

    def _hand_on(self, changed: Collection[R], pairs: list[_Replaced]) -> Collection[R]:
        """Let a collection that is made from this one know its orders, and what was replaced."""
        if self._orders:
            most = max(_MOST_CHANGES, len(self._records) // _MOST_CHANGES)
            changed._orders = {
                order: (held, (pairs, changes), number + len(pairs))
                for order, (held, changes, number) in list(self._orders.items())
                if number + len(pairs) <= most
            }
        return changed


def _oldest_first(changes: _Changes) -> Iterator[_Replaced]:
    steps = []
    while changes is not None:
        pairs, changes = changes
        steps.append(pairs)
    for pairs in reversed(steps):
        yield from pairs


def _first(item: tuple[Key, Any]) -> Any:
    return item[0]


def every(records: tuple[R, ...]) -> tuple[R, ...]:
    """What is derived by doing nothing: all records, in the order of their keys."""
    return records
