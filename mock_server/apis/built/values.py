"""Built's numbers: exact in the state, and spelled as each operation spells them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

#: Wide enough for the sum of any products of two stored numbers, so that nothing is ever rounded.
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)
_TENTH = Decimal("0.1")
_CENT = Decimal("0.01")
#: What a column keeps; the document's longest fraction has five digits (fx_amount).
_STORED = Decimal("0.000001")
ZERO = Decimal(0)


def add(*amounts: Decimal) -> Decimal:
    """Return the exact sum."""
    return total(amounts)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum of any number of amounts."""
    result = ZERO
    for amount in amounts:
        result = _WIDE.add(result, amount)
    return result


def subtract(amount: Decimal, other: Decimal) -> Decimal:
    """Return the exact difference."""
    return _WIDE.subtract(amount, other)


def multiply(amount: Decimal, other: Decimal) -> Decimal:
    """Return the exact product."""
    return _WIDE.multiply(amount, other)


def stored(number: Decimal) -> Decimal:
    """Return a number as a column keeps it: at most six decimals, half up (inferred)."""
    return bare(_WIDE.quantize(number, _STORED))


def stored_price(number: Decimal) -> Decimal:
    """Return a unit price as its column keeps it: two decimals, half up.

    Source: built.txt, where `unit_price` has two decimals in every item view.
    """
    return bare(_WIDE.quantize(number, _CENT))


@lru_cache(maxsize=8192)
def bare(number: Decimal) -> Decimal:
    """Return the number without zeros at its end, which is how PHP writes a float: 769.2, 100."""
    shortest = number.normalize(_WIDE)
    if shortest.is_zero():
        return ZERO
    if isinstance(exponent := shortest.as_tuple().exponent, int) and exponent > 0:
        return _WIDE.quantize(shortest, Decimal(1))
    return shortest


def plain(number: Decimal) -> str:
    """Return a number as a string without zeros at its end: `11.65`, `1`."""
    return format(bare(number), "f")


@lru_cache(maxsize=8192)
def price_text(number: Decimal) -> str:
    """Return a price with two decimals: `65.38`, `100.00`."""
    return _fixed(number, _CENT, ".2f")


@lru_cache(maxsize=8192)
def money_text(number: Decimal) -> str:
    """Return an amount with two decimals and thousands separators: `1,634.50`."""
    return _fixed(number, _CENT, ",.2f")


@lru_cache(maxsize=8192)
def balance_text(number: Decimal) -> str:
    """Return a balance with one decimal and thousands separators: `1,176.8`."""
    return _fixed(number, _TENTH, ",.1f")


@lru_cache(maxsize=8192)
def raw_balance_text(number: Decimal) -> str:
    """Return a balance with one decimal and nothing else: `1176.8`."""
    return _fixed(number, _TENTH, ".1f")


def _fixed(number: Decimal, places: Decimal, form: str) -> str:
    rounded = _WIDE.quantize(number, places)
    return format(abs(rounded) if rounded.is_zero() else rounded, form)
