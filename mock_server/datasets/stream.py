"""Seed records one after the other, without a state that holds them all.

A vendor's seed function writes into a transaction. The one here keeps the newest records of each
table, for the function to look back at, and gives away those of one table as they leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, TypeVar

from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.seeding.seeder import SeedFunction
from mock_server.state.collection import Key
from mock_server.state.order import Order, Ordered
from mock_server.state.store import State, Table, Transaction
from mock_server.usage import UsageError

R = TypeVar("R")
T = TypeVar("T")
Sink = Callable[[Any], None]
#: So many of the newest records of a table can be looked back at, and replaced.
WINDOW = 2000
#: Two sizes of an account, to see which tables grow with it.
_SMALL, _SMALLER = 250, 50
#: How many more products to ask for than are needed on average, as chance has a say.
_RESERVE, _MORE = 1.6, 100


class SeedLooksBack(Exception):
    """A seed function asked for a record that is written already, or for all of a long table."""


class _Enough(Exception):
    """All records that were asked for are there."""


class StreamedTransaction(Transaction):
    """A transaction that gives the records of `wanted` to `sink`, in the order they were made.

    Of every table, the newest `window` records are kept. Raises SeedLooksBack where a seed function
    asks for more.
    """

    __slots__ = ("_counts", "_evicted", "_numbers", "_sink", "_tables", "_wanted", "_window")

    def __init__(self, wanted: str, sink: Sink, window: int = WINDOW) -> None:
        super().__init__(State())
        self._wanted = wanted
        self._sink = sink
        self._window = window
        self._tables: dict[str, dict[Key, Any]] = {}
        self._numbers: dict[str, int] = {}
        self._evicted: set[str] = set()
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many records each table has got, those that are gone included."""
        return self._counts

    def get(self, table: Table[R], key: Key) -> R | None:
        """Return the record under `key`, or None."""
        records = self._tables.get(table.name, {})
        if key not in records and table.name in self._evicted and self._is_old(records, key):
            raise SeedLooksBack(f"{table.name}: {key} is written already")
        return records.get(key)

    def all(self, table: Table[R]) -> tuple[R, ...]:
        """Return every record in the order of the keys."""
        if table.name in self._evicted:
            raise SeedLooksBack(f"{table.name}: not all of its records are kept")
        return tuple(record for _, record in sorted(self._tables.get(table.name, {}).items()))

    def count(self, table: Table[Any]) -> int:
        """Return the number of records."""
        return self._counts[table.name]

    def derive(self, table: Table[R], function: Callable[[tuple[R, ...]], T]) -> T:
        """Return what `function` makes of the table's records."""
        return function(self.all(table))

    def recall(self, table: Table[Any], key: Any, make: Callable[[], list[T]]) -> list[T]:
        """Return a list that `make` makes of the table's records, made anew."""
        del table, key
        return make()

    def ordered(self, table: Table[R], order: Order[R]) -> Ordered[R]:
        """Return the table's records in an order."""
        return Ordered.of(order, self.all(table))

    def put(self, table: Table[R], record: R) -> R:
        """Create or replace the record under its key, and return it."""
        records = self._tables.setdefault(table.name, {})
        key = table.key(record)
        if key not in records:
            if table.name in self._evicted and self._is_old(records, key):
                raise SeedLooksBack(f"{table.name}: {key} is written already")
            self._counts[table.name] += 1
        records[key] = record
        if len(records) > self._window:
            self._evicted.add(table.name)
            self._leave(table.name, records.pop(next(iter(records))))
        return record

    def put_all(self, table: Table[R], records: Iterable[R]) -> None:
        """Put each record."""
        for record in records:
            self.put(table, record)

    def remove(self, table: Table[R], key: Key) -> None:
        """Remove the record under `key`; raises KeyError if there is none."""
        del self._tables.get(table.name, {})[key]
        self._counts[table.name] -= 1

    def next_number(self, sequence: str) -> int:
        """Draw the next number of the named sequence."""
        number = self._numbers.get(sequence, 0) + 1
        self._numbers[sequence] = number
        return number

    def next_id(self, table: Table[Any]) -> int:
        """Draw the next number of the table's own sequence."""
        return self.next_number(table.name)

    def count_from(self, first: int, *tables: Table[Any]) -> None:
        """Let the sequences of tables begin with `first`, unless they are past it."""
        for table in tables:
            self._numbers[table.name] = max(self._numbers.get(table.name, 0), first - 1)

    def kept(self) -> Iterator[Any]:
        """Yield the records, of all tables, that are still kept."""
        for records in self._tables.values():
            yield from records.values()

    def finish(self) -> None:
        """Give away what is still kept of the wanted table."""
        for record in self._tables.pop(self._wanted, {}).values():
            self._leave(self._wanted, record)

    def _leave(self, name: str, record: Any) -> None:
        if name == self._wanted:
            self._sink(record)

    @staticmethod
    def _is_old(records: Mapping[Key, Any], key: Key) -> bool:
        """Whether a key comes before those that are kept; keys of texts have no such order."""
        oldest = next(iter(records), key)
        return isinstance(key, int) and isinstance(oldest, int) and key < oldest


