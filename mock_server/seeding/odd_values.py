"""Odd but valid values: the dimensions in which records are messy, and their values.

A vendor declares its fields with the bounds that its documents give (`Text`, `Number`, `Moment`,
`Choice`, `Entries`, `Rewrite`); which values a field can have in which dimension follows from that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from mock_server.seeding.odd_texts import MOMENTS, TEXTS
from mock_server.state.store import Table, Transaction
from mock_server.usage import UsageError, suggestion

#: What each dimension is, in the order of the documentation.
DIMENSIONS: Mapping[str, str] = {
    "absent": "an optional value is not there, or null",
    "empty-text": "a text that may be empty is empty",
    "long-text": "a text is as long as its field allows, or one character shorter",
    "empty-lists": "a list has no entries",
    "long-lists": "a list has as many entries as it may have",
    "small-numbers": "a number is the smallest that its field allows, or zero",
    "large-numbers": "a number is the largest that its field allows, or beyond 32 or 53 bits",
    "money-precision": "an amount is at the limit of its digits, or one that binary fractions miss",
    "zero-stock": "nothing is in stock, though there was once",
    "negative-stock": "more was sold than there was",
    "right-to-left": "text in Arabic or Hebrew, also between words that run the other way",
    "emoji": "emoji: of two code points, joined, with skin tones, flags and keycaps",
    "combining-marks": "letters followed by combining marks, some by many",
    "look-alikes": "letters of other scripts that look like Latin ones, and invisible characters",
    "normal-forms": "the same letters in composed (NFC) or decomposed (NFD) form",
    "spaces": "spaces at the beginning or the end, several in a row, or of other kinds",
    "line-breaks": "line breaks and tabs within a text",
    "formulas": "text that a spreadsheet takes for a formula, a date or a number",
    "html": "text that looks like HTML, a template or a script",
    "sql": "text that looks like SQL, a path or a shell command",
    "calendar": "leap days, ends of years, and the seconds at which clocks change",
    "long-ids": "identifiers of 64 bits, which a double cannot hold, where a vendor's are numbers",
    "open-choices": "a choice that the documents do not name, where they leave the list open",
    "archived": "records that are archived, deleted or discontinued among the others",
    "duplicate-names": "two records of one name",
    "dangling-references": "a reference that leads to nothing any more, where that is legal",
}
#: The dimension of identifiers, which are made, not changed.
LONG_IDS = "long-ids"
#: The size that identifiers of live accounts have.
FIRST_LONG_ID = 1213533212211414017
#: The dimension whose values are taken from other records.
DUPLICATES = "duplicate-names"
#: What a switch of dimensions may be instead of their names.
ALL, NONE = "all", "none"


class UnknownDimension(UsageError):
    """A dimension of messy data was asked for that is not there; the message names one that is."""


def parse_dimensions(words: str | Iterable[str]) -> frozenset[str]:
    """Return the dimensions that names, with commas between or one by one, `all` or `none` mean.

    Raises UnknownDimension for one that is not there.
    """
    names = [
        name.strip()
        for each in ([words] if isinstance(words, str) else words)
        for name in str(each).split(",")
        if name.strip()
    ]
    found: set[str] = set()
    for name in names:
        if name in {ALL, NONE}:
            found |= set(DIMENSIONS) if name == ALL else set()
        elif name in DIMENSIONS:
            found.add(name)
        else:
            near = suggestion(name, [*DIMENSIONS, ALL, NONE])
            raise UnknownDimension(f"there is no dimension {name!r} of messy data; {near}")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Variant:
    """One odd value that a field can have, and what is odd about it."""

    note: str
    value: Any


#: Puts a value into a record, and what follows from it into the state; returns the record.
Write = Callable[[Transaction, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Field(ABC):
    """A field of a record; `path` leads to it, with dots into its parts.

    `write` is for what more must change with it; without one the value is put in its place.
    """

    path: str
    write: Write | None = None

    @abstractmethod
    def variants(self) -> Iterator[tuple[str, Variant]]:
        """Yield every odd value that the field can have, with its dimension."""

    def fits(self, record: Any) -> bool:
        """Say whether a record has the field at all."""
        return value_at(record, self.path, missing=self) is not self

    def value_for(self, variant: Variant, key: object) -> Any:
        """Return the value for the record of a key."""
        del key
        return variant.value


@dataclass(frozen=True, slots=True)
class Text(Field):
    """A text of `shortest` to `longest` characters, None being optional if `nullable`.

    A `trimmed` one is kept without the blanks around it; one without `line_breaks` is of one line.
    `unique` texts differ in every record of a table; in a `name`, duplicates are of interest.
    """

    longest: int = 5000
    shortest: int = 0
    nullable: bool = False
    trimmed: bool = False
    line_breaks: bool = True
    unique: bool = False
    name: bool = False

    def variants(self) -> Iterator[tuple[str, Variant]]:
        """Yield the odd texts that fit the bounds."""
        if self.nullable:
            yield "absent", Variant("null", None)
        if self.shortest == 0 and not self.unique:
            yield "empty-text", Variant("empty", "")
        if self.name and not self.unique:
            yield DUPLICATES, Variant("the name of the record before it", None)
        for length, note in ((self.longest, "the longest"), (self.longest - 1, "one less")):
            yield "long-text", Variant(f"{note}, {length} characters", _long(length))
        for dimension, note, text in TEXTS:
            if not self.line_breaks and any(each in text for each in "\r\n\t"):
                continue
            fitted = text[: self.longest]
            if self.trimmed:
                fitted = fitted.strip()
                if dimension == "spaces" and "  " not in fitted and fitted.isascii():
                    continue
            if len(fitted) >= max(1, self.shortest) and not fitted.isspace():
                yield dimension, Variant(note, fitted)

    def value_for(self, variant: Variant, key: object) -> Any:
        """Return the text, with the record's key in it where it must be unique."""
        text = variant.value
        if not self.unique or not text:
            return text
        ending = f" {key}"
        return text[: self.longest - len(ending)] + ending


