"""Taxes and product suppliers, which can be read alone."""

from __future__ import annotations

from decimal import Decimal

from lab.standin.calls import Answer, Call, Json
from lab.standin.database import Row
from lab.standin.decimals import printed
from lab.standin.filters import Kind
from lab.standin.listing import Collection

_FILTERS = {
    "created_at": Kind.TIME,
    "id": Kind.NUMBER,
    "name": Kind.TEXT,
    "updated_at": Kind.TIME,
}
_SORTS = frozenset({"created_at", "id", "name", "updated_at"})


def show_tax(call: Call) -> Answer:
    """Show a tax."""
    return 200, _tax(call, call.find("taxes", "Tax", call.mine()))


def show_supplier(call: Call) -> Answer:
    """Show a product supplier."""
    row = call.find("product_suppliers", "Product supplier", call.mine())
    return 200, _supplier(call, row)


def _supplier(call: Call, row: Row) -> Json:
    return {
        "created_at": row["created_at"],
        "id": str(row["id"]),
        **call.link(f"/product_suppliers/{row['id']}"),
        "name": row["name"],
        "updated_at": row["updated_at"],
    }


def _tax(call: Call, row: Row) -> Json:
    rate = printed(Decimal(row["rate"]))
    return {
        "amount": rate,
        "created_at": row["created_at"],
        "id": str(row["id"]),
        **call.link(f"/taxes/{row['id']}"),
        "name": row["name"],
        "rate": rate,
        "updated_at": row["updated_at"],
    }


TAXES = Collection("taxes", "taxes", _FILTERS, _SORTS, _tax)
SUPPLIERS = Collection("product_suppliers", "product_suppliers", _FILTERS, _SORTS, _supplier)
