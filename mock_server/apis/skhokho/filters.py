"""The filters of the product list.

Source: skhokho.txt, List products. That an empty value filters nothing, and that `category`,
`product_type` and `status` are compared as a whole, is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mock_server.apis.skhokho.models import Product

_TRUE_WORDS = frozenset({"t", "y", "yes", "true", "on", "1"})

Filter = Callable[[Product], bool]


def select(products: Iterable[Product], query: Mapping[str, Any]) -> list[Product]:
    """Return the products that every filter of the query lets through, in their order."""
    filters = list(_filters(query))
    return [product for product in products if all(each(product) for each in filters)]


def _filters(query: Mapping[str, Any]) -> Iterable[Filter]:
    for name, make in _FILTERS.items():
        text = query.get(name)
        if text:
            yield make(text)
    if str(query.get("low_stock", "")).lower() in _TRUE_WORDS:
        yield is_low


def is_low(product: Product) -> bool:
    """Say whether a product's stock is at or below its minimum, whatever its status (inferred)."""
    return product.current_stock <= product.minimum_stock_level


def _equal(attribute: str) -> Callable[[str], Filter]:
    return lambda text: lambda product: getattr(product, attribute) == text


def _containing(*attributes: str) -> Callable[[str], Filter]:
    def make(text: str) -> Filter:
        wanted = text.casefold()
        return lambda product: any(
            wanted in (getattr(product, attribute) or "").casefold() for attribute in attributes
        )

    return make


_FILTERS: Mapping[str, Callable[[str], Filter]] = {
    "category": _equal("category"),
    "product_type": _equal("product_type"),
    "status": _equal("status"),
    "name": _containing("name"),
    "search": _containing("name", "product_code", "barcode"),
}
