"""Numbers as Exsited writes them: strings with six decimals.

Source: facts, section 2 (documented by its examples); that more decimals are rounded half up is
inferred.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_PLACES = Decimal("0.000001")


def amount_of(value: str | int | Decimal) -> Decimal | None:
    """Return a number of a request with six decimals; an empty string is no number.

    Zero has no sign: `-0.0` is a JSON number that is not negative.
    """
    if value == "":
        return None
    amount = Decimal(value).quantize(_PLACES, ROUND_HALF_UP)
    return amount or abs(amount)


def quantity_of(value: str | int | Decimal) -> Decimal:
    """Return a quantity of a request with six decimals; an empty string is none at all."""
    return amount_of(value) or Decimal(0)


def amount_text(amount: Decimal | None) -> str:
    """Return `"25.000000"`, or an empty string for no amount."""
    return "" if amount is None else f"{amount:.6f}"


def quantity_text(quantity: Decimal) -> str:
    """Return `"10.000000"`, and `"0"` for none: the document's sample of linked warehouses."""
    return f"{quantity:.6f}" if quantity else "0"
