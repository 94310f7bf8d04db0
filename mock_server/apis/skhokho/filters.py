"""The filters of the product list.

Source: skhokho.txt, List products. That an empty value filters nothing, and that `category`,
`product_type` and `status` are compared as a whole, is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mock_server.apis.skhokho.models import Product

_TRUE_WORDS = frozenset({"t", "y", "yes", "true", "on", "1"})

_LOW_STOCK = "low_stock"

Filter = Callable[[Product], bool]


def of(query: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the filters of a query, each with its text; an empty one is none."""
    wanted = [(name, query[name]) for name in _FILTERS if query.get(name)]
    if str(query.get(_LOW_STOCK, "")).lower() in _TRUE_WORDS:
        wanted.append((_LOW_STOCK, ""))
    return tuple(wanted)


def select(products: Iterable[Product], wanted: Iterable[tuple[str, str]]) -> list[Product]:
    """Return the products that every filter lets through, in their order."""
    for name, text in wanted:
        products = filter(is_low if name == _LOW_STOCK else _FILTERS[name](text), products)
    return list(products)


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
