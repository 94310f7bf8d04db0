"""The odd values that a business on Built can have.

The books agree all the same: stock is changed as an update changes it. Laravel trims what is sent,
so no text has blanks around it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from mock_server.apis.built.ledger import with_stock
from mock_server.apis.built.models import ADJUSTMENTS, CATEGORIES, ITEMS, SALES, Item
from mock_server.apis.built.values import bare, stored_price
from mock_server.seeding.odd_values import Choice, MessyTable, Moment, Number, Rewrite, Text
from mock_server.state.store import Transaction

#: The columns' bounds that the spec stands for (inferred), and Laravel's length of a string.
_LARGEST = Decimal(1_000_000_000_000)
_LONGEST = 191
_LONGEST_TEXT = 5000


def _priced(_: Transaction, item: Item, price: Decimal) -> Item:
    return replace(item, selling_price=bare(price))


def _costing(_: Transaction, item: Item, price: Decimal) -> Item:
    return replace(item, unit_price=stored_price(price))


def _stocked(_: Transaction, item: Item, quantity: Decimal) -> Item:
    return with_stock(item, quantity)


def _spelled(_: Transaction, item: Item, how: str) -> Item:
    return replace(item, type=item.type.upper() if how == "upper" else item.type.lower())


MESSY = (
    MessyTable(
        ITEMS,
        (
            # A name is taken once, whatever its case.
            Text("name", longest=_LONGEST, shortest=1, trimmed=True, unique=True),
            Text("description", longest=_LONGEST_TEXT, trimmed=True),
            Text("code", longest=_LONGEST, shortest=1, nullable=True, trimmed=True),
            Number("selling_price", _priced, high=_LARGEST, places=6, money=True),
            Number("unit_price", _costing, high=_LARGEST, places=2, money=True),
            Number("quantity", _stocked, low=-_LARGEST, high=_LARGEST, places=6, stock=True),
            Number("quantity_limit", low=0, high=_LARGEST),
            Rewrite(
                "type",
                _spelled,
                (("open-choices", "upper case", "upper"), ("open-choices", "lower case", "lower")),
            ),
            Choice("tax_id", dimension="dangling-references", values=(987_654_321,)),
            Moment("created_at"),
            Choice("archived", dimension="archived", values=(True,)),
        ),
    ),
    MessyTable(
        CATEGORIES,
        (
            Text("name", longest=_LONGEST, shortest=1, trimmed=True, name=True),
            Text("description", longest=_LONGEST, trimmed=True),
        ),
    ),
    MessyTable(ADJUSTMENTS, (Text("note", longest=_LONGEST_TEXT, trimmed=True),)),
    MessyTable(SALES, (Text("description", longest=_LONGEST_TEXT, trimmed=True),)),
)
