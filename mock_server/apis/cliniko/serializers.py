"""How Cliniko shows its records."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from mock_server.apis.cliniko.models import (
    TAXES,
    Product,
    ProductSupplier,
    StockAdjustment,
    Tax,
)
from mock_server.apis.cliniko.prices import prices, ruby_decimal
from mock_server.engine.context import Context
from mock_server.engine.memo import remembered
from mock_server.engine.messages import Request

_NO_TAX = Decimal(0)


@lru_cache(maxsize=8192)
def instant_text(instant: datetime) -> str:
    """Return an instant as `2014-03-04T19:11:30Z`."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def product(record: Product, request: Request, context: Context) -> dict[str, Any]:
    """Return a product as the document's first table has it (cliniko.txt, Product).

    The unnamed `object` rows are, in order, `links`, `product_supplier`, `stock_adjustments` and
    `tax`. Source: facts, section 1, the product.
    """
    tax = None if record.tax_id is None else context.state.get(TAXES, record.tax_id)
    return _product(record, tax, request.base_url)


@remembered
def _product(record: Product, tax: Tax | None, url: str) -> dict[str, Any]:
    ex_tax = including_tax = None
    if record.price is not None:
        without, with_tax = prices(
            record.price,
            tax.rate if tax else _NO_TAX,
            includes_tax=bool(record.price_includes_tax),
        )
        ex_tax, including_tax = ruby_decimal(without), ruby_decimal(with_tax)
    supplier = record.product_supplier_id
    return {
        "archived_at": record.archived_at and instant_text(record.archived_at),
        "cost_price": None if record.cost_price is None else ruby_decimal(record.cost_price),
        "created_at": instant_text(record.created_at),
        "id": str(record.id),
        "item_code": record.item_code,
        "links": {"self": f"{url}/products/{record.id}"},
        "name": record.name,
        "notes": record.notes,
        "price_ex_tax": ex_tax,
        "price_including_tax": including_tax,
        "product_supplier": supplier and _reference(f"{url}/product_suppliers/{supplier}"),
        "product_supplier_name": record.product_supplier_name,
        "serial_number": record.serial_number,
        "stock_adjustments": _reference(
            f"{url}/stock_adjustments?q%5B%5D=product_id%3A%3D{record.id}"
        ),
        "stock_level": record.stock_level,
        "tax": tax and _reference(f"{url}/taxes/{tax.id}"),
        "updated_at": instant_text(record.updated_at),
    }


def tax(record: Tax, request: Request, _: Context) -> dict[str, Any]:
    """Return a tax; `amount` repeats the rate (inferred)."""
    return {
        "amount": ruby_decimal(record.rate),
        "created_at": instant_text(record.created_at),
        "id": str(record.id),
        "links": {"self": f"{request.base_url}/taxes/{record.id}"},
        "name": record.name,
        "rate": ruby_decimal(record.rate),
        "updated_at": instant_text(record.updated_at),
    }


def product_supplier(record: ProductSupplier, request: Request, _: Context) -> dict[str, Any]:
    """Return a product supplier."""
    return {
        "created_at": instant_text(record.created_at),
        "id": str(record.id),
        "links": {"self": f"{request.base_url}/product_suppliers/{record.id}"},
        "name": record.name,
        "updated_at": instant_text(record.updated_at),
    }


def stock_adjustment(record: StockAdjustment, request: Request, _: Context) -> dict[str, Any]:
    """Return a stock adjustment."""
    url = request.base_url
    return {
        "adjustment_type": record.adjustment_type,
        "archived_at": record.archived_at and instant_text(record.archived_at),
        "comment": record.comment,
        "created_at": instant_text(record.created_at),
        "id": str(record.id),
        "links": {"self": f"{url}/stock_adjustments/{record.id}"},
        "product": _reference(f"{url}/products/{record.product_id}"),
        "quantity": record.quantity,
        "updated_at": instant_text(record.updated_at),
    }


def _reference(url: str) -> dict[str, Any]:
    return {"links": {"self": url}}
