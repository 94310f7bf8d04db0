"""Cliniko's filters: `q[]=FIELD:OPERATORVALUE`, and `q=` for a single one.

The spec's patterns say which filters are valid, so parsing here cannot fail; `FILTERABLE` says
which field is of which kind, for the texts of errors and for the comparison.
Source: the vendor's page on filtering results; facts, section 1, lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Literal

Kind = Literal["date-time", "number", "string"]

_DATES: dict[str, Kind] = {"created_at": "date-time", "updated_at": "date-time"}
_ARCHIVABLE: dict[str, Kind] = {"archived_at": "date-time", **_DATES}
_PLAIN: dict[str, Kind] = {**_DATES, "id": "number"}
#: The fields that each operation filters by.
FILTERABLE: dict[str, dict[str, Kind]] = {
    "listProducts": {**_ARCHIVABLE, "id": "number", "name": "string", "tax_id": "number"},
    "getProduct": {"archived_at": "date-time"},
    "listTaxes": _PLAIN,
    "listProductSuppliers": {**_PLAIN, "name": "string"},
    "listStockAdjustments": {**_ARCHIVABLE, "id": "number", "product_id": "number"},
    "getStockAdjustment": {"archived_at": "date-time"},
    "listUsers": _PLAIN,
}

_FILTER = re.compile(
    r"(?P<field>[^:]*):(?P<operator>!\?|\?|\*|>=|<=|>|<|!=|=|~~|~)(?P<value>.*)", re.DOTALL
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    ">=": ge,
    ">": gt,
    "<=": le,
    "<": lt,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One parsed filter; `passes` judges a field's value.

    `bounds` are the lowest and the highest value that can pass, None where it has no such bounds.
    """

    field: str
    operator: str
    passes: Callable[[Any], bool]
    bounds: tuple[Any, Any] | None = None


def parse_filter(text: str, kinds: dict[str, Kind]) -> Filter:
    """Return the filter that a valid text stands for."""
    match = _FILTER.fullmatch(text)
    if match is None:
        raise ValueError(f"not a filter: {text!r}")
    field, operator, value = match["field"], match["operator"], match["value"]
    kind = kinds[field]
    return Filter(field, operator, _judge(kind, operator, value), _bounds(kind, operator, value))


def _bounds(kind: Kind, operator: str, value: str) -> tuple[Any, Any] | None:
    if kind == "number" and operator == "=":
        numbers = [int(number) for number in value.split(",")]
        return min(numbers), max(numbers)
    if operator == "=":
        return (_wanted(kind, value),) * 2
    if operator in {">", ">="}:
        return _wanted(kind, value), None
    if operator in {"<", "<="}:
        return None, _wanted(kind, value)
    return None


def _wanted(kind: Kind, value: str) -> Any:
    return value if kind == "string" else int(value) if kind == "number" else instant(value)


def _judge(kind: Kind, operator: str, value: str) -> Callable[[Any], bool]:
    if operator == "*":
        return lambda _: True
    if operator == "?":
        return lambda it: it is not None
    if operator == "!?":
        return lambda it: it is None
    if operator in {"~", "~~"}:
        wildcards = Wildcards(["", value, ""] if operator == "~" else value.split("%"))
        return lambda it: it is not None and wildcards.match(it)
    if kind == "number" and operator == "=":
        numbers = frozenset(map(int, value.split(",")))
        return lambda it: it in numbers
    wanted = _wanted(kind, value)
    compare = _COMPARISONS[operator]
    # As in SQL, a comparison with null is never true.
    return lambda it: it is not None and compare(it, wanted)


class Wildcards:
    """Pieces that a text is made of, in order, with anything between them.

    Case does not count (inferred). The first piece is at the start, the last at the end.
    """

    def __init__(self, pieces: list[str]) -> None:
        folded = [piece.casefold() for piece in pieces]
        self._first, self._last = folded[0], folded[-1] if len(folded) > 1 else None
        self._middle = [piece for piece in folded[1:-1] if piece]
        #: Most texts are shorter than what is looked for, so a long pattern costs little.
        self._shortest = sum(map(len, folded))

    def match(self, text: str) -> bool:
        """Say whether a text is made of the pieces."""
        text = text.casefold()
        if self._last is None:
            return text == self._first
        if len(text) < self._shortest:
            return False
        if not text.startswith(self._first) or not text.endswith(self._last):
            return False
        position, end = len(self._first), len(text) - len(self._last)
        for piece in self._middle:
            found = text.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
        return True


def instant(text: str) -> datetime:
    """Return the instant of `2014-03-04T19:11:30Z`.

    A day that the month does not have runs over into the next month, as Ruby's `Time` has it
    (inferred); the year 0 counts as the year 1.
    """
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
    first = datetime(max(year, 1), month, 1, hour, minute, second, tzinfo=UTC)
    return first + timedelta(days=day - 1)


def complaint(operation_id: str, text: str) -> str:
    """Say what is wrong with an invalid filter.

    Source: facts, section 1 (the first and the third text observed, the others inferred).
    """
    field, colon, _ = text.partition(":")
    kind = FILTERABLE[operation_id].get(field)
    if not colon:
        return f"Filter {text} is not of the form FIELD:OPERATORVALUE"
    if kind is None:
        return f"{field} is not filterable"
    if kind == "number":
        return f"Filter value for {field} must be a number"
    if kind == "date-time":
        return f"Filter value for {field} must be a date-time"
    return f"Filter operator for {field} is unknown"
