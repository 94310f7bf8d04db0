"""Make the records of a state messy: odd values in the fields that a vendor declares."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mock_server.seeding.fake import Fake
from mock_server.seeding.odd_values import (
    DIMENSIONS,
    DUPLICATES,
    LONG_IDS,
    Field,
    MessyTable,
    Variant,
    value_at,
    variants_by_dimension,
)
from mock_server.state.store import Key, State, Transaction

#: Of a hundred fields of messy records, so many have an odd value.
_PERCENT = 35
#: The first whole number that a double cannot hold follows this one.
_LARGEST_EXACT = 1 << 53


@dataclass(frozen=True, slots=True)
class OddValue:
    """One odd value of a record, and why it is there.

    `field` leads to it with dots; `seed` is the one that it was drawn with.
    """

    table: str
    key: Key
    field: str
    dimension: str
    note: str
    value: Any
    seed: int

    @property
    def place(self) -> str:
        """Where it is, in one text."""
        return f"{self.table}/{self.key}/{self.field}"


def make_messy(
    state: State,
    declared: Sequence[MessyTable],
    dimensions: frozenset[str],
    fake: Fake,
    only: frozenset[str] | None = None,
) -> tuple[State, tuple[OddValue, ...]]:
    """Return a state with odd values in some dimensions, and what they are.

    Which fields of which records have one depends on the seed alone. The dimensions of a field
    take turns, and one that is off gives its turn to the next that is on. With `only`, these
    places get theirs and no others.
    """
    transaction = Transaction(state)
    found: list[OddValue] = []
    for messy in declared:
        table = messy.table
        turns = [(field, _turns(table.name, field, fake)) for field in messy.fields]
        before: Any = None
        for position, (key, plain) in enumerate(state.collection(table).items()):
            for field, turn in turns:
                draw = fake(f"odd {table.name}", position, field.path)
                if not draw.chance(_PERCENT):
                    continue
                turn.rotate(-1)
                dimension = next((each for each in turn if each in dimensions), None)
                if dimension is None:
                    continue
                draw = fake(f"odd {table.name}", position, f"{field.path} {dimension}")
                variant = draw.pick(variants_by_dimension(field)[dimension])
                note = variant.note
                odd = OddValue(table.name, key, field.path, dimension, note, None, fake.seed)
                record = transaction.get(table, key)
                if (only is not None and odd.place not in only) or record is None:
                    continue
                if dimension == DUPLICATES:
                    if before is None:
                        continue
                    variant = Variant(note, value_at(before, field.path))
                changed = _changed(transaction, record, field, variant, key)
                if changed is not None:
                    transaction.put(table, changed)
                    found.append(replace(odd, value=value_at(changed, field.path)))
            before = plain
        found += _long_ids(state, messy, dimensions, fake.seed)
    return transaction.state, tuple(found)


def _turns(table: str, field: Field, fake: Fake) -> deque[str]:
    """The dimensions of a field, in an order that the seed gives."""
    variants = list(variants_by_dimension(field))
    source = fake(f"odd {table}", 0, f"{field.path} turns").generator.random
    return deque(source.sample(variants, len(variants)))


def _changed(
    transaction: Transaction, record: Any, field: Field, variant: Variant, key: Key
) -> Any:
    """The record with an odd value, or None where it has no such field, or that value already."""
    if not field.fits(record):
        return None
    value = field.value_for(variant, key)
    if field.write is not None:
        changed = field.write(transaction, record, value)
    else:
        changed = _with_value(record, field.path.split("."), value)
    return None if changed == record else changed


def _with_value(record: Any, path: list[str], value: Any) -> Any:
    name, *rest = path
    if rest:
        value = _with_value(getattr(record, name), rest, value)
    return replace(record, **{name: value})


def _long_ids(
    state: State, messy: MessyTable, dimensions: frozenset[str], seed: int
) -> Iterator[OddValue]:
    """What is odd about identifiers that a double cannot hold: all of them were made so."""
    if LONG_IDS in dimensions:
        for key, record in state.collection(messy.table).items():
            if isinstance(key, int) and key > _LARGEST_EXACT and hasattr(record, "id"):
                note = DIMENSIONS[LONG_IDS]
                yield OddValue(messy.table.name, key, "id", LONG_IDS, note, key, seed)
