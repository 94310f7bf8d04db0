"""What is looked up in Built's records, derived once for each state of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mock_server.apis.built.models import (
    BUSINESSES,
    ITEMS,
    Adjustment,
    Business,
    Item,
    Purchase,
    Sale,
)
from mock_server.apis.built.values import ZERO, add
from mock_server.engine.context import Context
from mock_server.state.order import Column, Order, order_by

#: How many items one import may have (facts, section 4, documented).
LARGEST_IMPORT = 200


def business_of(context: Context) -> Business:
    """Return the business of the sandbox."""
    return context.state.all(BUSINESSES)[0]


def name_key(name: str) -> str:
    """Return what two equal names share: upper and lower case are the same (inferred)."""
    return name.casefold()


def _name(item: Item) -> str:
    return name_key(item.name)


def _is_tracked(item: Item) -> bool:
    return item.track_inventory


def _is_sellable(item: Item) -> bool:
    return item.retail_item and not item.archived


def _is_buyable(item: Item) -> bool:
    return item.buying_item and not item.archived


#: The items in the order of the lists: by name, then by number.
#: Source: built.txt, whose lists begin with `100 x 80 Altar Candle` (inferred from it).
BY_NAME: Order[Item] = order_by(_name, "id")
#: The items whose stock is tracked.
TRACKED: Order[Item] = order_by(_name, "id", where=_is_tracked)
#: What invoices and the counter offer: items for sale that are not archived.
SELLABLE: Order[Item] = order_by(_name, "id", where=_is_sellable)
#: What bills offer: items that are bought and not archived.
BUYABLE: Order[Item] = order_by(_name, "id", where=_is_buyable)
#: What the counter offers by category, in the order of the numbers.
#: Source: built.txt, whose category begins with the oldest item (inferred from it).
SELLABLE_BY_CATEGORY: Order[Item] = order_by("category_id", "id", where=_is_sellable)
#: Each item's adjustments, the newest first (inferred).
ADJUSTMENTS_BY_ITEM: Order[Adjustment] = order_by("item_id", Column("id", descending=True))
#: Each item's sales and purchases, the oldest first.
SALES_BY_ITEM: Order[Sale] = order_by("item_id", "id")
PURCHASES_BY_ITEM: Order[Purchase] = order_by("item_id", "id")


def has_name(name: str, context: Context) -> bool:
    """Say whether an item has a name."""
    return bool(context.state.ordered(ITEMS, BY_NAME).of_value(name_key(name)))


def booked_to_accounts(
    records: tuple[Adjustment, ...],
) -> Mapping[int, tuple[Decimal, Decimal]]:
    """Return what adjustments booked to each account: debit, credit.

    A decrease is a debit of the account and an increase a credit, each the other side of the
    item's own. Source: built.txt (stock history, adjustment_account of a decrease).
    """
    booked: dict[int, tuple[Decimal, Decimal]] = {}
    for record in records:
        debit, credit = booked.get(record.account_id, (ZERO, ZERO))
        if record.type == "decrease":
            debit = add(debit, record.amount)
        else:
            credit = add(credit, record.amount)
        booked[record.account_id] = debit, credit
    return booked
