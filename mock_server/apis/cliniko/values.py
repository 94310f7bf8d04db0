"""Cliniko's decimals: how prices follow from a tax, and how Ruby writes a number."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

#: Wide enough for any number that a request can carry, so that nothing is rounded by accident.
_WIDE = Context(prec=800, rounding=ROUND_HALF_UP)
_PLACES = Decimal("0.0001")


@lru_cache(maxsize=4096)
def prices(price: Decimal, rate: Decimal, *, includes_tax: bool) -> tuple[Decimal, Decimal]:
    """Return the price without and with a tax of `rate` percent.

    The one that is not `price` itself is rounded half up to four places.
    Source: facts, section 1, the product (inferred).
    """
    factor = _WIDE.divide(_WIDE.add(100, rate), Decimal(100))
    if includes_tax:
        return _WIDE.quantize(_WIDE.divide(price, factor), _PLACES), price
    return price, _WIDE.quantize(_WIDE.multiply(price, factor), _PLACES)


@lru_cache(maxsize=4096)
def ruby_decimal(number: Decimal) -> str:
    """Return a number as Ruby's BigDecimal prints it: `11.0`, `0.05`, never `11` or `11.00`.

    Source: facts, section 1, the product (documented by its examples).
    """
    whole, _, fraction = format(number, "f").partition(".")
    text = f"{whole}.{fraction.rstrip('0') or '0'}"
    return "0.0" if text == "-0.0" else text
