"""A naive reading of Cliniko's filters and orders, on records as they are on the wire.

It shares nothing with the mock: times are compared as text, wildcards become regular expressions,
orders are made by comparing every two rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

Row = dict[str, Any]

_TIMES = ("archived_at", "created_at", "updated_at")
_NUMBERS = ("id", "tax_id", "product_id")


def value_of(row: Row, field: str) -> Any:
    """A field of a row; what a row only links to is taken from the link."""
    if field in {"tax_id", "product_id"}:
        link = row.get(field.removesuffix("_id"))
        return int(link["links"]["self"].rsplit("/", 1)[1]) if link else None
    value = row[field]
    if value is None:
        return None
    return int(value) if field == "id" else Decimal(value) if field == "cost_price" else value


def holds(row: Row, text: str) -> bool:
    """Whether one filter lets a row through."""
    field, _, rest = text.partition(":")
    value = value_of(row, field)
    if rest == "*":
        return True
    if rest in {"?", "!?"}:
        return (value is None) == (rest == "!?")
    if value is None:
        return False
    if field == "name":
        return _name_holds(value, rest)
    operator, operand = _split(rest)
    if field in _NUMBERS:
        numbers = [int(part) for part in operand.split(",")]
        if operator == "=":
            return value in numbers
        return _compare(value, operator, numbers[0])
    return _compare(value, operator, operand)


def _split(rest: str) -> tuple[str, str]:
    return next((sign, rest[len(sign) :]) for sign in ("!=", ">=", "<=", "=", ">", "<")
                if rest.startswith(sign))  # fmt: skip


def _compare(value: Any, operator: str, operand: Any) -> bool:
    return {
        "!=": value != operand,
        ">=": value >= operand,
        "<=": value <= operand,
        ">": value > operand,
        "<": value < operand,
    }[operator]


def _name_holds(name: str, rest: str) -> bool:
    if rest.startswith("!="):
        return name != rest[2:]
    if rest.startswith("="):
        return name == rest[1:]
    if rest.startswith("~~"):
        parts = [re.escape(part) for part in rest[2:].casefold().split("%")]
        return re.fullmatch("(?s:.*)".join(parts), name.casefold()) is not None
    return rest[1:].casefold() in name.casefold()


def selected(rows: Iterable[Row], filters: Iterable[str]) -> list[Row]:
    """The rows that a list shows with these filters, archived ones only if they are asked for."""
    filters = list(filters)
    asks = any(text.startswith("archived_at:") for text in filters)
    return [
        row
        for row in rows
        if (asks or row.get("archived_at") is None) and all(holds(row, text) for text in filters)
    ]


def ordered(rows: Iterable[Row], sort: str, order: str = "asc") -> list[Row]:
    """The rows by the columns of `sort`, null above all, and by id where they tie."""
    columns = [column.partition(":") for column in (sort or "created_at").split(",")]
    directions = [(name, (own or order) == "desc") for name, _, own in columns]
    return sorted(rows, key=cmp_to_key(_comparison([*directions, ("id", False)])))


def _comparison(columns: list[tuple[str, bool]]) -> Callable[[Row, Row], int]:
    def compare(one: Row, other: Row) -> int:
        for name, downwards in columns:
            first, second = value_of(one, name), value_of(other, name)
            if first != second:
                above = first is None or (second is not None and first > second)
                return -1 if above == downwards else 1
        return 0

    return compare
