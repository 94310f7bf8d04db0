"""How stock and what it is worth move together.

One law holds at all times for each item: its quantity is what was set by hand plus what came in
(increases, productions, purchases) less what went out (decreases, use as material, sales), and its
balance is the worth of the same movements.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from mock_server.apis.built.models import Item
from mock_server.apis.built.values import ZERO, add, bare, multiply, subtract

Direction = Literal["increase", "decrease"]


def moved(
    item: Item, direction: Direction, quantity: Decimal, amount: Decimal, now: datetime
) -> Item:
    """Return the item after a movement of stock that is worth `amount`.

    An increase is a debit and a decrease a credit of the item's own account. Stock may fall below
    nothing: the vendor's list of refusals has none for it (inferred).
    """
    if direction == "increase":
        return replace(
            item,
            quantity=bare(add(item.quantity, quantity)),
            debit=add(item.debit, amount),
            updated_at=now,
        )
    return replace(
        item,
        quantity=bare(subtract(item.quantity, quantity)),
        credit=add(item.credit, amount),
        updated_at=now,
    )


def with_stock(item: Item, quantity: Decimal) -> Item:
    """Return the item with its stock set by hand, the difference worth its unit price (inferred).

    A service has no stock, whatever is said.
    """
    if item.kind == "service":
        quantity = ZERO
    difference = subtract(quantity, item.quantity)
    worth = multiply(abs(difference), item.unit_price)
    return replace(
        item,
        quantity=bare(quantity),
        opening=bare(add(item.opening, difference)),
        debit=add(item.debit, worth) if difference > 0 else item.debit,
        credit=add(item.credit, worth) if difference < 0 else item.credit,
    )
