"""What Exsited's properties are made of: texts, and texts that are flags, amounts, names or days.

A field is shown where it is sent, under its own name, unless something else is said.
"""

from __future__ import annotations

from random import Random
from typing import Any

from mock_server.lifecycle.model import Field, Source
from mock_server.lifecycle.values import (
    Kind,
    UnparsableValue,
    choice,
    decimal,
    flag,
    identifier,
    text,
)

_DETERMINANTS = (
    "QUANTITY_ON_HAND",
    "QUANTITY_PROMISED",
    "QUANTITY_ON_ORDER",
    "QUANTITY_ON_RETURN",
    "QUANTITY_ON_PURCHASE_RETURN",
)

#: What is no text, no flag, no amount and no day, whoever reads it.
NO_TEXT: tuple[Any, ...] = (["text"],)
NO_FLAG: tuple[Any, ...] = ("perhaps", None)
_NO_AMOUNT: tuple[Any, ...] = ("ten", "-0.01", "0.1234567", {})
_NO_DAY: tuple[Any, ...] = ("2024-02-30", None)


def text_field(name: str, longest: int, shown: str | None = "", **options: Any) -> Field:
    """Return a text of up to so many characters."""
    wrong = (*NO_TEXT, "x" * (longest + 1))
    return Field(name, text(longest), _place(name, shown), wrong=wrong, **options)


def flag_field(name: str, shown: str | None = "", **options: Any) -> Field:
    """Return a boolean, which is a text."""
    return Field(name, flag("true", "false"), _place(name, shown), wrong=NO_FLAG, **options)


def amount_field(name: str, shown: str | None = "", low: str = "0", **options: Any) -> Field:
    """Return a number, which is a text with six decimals."""
    kind = decimal(low, "99999", places=6)
    return Field(name, kind, _place(name, shown), wrong=_NO_AMOUNT, **options)


def one_of(*words: str) -> Kind:
    """Return the kind of a few words; others, which the document leaves open, may be shown."""
    return Kind("word", choice(*words).draw, text().meaning)


def word_field(name: str, *words: str, shown: str | None = "", **options: Any) -> Field:
    """Return a choice of a few words."""
    return Field(name, one_of(*words), _place(name, shown), wrong=NO_TEXT, **options)


def named_field(name: str, source: Source, shown: str | None = "", **options: Any) -> Field:
    """Return a reference by name; the spec says that what it names exists."""
    wrong = (*NO_TEXT, "there is none of this name")
    return Field(name, identifier(), _place(name, shown), wrong=wrong, source=source, **options)


def day_field(name: str, years: range, shown: str | None = "", **options: Any) -> Field:
    """Return a day of one of these years."""

    def draw(random: Random) -> str:
        return f"{random.choice(years)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"

    kind = Kind("day", draw, text().meaning)
    return Field(name, kind, _place(name, shown), wrong=_NO_DAY, **options)


def _place(name: str, shown: str | None) -> str | None:
    """Where a field is shown: where it is sent, unless something else is said."""
    return f"/{name}" if shown == "" else shown


def determinants() -> Kind:
    """Return the kind of words with commas between them, of which answers have a list."""

    def draw(random: Random) -> str:
        return ",".join(random.sample(_DETERMINANTS, random.randint(1, len(_DETERMINANTS))))

    def meaning(value: Any) -> str:
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list):
            raise UnparsableValue(f"{value!r} is no list of determinants")
        return ",".join(sorted(map(str, words)))

    return Kind("determinants", draw, meaning)
