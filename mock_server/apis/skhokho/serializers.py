"""How Skhokho shows its records."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from mock_server.apis.skhokho.models import Product

IMAGES_PATH = "/media/product_images"


def instant_text(instant: datetime) -> str:
    """Return an instant as `2025-10-26T03:04:12.842Z`. Source: facts, section 3 (documented)."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"


def decimal_text(number: Decimal | None) -> str | None:
    """Return a number with its two places, `12.50`. Source: facts, section 3 (documented)."""
    return None if number is None else f"{number:f}"


def listed_product(record: Product) -> dict[str, Any]:
    """Return the short form of a product.

    Source: facts, section 3 (documented up to `unit_of_measure`; `status` is inferred).
    """
    return {
        "unique_id": record.unique_id,
        "name": record.name,
        "short_description": record.short_description,
        "product_code": record.product_code,
        "barcode": record.barcode,
        "product_type": record.product_type,
        "category": record.category,
        "brand": record.brand,
        "selling_price": decimal_text(record.selling_price),
        "current_stock": decimal_text(record.current_stock),
        "minimum_stock_level": decimal_text(record.minimum_stock_level),
        "unit_of_measure": record.unit_of_measure,
        "status": record.status,
    }


def product(record: Product, base_url: str) -> dict[str, Any]:
    """Return everything about a product: the document's fields, its id and its times.

    The document shows no body of a success; that it is this one is inferred. An image is given
    as its absolute URL, as the framework does.
    """
    return {
        "unique_id": record.unique_id,
        "name": record.name,
        "description": record.description,
        "short_description": record.short_description,
        "product_code": record.product_code,
        "barcode": record.barcode,
        "product_type": record.product_type,
        "category": record.category,
        "brand": record.brand,
        "model_number": record.model_number,
        "unit_of_measure": record.unit_of_measure,
        "cost_price": decimal_text(record.cost_price),
        "selling_price": decimal_text(record.selling_price),
        "current_stock": decimal_text(record.current_stock),
        "minimum_stock_level": decimal_text(record.minimum_stock_level),
        "maximum_stock_level": decimal_text(record.maximum_stock_level),
        "status": record.status,
        "image": record.image and f"{base_url}{IMAGES_PATH}/{quote(record.image)}",
        "supplier_name": record.supplier_name,
        "date_created": instant_text(record.date_created),
        "last_updated": instant_text(record.last_updated),
    }