@dataclass(frozen=True, slots=True)
class Growth:
    """How many records an account of so many products has, of one table.

    `fixed` is there whatever its size, as far as can be seen; `each` comes with every product.
    """

    fixed: int
    each: float

    def products_for(self, count: int) -> int:
        """Return how many products an account needs to have `count` records at least."""
        if self.each == 1 and not self.fixed:
            return count
        return ceil(max(0, count - self.fixed) / self.each * _RESERVE) + _MORE


class RecordStream:
    """The records of one API's persona and seed.

    `seed` is the vendor's seed function; `fake` makes the source of its values, anew each time.
    """

    def __init__(self, seed: SeedFunction, persona: Persona, fake: Callable[[], Fake]) -> None:
        self._seed = seed
        self._persona = persona
        self._fake = fake

    def growth(self) -> dict[str, Growth]:
        """Return how the tables grow with an account, found out by making two small ones."""
        smaller, small = self._small(_SMALLER).counts, self._small(_SMALL).counts
        found = {}
        for name, count in small.items():
            each = (count - smaller.get(name, 0)) / (_SMALL - _SMALLER)
            found[name] = Growth(max(0, round(count - each * _SMALL)), each)
        return found

    def send(self, table: str, sink: Sink, count: int | None = None) -> int:
        """Give the records of a table to `sink` and return how many there were.

        They are those of the persona, or the first `count` of an account that is large enough.
        Raises UsageError if no account has so many.
        """
        persona = self._persona
        if count is not None:
            growth = self.growth().get(table, Growth(0, 0))
            if not growth.each and count > growth.fixed:
                raise UsageError(
                    f"an account has {growth.fixed} {table.partition('.')[2]}, whatever its size; "
                    f"ask for {growth.fixed} at most"
                )
            products = growth.products_for(count) if growth.each else _SMALLER
            persona = replace(persona, products=products)
        sent = 0

        def pass_on(record: Any) -> None:
            nonlocal sent
            if sent == count:
                raise _Enough
            sink(record)
            sent += 1

        transaction = StreamedTransaction(table, pass_on)
        try:
            self._seed(transaction, persona, self._fake())
            transaction.finish()
        except _Enough:
            pass
        if count is not None and sent < count:
            raise UsageError(
                f"only {sent} of {count} {table.partition('.')[2]} came of an account with "
                f"{persona.products} products; ask for fewer"
            )
        return sent

    def sample(self) -> Iterator[Any]:
        """Yield the records, of all tables, of a small account."""
        return self._small(_SMALLER).kept()

    def _small(self, products: int) -> StreamedTransaction:
        transaction = StreamedTransaction("", lambda _: None, window=_SMALL * 100)
        self._seed(transaction, replace(self._persona, products=products), self._fake())
        return transaction
