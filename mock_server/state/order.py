"""Orders of records that are kept with a collection, and follow its changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast, overload

R = TypeVar("R")
#: How many records a piece of an order has when it is made, and at most.
_PIECE, _LARGEST = 128, 256
#: The part of an order's records that counts where it shares them with another.
_SHARED = 8


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """What records are sorted by: a field's name, or a function at module level.

    Null comes after all else, and before it where the direction is `descending`.
    """

    key: str | Callable[[R], Any]
    descending: bool = False

    @property
    def value(self) -> Callable[[R], Any]:
        """What gives a record's value."""
        return attrgetter(self.key) if isinstance(self.key, str) else self.key

    def sort(self, records: list[R]) -> list[R]:
        """Return the records by this column; those that are alike stay as they are."""
        value = self.value
        values = list(map(value, records))
        if None not in values:
            return sorted(records, key=value, reverse=self.descending)
        there = [record for record, each in zip(records, values, strict=True) if each is not None]
        there.sort(key=value, reverse=self.descending)
        absent = [record for record, each in zip(records, values, strict=True) if each is None]
        return absent + there if self.descending else there + absent

    def rank(self, value: Any) -> Any:
        """Return what compares as values do in this column."""
        rank = (value is None, 0 if value is None else value)
        return _Descending(rank) if self.descending else rank


class _Descending:
    """A rank that compares the other way round."""

    __slots__ = ("rank",)

    def __init__(self, rank: Any) -> None:
        self.rank = rank

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and self.rank == other.rank

    def __lt__(self, other: _Descending) -> bool:
        return cast("bool", other.rank < self.rank)

    __hash__ = None  # type: ignore[assignment]  # compared, never used as a key


@dataclass(frozen=True, slots=True)
class Order(Generic[R]):
    """An order of records by columns, the last of which tells any two of them apart.

    `where`, a function at module level, leaves out the records that it is false for. Orders are
    compared by value: equal ones are kept once.
    """

    columns: tuple[Column[R], ...]
    where: Callable[[R], bool] | None = None

    def sort(self, records: Iterable[R]) -> list[R]:
        """Return the records that belong to it, in order."""
        found = list(records if self.where is None else filter(self.where, records))
        for column in reversed(self.columns):
            found = column.sort(found)
        return found

    def has(self, record: R | None) -> bool:
        """Say whether a record belongs to it."""
        return record is not None and (self.where is None or self.where(record))

    def ranking(self) -> Callable[[R], Any]:
        """Return what gives of a record what compares as the order has it."""
        columns = [(column.value, column.rank) for column in self.columns]
        return lambda record: tuple([rank(value(record)) for value, rank in columns])


def order_by(
    *columns: str | Callable[[R], Any] | Column[R], where: Callable[[R], bool] | None = None
) -> Order[R]:
    """Return an order by columns that go up, unless they say otherwise."""
    return Order(
        tuple(each if isinstance(each, Column) else Column(each) for each in columns), where
    )


