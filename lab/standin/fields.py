"""Bodies, field by field: what is stored of each, or the text that says why it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lab.standin.calls import Json, identifier

#: Makes what is stored of what was sent; raises Wrong.
Field = Callable[[Any], Any]

_COST = re.compile(r"[0-3]?[0-9]{1,9}(\.[0-9]{1,10})?")
#: What ECMAScript's regular expressions take for blank, which Python's see a little differently.
_BLANK = re.compile(r"([^\S\x1c-\x1f\x85]|\ufeff)*")
_NUMBER = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?")
_STOCK_BOUND = 4_000_000_000
#: The highest power of ten in a price, that of the largest number in binary.
_PRICE_SIZE = 308


class Wrong(Exception):
    """A value is not what its field takes; the message says so, after the field's name."""


def read(fields: Mapping[str, Field], body: Mapping[str, Any]) -> tuple[Json, dict[str, str]]:
    """Return what the known fields of a body hold, and one text for each that is wrong."""
    taken: Json = {}
    errors: dict[str, str] = {}
    for name, field in fields.items():
        if name in body:
            try:
                taken[name] = field(body[name])
            except Wrong as wrong:
                errors[name] = "can't be blank" if body[name] is None else str(wrong)
    return taken, errors


def optional(field: Field) -> Field:
    """Return the field that takes null as well."""
    return lambda value: None if value is None else field(value)


def text(longest: int | None = None) -> Field:
    """Return a field of text of at most so many characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise Wrong("is invalid")
        # No database behind such a service stores these.
        if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
            raise Wrong("has characters that are no text")
        if longest is not None and len(value) > longest:
            raise Wrong(f"is too long (maximum is {longest} characters)")
        return value

    return check


def name(value: Any) -> str:
    """Take a name that is not blank, of at most 255 characters."""
    checked: str = text(255)("" if value is None else value)
    if is_blank(checked):
        raise Wrong("can't be blank")
    return checked


def is_blank(text: str) -> bool:
    """Say whether a text has nothing in it that could be seen."""
    return _BLANK.fullmatch(text) is not None


def boolean(value: Any) -> bool:
    """Take true or false."""
    if not isinstance(value, bool):
        raise Wrong("is invalid")
    return value


def cost(value: Any) -> str:
    """Take a decimal in a string or a number, from 0 to below 4000000000."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = format(Decimal(value), "f") if value else "0"
    if not isinstance(value, str) or not _COST.fullmatch(value):
        raise Wrong("must be a number from 0 to below 4000000000")
    return value


def price(value: Any) -> str:
    """Take a number; raises Wrong beyond the largest one in binary."""
    number = _number(value)
    if number and number.adjusted() > _PRICE_SIZE:
        raise Wrong("is too large")
    return str(number)


def whole(value: Any) -> int:
    """Take a whole number."""
    number = _number(value)
    if number.adjusted() > _PRICE_SIZE or number != number.to_integral_value():
        raise Wrong("is not a number")
    return int(number)


def stock(value: Any) -> int:
    """Take a whole number between -4000000000 and 4000000000."""
    return stock_cut_off(whole(value))


def stock_cut_off(value: Any) -> int:
    """Take a number between -4000000000 and 4000000000, and cut its fraction off."""
    number = _number(value)
    if not in_stock_bounds(number):
        side = "less than " if number > 0 else "greater than -"
        raise Wrong(f"must be {side}{_STOCK_BOUND}")
    return int(number)


def in_stock_bounds(number: Decimal | int) -> bool:
    """Say whether a stock level can be that."""
    return -_STOCK_BOUND < number < _STOCK_BOUND


def reference(value: Any) -> int:
    """Take an identifier; whether there is such a record is for others to say."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value):
        value = str(int(value))
    number = identifier(value)
    if number is None:
        raise Wrong("is invalid")
    return number


def one_of(*values: str) -> Field:
    """Return a field that takes one of the values."""

    def check(value: Any) -> str:
        if value not in values:
            raise Wrong("is not included in the list")
        return str(value)

    return check


def _number(value: Any) -> Decimal:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Wrong("is not a number")
    return Decimal(value)
