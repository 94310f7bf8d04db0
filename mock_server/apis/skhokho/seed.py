"""The records that a Skhokho account begins with.

Most products belong to the first organisation and a few to the second. Every product keeps the
document's bounds, sells for more than it costs, holds at least its minimum unless it is low on
stock, and was created before it was changed.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mock_server.apis.skhokho.models import (
    ACTIVE,
    DISCONTINUED,
    INACTIVE,
    OUT_OF_STOCK,
    PRODUCT_TYPES,
    PRODUCTS,
    UNITS_OF_MEASURE,
    Product,
)
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import Transaction

if TYPE_CHECKING:
    from mock_server.seeding.inventory import InventoryProvider

T = TypeVar("T")
#: The organisations that have seed records, named in the spec's example too.
FIRST_ORGANISATION: Final = "organisation-1"
SECOND_ORGANISATION: Final = "organisation-2"
_OPENED = SEED_EPOCH - timedelta(days=365)
_CENT = Decimal("0.01")
_FIRST_ODD = 13
#: Names that a client should survive; an account of some size has one of each.
_ODD_NAMES = (
    "Zoë's Crème brûlée balm 50 ml",
    "手工皂 100 g",
    'Quote " and \\ backslash',
    "<b>Bold</b> & Co.",
    "N" * 300,
)


def seed(transaction: Transaction, persona: Persona, fake: Fake) -> None:
    """Put the persona's records into an empty state."""
    elsewhere = persona.products // 5
    for index in range(persona.products):
        organisation = SECOND_ORGANISATION if index < elsewhere else FIRST_ORGANISATION
        age = timedelta(days=360) / persona.products * index
        product = seed_product(transaction.next_id(PRODUCTS), organisation, age, fake)
        transaction.put(PRODUCTS, product)


def seed_product(number: int, organisation: str, age: timedelta, fake: Fake) -> Product:
    """Return the seed product of a number; `age` is how long after the account's opening it came.

    The same number and seed give the same product. Values are drawn in three groups, since a
    source for each of them would take most of the time that a large account needs.
    """
    amounts = _amounts(fake("product", number, "amounts"))
    words = _words(number, fake("product", number, "words"))
    times = fake("product", number, "identity")
    created = (_OPENED + age).replace(microsecond=times.whole(0, 999) * 1000)
    return Product(
        unique_id=str(uuid.UUID(int=times.whole(0, 2**128 - 1), version=4)),
        organisation=organisation,
        number=number,
        date_created=created,
        last_updated=created + timedelta(seconds=times.whole(60, 86_400)),
        **amounts,
        **words,
    )


def _amounts(draw: InventoryProvider) -> dict[str, Any]:
    """Prices, stock, and the status that the stock gives."""
    price = draw.price()
    stock = Decimal(draw.stock()).quantize(_CENT)
    if draw.chance(20):
        minimum = stock + draw.whole(0, 20)
    else:
        minimum = Decimal(draw.whole(0, max(0, int(stock) - 1))).quantize(_CENT)
    status = ACTIVE
    if not stock and draw.chance(60):
        status = OUT_OF_STOCK
    elif draw.chance(12):
        status = draw.pick((INACTIVE, DISCONTINUED))
    return {
        "selling_price": _maybe(price, draw, 95),
        "cost_price": _maybe((price * Decimal("0.6")).quantize(_CENT), draw, 85),
        "current_stock": stock,
        "minimum_stock_level": minimum,
        "maximum_stock_level": _maybe(max(stock, minimum) * 4 + 100, draw, 50),
        "status": status,
    }


def _words(number: int, draw: InventoryProvider) -> dict[str, Any]:
    """Names, codes and the like; what a caller may leave out is sometimes missing."""
    name = draw.product_name()
    odd = number - _FIRST_ODD
    return {
        "name": _ODD_NAMES[odd] if 0 <= odd < len(_ODD_NAMES) else name,
        "description": _maybe(draw.description(), draw, 70),
        "short_description": _maybe(f"{name}, {draw.brand()}", draw, 60),
        "product_code": _maybe(draw.sku(), draw, 90),
        "barcode": _maybe(draw.ean13(), draw, 60),
        "product_type": draw.pick(PRODUCT_TYPES),
        "category": _maybe(draw.category(), draw, 90),
        "brand": _maybe(draw.brand(), draw, 75),
        "model_number": _maybe(draw.serial_number(), draw, 30),
        "unit_of_measure": draw.pick(UNITS_OF_MEASURE),
        "supplier_name": _maybe(draw.supplier_name(), draw, 80),
    }


def _maybe(value: T, draw: InventoryProvider, percent: int) -> T | None:
    return value if draw.chance(percent) else None