@dataclass(frozen=True, slots=True)
class Number(Field):
    """A number from `low` to `high` with at most `places`; `whole` ones are kept as `int`.

    `money` is an amount; `stock` a quantity, zero and negative ones of which have dimensions.
    """

    low: Decimal | int = 0
    high: Decimal | int = 0
    places: int = 0
    nullable: bool = False
    whole: bool = False
    money: bool = False
    stock: bool = False
    #: Whether the value always has all its places.
    fixed: bool = False

    def variants(self) -> Iterator[tuple[str, Variant]]:
        """Yield the odd numbers within the bounds."""
        if self.nullable:
            yield "absent", Variant("null", None)
        for dimension, note, number in self._numbers():
            if self.low <= number <= self.high:
                yield dimension, Variant(note, self._kept(number))

    def _numbers(self) -> Iterator[tuple[str, str, Decimal]]:
        low, high = Decimal(self.low), Decimal(self.high)
        step = Decimal(1).scaleb(-self.places)
        smallest = "negative-stock" if self.stock and low < 0 else "small-numbers"
        yield smallest, "the smallest", low
        yield ("zero-stock" if self.stock else "small-numbers"), "zero", Decimal(0)
        if self.stock:
            yield "negative-stock", "one too few", Decimal(-1)
        yield "large-numbers", "the largest", high
        yield "large-numbers", "2^31", Decimal(1 << 31)
        yield "large-numbers", "2^53 + 1, which a double cannot hold", Decimal((1 << 53) + 1)
        if not self.money:
            return
        yield "money-precision", "the smallest amount", step
        yield "money-precision", "all its digits", high - step
        for text in ("0.10", "1.10", "0.29", "1.15", "1.005", "2.675", "4.35", "8.005", "1.1"):
            number = Decimal(text)
            if number == number.quantize(step):
                yield "money-precision", "no binary fraction", number

    def _kept(self, number: Decimal) -> Decimal | int:
        if self.whole:
            return int(number)
        return number.quantize(Decimal(1).scaleb(-self.places)) if self.fixed else number


@dataclass(frozen=True, slots=True)
class Moment(Field):
    """An instant that may lie earlier than it does: all odd ones are before the seeded year."""

    def variants(self) -> Iterator[tuple[str, Variant]]:
        """Yield the odd instants."""
        for note, instant in MOMENTS:
            yield "calendar", Variant(note, instant)


@dataclass(frozen=True, slots=True)
class Choice(Field):
    """A field of few values, some of which are of interest in a dimension."""

    dimension: str = "archived"
    values: tuple[Any, ...] = ()

    def variants(self) -> Iterator[tuple[str, Variant]]:
        """Yield the values."""
        for value in self.values:
            yield self.dimension, Variant(str(value), value)


@dataclass(frozen=True, slots=True)
class Entries(Field):
    """A list that may be empty, or have `most` entries, which `entry` makes by their numbers."""

    most: int = 0
    entry: Callable[[int], Any] = int

    def variants(self) -> Iterator[tuple[str, Variant]]:
        """Yield an empty and a full list."""
        yield "empty-lists", Variant("no entries", ())
        full = tuple(self.entry(number) for number in range(1, self.most + 1))
        yield "long-lists", Variant(f"{self.most} entries", full)


@dataclass(frozen=True, slots=True)
class Rewrite(Field):
    """Values that `choices` lists with their dimensions and notes, and `write` knows how to put."""

    choices: tuple[tuple[str, str, Any], ...] = ()

    def variants(self) -> Iterator[tuple[str, Variant]]:
        """Yield the values."""
        for dimension, note, value in self.choices:
            yield dimension, Variant(note, value)


@dataclass(frozen=True, slots=True)
class MessyTable:
    """The fields of a table's records that can have odd values."""

    table: Table[Any]
    fields: tuple[Field, ...]


@cache
def variants_by_dimension(field: Field) -> Mapping[str, tuple[Variant, ...]]:
    """Return the odd values of a field by their dimensions."""
    found: dict[str, list[Variant]] = {}
    for dimension, variant in field.variants():
        found.setdefault(dimension, []).append(variant)
    return {name: tuple(variants) for name, variants in found.items()}


def value_at(record: Any, path: str, missing: Any = None) -> Any:
    """Return what a path of fields leads to, `missing` where a part on the way is None."""
    for part in path.split("."):
        if record is None:
            return missing
        record = getattr(record, part)
    return record


def _long(length: int) -> str:
    """A text of so many characters, the end of which shows whether it was cut."""
    ending = "…end" if length > 8 else "."
    words = "long " * (length // 5 + 1)
    return words[: max(0, length - len(ending))] + ending[-length:]
