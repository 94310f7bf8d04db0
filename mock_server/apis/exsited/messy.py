"""The odd values that an Exsited organisation can have: the bounds are those of the spec.

Stock adds up all the same: where serial numbers or batches are tracked it is left alone, and no
more is promised than is on hand.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from mock_server.apis.exsited.models import ITEMS, NOTES, Code, Item, Price, Pricing, Uom
from mock_server.seeding.odd_values import (
    Choice,
    Entries,
    MessyTable,
    Moment,
    Number,
    Rewrite,
    Text,
)
from mock_server.state.store import Transaction

#: Twelve digits and six decimals (the spec's Amount).
_LARGEST = Decimal("999999999999.999999")
_LONGEST_NOTE, _LONGEST_TEXT, _LONGEST = 10_000, 5000, 255
_MOST_ENTRIES = 100
_LEAP_DAYS = ("2024-02-29", "2028-02-29")


def _priced(_: Transaction, item: Item, price: Decimal | None) -> Item:
    pricing = Pricing(module=tuple(replace(each, amount=price) for each in _prices(item)))
    return replace(item, sale=replace(item.sale, default_price=price, pricing=pricing))


def _prices(item: Item) -> tuple[Price, ...]:
    return item.sale.pricing.module[:1]


def with_stock(_: Transaction, item: Item, quantity: Decimal) -> Item:
    """Return an item with so much on hand in its first warehouse and nothing elsewhere.

    An item without stock, and one of serial numbers or batches, stays as it is.
    """
    inventory = item.inventory
    if not inventory.stock or inventory.serialization or inventory.batch_tracking:
        return item
    first, *others = inventory.stock
    nothing = Decimal(0)
    stock = (
        replace(first, on_hand=quantity, promised=min(first.promised, quantity)),
        *(replace(each, on_hand=nothing, promised=nothing) for each in others),
    )
    return replace(item, inventory=replace(inventory, stock=stock))


def _reduced(_: Transaction, item: Item, days: tuple[str, str]) -> Item:
    if not item.sale.special_price_applies:
        return item
    return replace(item, sale=replace(item.sale, start_date=days[0], end_date=days[1]))


MESSY = (
    MessyTable(
        ITEMS,
        (
            Text("name", longest=_LONGEST, shortest=1, name=True),
            Text("display_name", longest=_LONGEST, shortest=1),
            Text("description", longest=_LONGEST_TEXT),
            Text("origin", longest=_LONGEST),
            Text("invoice_note", longest=_LONGEST_TEXT),
            Text("manager", longest=_LONGEST),
            Text("sale.invoice_note", longest=_LONGEST_TEXT),
            Entries(
                "codes",
                most=_MOST_ENTRIES,
                entry=lambda number: Code(f"CODE-{number}", f"{number:013}"),
            ),
            Entries("uoms", most=_MOST_ENTRIES, entry=lambda number: Uom(f"PACK OF {number}")),
            Number(
                "sale.default_price", _priced, high=_LARGEST, places=6, nullable=True, money=True
            ),
            Number("kpis.collected", high=_LARGEST, places=6, money=True),
            Rewrite(
                "inventory.stock",
                with_stock,
                (
                    ("zero-stock", "nothing on hand", Decimal(0)),
                    ("large-numbers", "the largest", _LARGEST),
                    ("small-numbers", "a millionth", Decimal("0.000001")),
                ),
            ),
            Rewrite("sale.start_date", _reduced, (("calendar", "leap days", _LEAP_DAYS),)),
            Choice("sale.pricing_method", dimension="open-choices", values=("TIERED", "BY_SEASON")),
            Choice(
                "inventory.preferred_supplier",
                dimension="dangling-references",
                values=("SUPPLIER-9999",),
            ),
            Choice("status", dimension="archived", values=("INACTIVE", "DELETED", "DRAFT")),
            Moment("created_on"),
        ),
    ),
    MessyTable(NOTES, (Text("content", longest=_LONGEST_NOTE, shortest=1),)),
)
