"""The odd values that a Skhokho account can have: the bounds are those of its serializer."""

from __future__ import annotations

from decimal import Decimal

from mock_server.apis.skhokho.models import DISCONTINUED, INACTIVE, OUT_OF_STOCK, PRODUCTS
from mock_server.seeding.odd_values import Choice, Field, MessyTable, Moment, Number, Text

#: 15 digits, two of them decimals (skhokho.txt, Create product).
_LARGEST = Decimal("9999999999999.99")
#: The document bounds no descriptions (inferred).
_LONGEST_DESCRIPTION = 5000


def _text(name: str, longest: int) -> Text:
    return Text(name, longest=longest, nullable=True, trimmed=True)


def _price(name: str) -> Number:
    return Number(name, high=_LARGEST, places=2, nullable=True, money=True, fixed=True)


_FIELDS: tuple[Field, ...] = (
    Text("name", longest=300, shortest=1, trimmed=True, name=True),
    _text("description", _LONGEST_DESCRIPTION),
    _text("short_description", 500),
    _text("product_code", 100),
    _text("barcode", 100),
    _text("category", 200),
    _text("brand", 200),
    _text("model_number", 200),
    _text("supplier_name", 300),
    _price("cost_price"),
    _price("selling_price"),
    Number("current_stock", low=-_LARGEST, high=_LARGEST, places=2, stock=True, fixed=True),
    Number("minimum_stock_level", low=-_LARGEST, high=_LARGEST, places=2, fixed=True),
    Number("maximum_stock_level", high=_LARGEST, places=2, nullable=True, fixed=True),
    Choice("status", dimension="archived", values=(INACTIVE, DISCONTINUED, OUT_OF_STOCK)),
    Moment("date_created"),
)
MESSY = (MessyTable(PRODUCTS, _FIELDS),)
