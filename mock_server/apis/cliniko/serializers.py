"""How Cliniko shows its records."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from mock_server.apis.cliniko.models import (
    TAXES,
    Product,
    ProductSupplier,
    StockAdjustment,
    Tax,
    User,
)
from mock_server.apis.cliniko.values import prices, ruby_decimal
from mock_server.engine.context import Context
from mock_server.engine.memo import remembered
from mock_server.engine.messages import Reply, Request

R_contra = TypeVar("R_contra", contravariant=True)
_NO_TAX = Decimal(0)


class Show(Protocol[R_contra]):
    """Shows one record; made once for a request, used for each of its records."""

    def __call__(self, record: R_contra, /) -> dict[str, Any]:
        """Return what the caller sees."""


@lru_cache(maxsize=8192)
def instant_text(instant: datetime) -> str:
    """Return an instant as `2014-03-04T19:11:30Z`."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def product(request: Request, context: Context) -> Show[Product]:
    """Show a product as the document's first table has it (cliniko.txt, Product).

    The unnamed `object` rows are, in order, `links`, `product_supplier`, `stock_adjustments` and
    `tax`. Source: facts, section 1, the product.
    """
    url, taxes = request.base_url, context.state.derive(TAXES, _by_id)
    return lambda record: _product(record, taxes, url)


def _by_id(taxes: tuple[Tax, ...]) -> dict[int, Tax]:
    return {tax.id: tax for tax in taxes}


@remembered
def _product(record: Product, taxes: dict[int, Tax], url: str) -> dict[str, Any]:
    tax = None if record.tax_id is None else taxes.get(record.tax_id)
    ex_tax = including_tax = None
    if record.price is not None:
        without, with_tax = prices(
            record.price,
            tax.rate if tax else _NO_TAX,
            includes_tax=bool(record.price_includes_tax),
        )
        ex_tax, including_tax = ruby_decimal(without), ruby_decimal(with_tax)
    supplier = record.product_supplier_id
    # What there is none of is left out: the documents know no null here (cliniko.txt, Product).
    linked = {
        "product_supplier": supplier and _reference(f"{url}/product_suppliers/{supplier}"),
        "tax": tax and _reference(f"{url}/taxes/{tax.id}"),
    }
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
        "product_supplier_name": record.product_supplier_name,
        "serial_number": record.serial_number,
        "stock_adjustments": _reference(
            f"{url}/stock_adjustments?q%5B%5D=product_id%3A%3D{record.id}"
        ),
        "stock_level": record.stock_level,
        "updated_at": instant_text(record.updated_at),
        **{name: link for name, link in linked.items() if link},
    }


def tax(request: Request, _: Context) -> Show[Tax]:
    """Show a tax; `amount` is the older name of the rate (the vendor's page on taxes)."""
    url = request.base_url

    def show(record: Tax) -> dict[str, Any]:
        return {
            "amount": ruby_decimal(record.rate),
            "created_at": instant_text(record.created_at),
            "id": str(record.id),
            "links": {"self": f"{url}/taxes/{record.id}"},
            "name": record.name,
            "rate": ruby_decimal(record.rate),
            "updated_at": instant_text(record.updated_at),
        }

    return show


def product_supplier(request: Request, _: Context) -> Show[ProductSupplier]:
    """Show a product supplier."""
    url = request.base_url

    def show(record: ProductSupplier) -> dict[str, Any]:
        return {
            "created_at": instant_text(record.created_at),
            "id": str(record.id),
            "links": {"self": f"{url}/product_suppliers/{record.id}"},
            "name": record.name,
            "updated_at": instant_text(record.updated_at),
        }

    return show


def stock_adjustment(request: Request, _: Context) -> Show[StockAdjustment]:
    """Show a stock adjustment."""
    url = request.base_url

    def show(record: StockAdjustment) -> dict[str, Any]:
        return {
            "adjustment_type": record.adjustment_type,
            "archived_at": record.archived_at and instant_text(record.archived_at),
            "comment": record.comment,
            "created_at": instant_text(record.created_at),
            "id": str(record.id),
            "links": {"self": f"{url}/stock_adjustments/{record.id}"},
            "notes": record.comment,
            "product": _reference(f"{url}/products/{record.product_id}"),
            "quantity": record.quantity,
            "updated_at": instant_text(record.updated_at),
            "user": _reference(f"{url}/users/{record.user_id}"),
        }

    return show


def user(request: Request, _: Context) -> Show[User]:
    """Show a user (the vendor's OpenAPI document, User); `user_active` repeats `active`."""
    url = request.base_url

    def show(record: User) -> dict[str, Any]:
        return {
            "active": record.active,
            "created_at": instant_text(record.created_at),
            "email": record.email,
            "first_name": record.first_name,
            "id": str(record.id),
            "last_name": record.last_name,
            "links": {"self": f"{url}/users/{record.id}"},
            "phone_numbers": [],
            "role": record.role,
            "time_zone": record.time_zone,
            "time_zone_identifier": record.time_zone_identifier,
            "title": record.title,
            "updated_at": instant_text(record.updated_at),
            "user_active": record.active,
        }

    return show


def created(shown: dict[str, Any]) -> Reply:
    """Return the answer to a creation, with the new record's address."""
    return Reply(201, shown, {"Location": shown["links"]["self"]})


def _reference(url: str) -> dict[str, Any]:
    return {"links": {"self": url}}