class Ordered(Sequence[R]):
    """The records of a collection in an order; never changed in place.

    It is made of pieces, so that one with another record shares all but one piece.
    """

    __slots__ = ("_length", "_pieces", "_rank", "_starts", "order")

    def __init__(
        self,
        order: Order[R],
        rank: Callable[[R], Any],
        pieces: tuple[Sequence[R], ...],
        length: int,
    ) -> None:
        self.order = order
        self._rank = rank
        self._pieces = pieces
        self._length = length
        self._starts: list[int] | None = None

    @classmethod
    def of(cls, order: Order[R], records: Iterable[R]) -> Ordered[R]:
        """Return the records in an order."""
        found = order.sort(records)
        pieces = (found[start : start + _PIECE] for start in range(0, len(found), _PIECE))
        return cls(order, order.ranking(), tuple(pieces), len(found))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[R]:
        return chain.from_iterable(self._pieces)

    @overload
    def __getitem__(self, place: int) -> R: ...

    @overload
    def __getitem__(self, place: slice) -> list[R]: ...

    def __getitem__(self, place: int | slice) -> R | list[R]:
        if isinstance(place, int):
            start, stop, _ = slice(place, place + 1 or None).indices(self._length)
            if start >= stop:
                raise IndexError(place)
            return self._between(start, stop)[0]
        start, stop, step = place.indices(self._length)
        if step != 1:
            return list(self)[place]
        return self._between(start, stop)

    @property
    def weight(self) -> int:
        """How many places it takes beside the order that it was made from, with a reserve.

        What it shares is counted for that order, which may be held no more.
        """
        return self._length // _SHARED + _PIECE

    def replaced(self, before: R | None, after: R | None) -> Ordered[R]:
        """Return it with one record instead of another, either of which may be none."""
        order, rank = self.order, self._rank
        leaves, enters = order.has(before), order.has(after)
        length = self._length - leaves + enters
        pieces = list(self._pieces)
        if leaves:
            old = rank(cast("R", before))
            place = _piece_of(pieces, old, rank)
            piece = list(pieces[place])
            spot = bisect_left(piece, old, key=rank)
            if enters and rank(cast("R", after)) == old:
                piece[spot] = cast("R", after)
                enters = False
            else:
                del piece[spot]
            pieces[place : place + 1] = [piece] if piece else []
        if enters:
            _insert(pieces, cast("R", after), rank)
        return Ordered(order, rank, tuple(pieces), length)

    def of_value(self, value: Any) -> Part[R]:
        """Return the records whose first column has a value."""
        return self.within(value, value)

    def within(self, lowest: Any = None, highest: Any = None) -> Part[R]:
        """Return the records whose first column is between two values, both included.

        None is no bound; records whose value is null are left out. The first column must go up.
        """
        column = self.order.columns[0]
        value, rank = column.value, column.rank

        def first(record: R) -> Any:
            return rank(value(record))

        low = 0 if lowest is None else self._place(bisect_left, rank(lowest), first)
        if highest is None:
            high = self._place(bisect_left, rank(None), first)
        else:
            high = self._place(bisect_right, rank(highest), first)
        return Part(self, low, max(low, high))

    def _place(self, bisect: Any, rank: Any, ranking: Callable[[R], Any]) -> int:
        """The number of records before a rank, or up to it, as `bisect` has it."""
        number: int = bisect(self._pieces, rank, key=lambda piece: ranking(piece[-1]))
        if number == len(self._pieces):
            return self._length
        place: int = bisect(self._pieces[number], rank, key=ranking)
        return self._first_places()[number] + place

    def _first_places(self) -> list[int]:
        if self._starts is None:
            self._starts = list(accumulate(map(len, self._pieces), initial=0))
        return self._starts

    def _between(self, start: int, stop: int) -> list[R]:
        if start >= stop:
            return []
        starts = self._first_places()
        number = bisect_right(starts, start) - 1
        following = chain.from_iterable(islice(self._pieces, number, None))
        offset = start - starts[number]
        return list(islice(following, offset, offset + stop - start))


class Part(Sequence[R]):
    """Some records of an order that follow each other; looked at when they are asked for."""

    __slots__ = ("_ordered", "_start", "_stop")

    def __init__(self, ordered: Ordered[R], start: int, stop: int) -> None:
        self._ordered, self._start, self._stop = ordered, start, stop

    def __len__(self) -> int:
        return self._stop - self._start

    def __iter__(self) -> Iterator[R]:
        return iter(self._ordered[self._start : self._stop])

    @overload
    def __getitem__(self, place: int) -> R: ...

    @overload
    def __getitem__(self, place: slice) -> list[R]: ...

    def __getitem__(self, place: int | slice) -> R | list[R]:
        if isinstance(place, int):
            return self._ordered[range(self._start, self._stop)[place]]
        start, stop, step = place.indices(len(self))
        return self._ordered[self._start + start : self._start + max(start, stop)][::step]


def _piece_of(pieces: Sequence[Sequence[R]], rank: Any, ranking: Callable[[R], Any]) -> int:
    return bisect_left(pieces, rank, key=lambda piece: ranking(piece[-1]))


def _insert(pieces: list[Sequence[R]], record: R, ranking: Callable[[R], Any]) -> None:
    """Put a record into the piece where it belongs, which is split if it becomes too large."""
    if not pieces:
        pieces.append([record])
        return
    rank = ranking(record)
    # Most new records come last.
    last = len(pieces) - 1
    place = last if ranking(pieces[-1][-1]) < rank else _piece_of(pieces, rank, ranking)
    piece = list(pieces[place])
    piece.insert(bisect_left(piece, rank, key=ranking), record)
    half = len(piece) // 2
    pieces[place : place + 1] = [piece] if len(piece) <= _LARGEST else [piece[:half], piece[half:]]
