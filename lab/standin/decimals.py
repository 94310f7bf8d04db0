"""Money and rates: exact, and written as Ruby's BigDecimal writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

#: Prices are derived to this many places.
_PLACES = Decimal("0.0001")
#: Room for the largest price that is taken, and for the places behind it.
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)


def printed(number: Decimal) -> str:
    """Return a decimal as text: no exponent, at least one place, no further zero: `11.0`."""
    if not number:
        return "0.0"
    whole, _, places = format(number, "f").partition(".")
    return f"{whole}.{places.rstrip('0') or '0'}"


def prices(price: Decimal, rate: Decimal, *, tax_included: bool) -> tuple[Decimal, Decimal]:
    """Return a price without and with tax, each rounded half up to four places.

    `rate` is a percentage. Source: cliniko.txt has the two fields, the arithmetic is inferred.
    """
    factor = _EXACT.add(1, _EXACT.divide(rate, Decimal(100)))
    if tax_included:
        return _rounded(_EXACT.divide(price, factor)), _rounded(price)
    return _rounded(price), _rounded(_EXACT.multiply(price, factor))


def _rounded(number: Decimal) -> Decimal:
    return _EXACT.quantize(number, _PLACES)


def compare(one: str, other: str) -> int:
    """Compare two decimals as text by their value, as SQLite wants it of a collation."""
    first, second = Decimal(one), Decimal(other)
    return (first > second) - (first < second)
