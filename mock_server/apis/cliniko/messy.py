"""The odd values that a Cliniko account can have: the bounds are those of its documents.

A product's stock level stays the sum of its adjustments, and bears its supplier's name.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mock_server.apis.cliniko.models import (
    PRODUCT_SUPPLIERS,
    PRODUCTS,
    STOCK_ADJUSTMENTS,
    TAXES,
    USERS,
    Product,
    ProductSupplier,
    StockAdjustment,
    User,
)
from mock_server.seeding.odd_values import Choice, MessyTable, Moment, Number, Rewrite, Text
from mock_server.state.store import Transaction

#: Prices lie below 4 000 000 000 (cliniko.txt, Product); what follows from a tax has four decimals.
_HIGHEST_PRICE = Decimal("3999999999.9999")
#: Beyond 32 bits, and with room below the document's 4 000 000 000 for adjustments to come.
_MOST_STOCK = 3_000_000_000
#: The document bounds no notes; a text column of Rails' holds so many bytes (inferred).
_LONGEST_NOTES, _LONGEST_COMMENT = 5000, 65_535


def with_stock(transaction: Transaction, product: Product, level: int | None) -> Product:
    """Return a product with another stock level, which a correction made."""
    if level is None:
        return product
    difference = level - (product.stock_level or 0)
    if difference:
        transaction.put(
            STOCK_ADJUSTMENTS,
            StockAdjustment(
                id=transaction.next_id(STOCK_ADJUSTMENTS),
                product_id=product.id,
                user_id=transaction.all(USERS)[0].id,
                quantity=difference,
                adjustment_type="Correction",
                comment=None,
                created_at=product.updated_at,
                updated_at=product.updated_at,
            ),
        )
    return replace(product, stock_level=level)


def _archived(_: Transaction, record: Any, __: object) -> Any:
    if record.archived_at is not None:
        return record
    moment = record.updated_at + timedelta(days=1)
    return replace(record, archived_at=moment, updated_at=moment)


def _renamed(transaction: Transaction, supplier: ProductSupplier, name: str) -> ProductSupplier:
    for product in transaction.all(PRODUCTS):
        if product.product_supplier_id == supplier.id:
            transaction.put(PRODUCTS, replace(product, product_supplier_name=name))
    return replace(supplier, name=name)


def _without_supplier(_: Transaction, product: Product, __: object) -> Product:
    return replace(product, product_supplier_id=None, product_supplier_name=None)


def _retired(transaction: Transaction, user: User, active: bool) -> User:
    # The API key is the first user's, who stays.
    return user if user == transaction.all(USERS)[0] else replace(user, active=active)


MESSY = (
    MessyTable(
        PRODUCTS,
        (
            Text("name", longest=255, shortest=1, line_breaks=False, name=True),
            Text("item_code", longest=100, nullable=True, line_breaks=False),
            Text("serial_number", longest=255, nullable=True, line_breaks=False),
            Text("notes", longest=_LONGEST_NOTES, nullable=True),
            Number("cost_price", high=_HIGHEST_PRICE, places=4, nullable=True, money=True),
            Number("price", high=_HIGHEST_PRICE, places=4, nullable=True, money=True),
            Choice("price_includes_tax", dimension="absent", values=(None,)),
            Number(
                "stock_level",
                with_stock,
                low=-_MOST_STOCK,
                high=_MOST_STOCK,
                whole=True,
                stock=True,
            ),
            Choice("tax_id", dimension="absent", values=(None,)),
            Rewrite("product_supplier_id", _without_supplier, (("absent", "no supplier", None),)),
            Moment("created_at"),
            Rewrite("archived_at", _archived, (("archived", "archived", True),)),
        ),
    ),
    MessyTable(
        PRODUCT_SUPPLIERS,
        (
            Text("name", _renamed, longest=255, shortest=1, line_breaks=False, name=True),
            Moment("created_at"),
            Rewrite(
                "archived_at",
                _archived,
                (("dangling-references", "archived, and products still name it", True),),
            ),
        ),
    ),
    MessyTable(
        TAXES,
        (
            Text("name", longest=255, shortest=1, line_breaks=False, name=True),
            Number("rate", high=_HIGHEST_PRICE, places=4, money=True),
        ),
    ),
    MessyTable(
        USERS,
        (
            Text("first_name", longest=255, shortest=1, line_breaks=False),
            Text("last_name", longest=255, shortest=1, line_breaks=False, name=True),
            Text("title", longest=255, line_breaks=False),
            Rewrite("active", _retired, (("archived", "no longer active", False),)),
            Choice(
                "time_zone",
                dimension="open-choices",
                values=("Kathmandu", "Chatham Is.", "International"),
            ),
        ),
    ),
    MessyTable(STOCK_ADJUSTMENTS, (Text("comment", longest=_LONGEST_COMMENT, nullable=True),)),
)
