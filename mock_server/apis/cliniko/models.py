"""Cliniko's records, as they are kept; serializers say how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mock_server.state.store import Table


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax; `rate` is a percentage."""

    id: int
    name: str
    rate: Decimal
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProductSupplier:
    """Somebody products are bought from; an archived one is in no list."""

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works with the account; the API key belongs to the first one."""

    id: int
    first_name: str
    last_name: str
    email: str
    role: str
    created_at: datetime
    updated_at: datetime
    title: str = ""
    active: bool = True
    time_zone: str = "Melbourne"
    time_zone_identifier: str = "Australia/Melbourne"


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `price` includes its tax if `price_includes_tax` is true."""

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    item_code: str | None = None
    serial_number: str | None = None
    notes: str | None = None
    cost_price: Decimal | None = None
    price: Decimal | None = None
    price_includes_tax: bool | None = None
    stock_level: int | None = None
    tax_id: int | None = None
    product_supplier_id: int | None = None
    product_supplier_name: str | None = None


@dataclass(frozen=True, slots=True)
class StockAdjustment:
    """A change of a product's stock by a user; a negative `quantity` took stock out."""

    id: int
    product_id: int
    user_id: int
    quantity: int
    adjustment_type: str
    comment: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


TAXES = Table("cliniko.taxes", Tax)
PRODUCT_SUPPLIERS = Table("cliniko.product_suppliers", ProductSupplier)
PRODUCTS = Table(
    "cliniko.products",
    Product,
    references={
        "tax_id": TAXES.name,
        "product_supplier_id": PRODUCT_SUPPLIERS.name,
    },
)
USERS = Table("cliniko.users", User)
STOCK_ADJUSTMENTS = Table(
    "cliniko.stock_adjustments",
    StockAdjustment,
    references={"product_id": PRODUCTS.name, "user_id": USERS.name},
)
