"""What the mock keeps for Skhokho: products of organisations, and their images."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mock_server.state.store import Table

PRODUCT_TYPES = ("manufacture", "buy")
UNITS_OF_MEASURE = (
    "piece",
    "kg",
    "gram",
    "liter",
    "meter",
    "square_meter",
    "cubic_meter",
    "hour",
    "day",
    "month",
    "year",
    "box",
    "pack",
    "dozen",
    "other",
)
ACTIVE = "active"
INACTIVE = "inactive"
DISCONTINUED = "discontinued"
OUT_OF_STOCK = "out_of_stock"
STATUSES = (ACTIVE, INACTIVE, DISCONTINUED, OUT_OF_STOCK)
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Product:
    """One product of one organisation.

    `number` counts the products of a sandbox in the order in which they came. Prices and stock
    have two places; times are UTC. `image` is the name of a `StoredImage`.
    """

    unique_id: str
    organisation: str
    number: int
    name: str
    product_type: str
    date_created: datetime
    last_updated: datetime
    description: str | None = None
    short_description: str | None = None
    product_code: str | None = None
    barcode: str | None = None
    category: str | None = None
    brand: str | None = None
    model_number: str | None = None
    unit_of_measure: str = "piece"
    cost_price: Decimal | None = None
    selling_price: Decimal | None = None
    current_stock: Decimal = ZERO
    minimum_stock_level: Decimal = ZERO
    maximum_stock_level: Decimal | None = None
    status: str = ACTIVE
    image: str | None = None
    supplier_name: str | None = None


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An uploaded image under the name that its URL ends with."""

    name: str
    media_type: str
    content: bytes


IMAGES = Table("skhokho.images", StoredImage, lambda image: image.name)
PRODUCTS = Table(
    "skhokho.products",
    Product,
    lambda product: product.unique_id,
    references={"image": IMAGES.name},
)
