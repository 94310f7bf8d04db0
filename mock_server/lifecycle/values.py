"""Kinds of values: how to draw one to send, and when a sent and a shown one mean the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any

from mock_server.openapi.instants import parse_instant

_WORDS = ("bandage", "brace", "cream", "elastic", "foam", "gel", "insole", "tape", "towel", "wrap")


class UnparsableValue(Exception):
    """A shown value does not mean anything of its kind; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value.

    `draw` gives a valid value to send; `meaning` turns a sent or shown value into one that can be
    compared exactly (`Decimal`, `str`, `bool`, aware `datetime`, None), or raises UnparsableValue.
    """

    name: str
    draw: Callable[[Random], Any]
    meaning: Callable[[Any], Any]


def text(longest: int = 255, *, empty_is_null: bool = False) -> Kind:
    """Return the kind of texts of up to so many characters, some of them at the limit."""

    def draw(random: Random) -> str:
        words = " ".join(random.choice(_WORDS) for _ in range(random.randint(1, 3)))
        words = f"{words} {random.randrange(10**6)}"
        if random.random() < 0.25:
            words = f"{words} é{random.choice('ßñ漢')}" + "x" * longest
        return words[: min(longest, 2000)].rstrip()

    def meaning(value: Any) -> str | None:
        if value is None or (empty_is_null and value == ""):
            return None
        if not isinstance(value, str):
            raise UnparsableValue(f"{value!r} is no text")
        return value

    return Kind("text", draw, meaning)


def decimal(
    low: str = "0",
    high: str = "1000",
    *,
    places: int = 2,
    sent_as: Callable[[Decimal], Any] = str,
    separator: str = "",
) -> Kind:
    """Return the kind of exact decimals from `low` to `high`; shown ones may have separators."""
    unit = Decimal(1).scaleb(-places)
    first, last = (int(Decimal(bound) / unit) for bound in (low, high))

    def draw(random: Random) -> Any:
        return sent_as(random.randint(first, last) * unit)

    def meaning(value: Any) -> Decimal | None:
        return None if value is None or value == "" else number(value, separator)

    return Kind("decimal", draw, meaning)


def number(value: Any, separator: str = "") -> Decimal:
    """Return what a number or a text that spells one is exactly; raises UnparsableValue."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise UnparsableValue(f"{value!r} is no number")
    written = value.replace(separator, "") if separator and isinstance(value, str) else value
    try:
        return Decimal(written)
    except InvalidOperation:
        raise UnparsableValue(f"{value!r} is no number") from None


def whole(low: int = 0, high: int = 1000, sent_as: Callable[[int], Any] = int) -> Kind:
    """Return the kind of whole numbers from `low` to `high`."""

    def meaning(value: Any) -> Decimal | None:
        return None if value is None or value == "" else number(value)

    return Kind("whole", lambda random: sent_as(random.randint(low, high)), meaning)


def choice(*values: Any) -> Kind:
    """Return the kind of a few values that are spelled out."""

    def meaning(value: Any) -> Any:
        if value is not None and value not in values:
            raise UnparsableValue(f"{value!r} is none of {', '.join(map(repr, values))}")
        return value

    return Kind("choice", lambda random: random.choice(values), meaning)


def flag(true: Any = True, false: Any = False) -> Kind:
    """Return the kind of booleans, in the vendor's spelling."""
    spelled = {true: True, false: False, True: True, False: False}

    def meaning(value: Any) -> bool | None:
        if value is None:
            return None
        try:
            return spelled[value]
        except (KeyError, TypeError):
            raise UnparsableValue(f"{value!r} is neither {true!r} nor {false!r}") from None

    return Kind("flag", lambda random: random.choice((true, false)), meaning)


def identifier() -> Kind:
    """Return the kind of identifiers of other records: text, or a number that means the same."""

    def meaning(value: Any) -> str | None:
        return None if value is None else str(value)

    return Kind("identifier", lambda random: str(random.randint(1, 9)), meaning)


def instant(value: Any) -> datetime:
    """Return a shown time (RFC 3339) in UTC; raises UnparsableValue for one without an offset."""
    try:
        return parse_instant(value)
    except ValueError as problem:
        raise UnparsableValue(str(problem)) from None


def moment() -> Kind:
    """Return the kind of shown times; drawn ones are days of 2024."""

    def draw(random: Random) -> str:
        return f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}T08:30:00Z"

    return Kind("moment", draw, lambda value: None if value is None else instant(value))
