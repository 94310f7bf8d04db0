"""The records that a Skhokho account begins with.

Most products belong to the first organisation and a few to the second. Every product keeps the
document's bounds, sells for more than it costs, holds at least its minimum unless it is low on
stock, and was created before it was changed.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Final

from mock_server.apis.skhokho.models import (
    ACTIVE,
    OUT_OF_STOCK,
    PRODUCT_TYPES,
    PRODUCTS,
    STATUSES,
    UNITS_OF_MEASURE,
    ZERO,
    Product,
)
from mock_server.seeding.fake import Fake
from mock_server.seeding.inventory import SEED_EPOCH
from mock_server.seeding.personas import Persona
from mock_server.state.store import Transaction

#: The organisations that have seed records, named in the spec's example too.
FIRST_ORGANISATION: Final = "organisation-1"
SECOND_ORGANISATION: Final = "organisation-2"
_OPENED = SEED_EPOCH - timedelta(days=365)
_CENT = Decimal("0.01")
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

    The same number and seed give the same product.
    """

    def has(field: str, percent: int) -> bool:
        return fake("product", number, f"has {field}").chance(percent)

    created = (_OPENED + age).replace(microsecond=fake("product", number, "ms").whole(0, 999) * 1000)
    changed = created + timedelta(seconds=fake("product", number, "changed").whole(60, 86_400))
    price = fake("product", number, "price").price()
    stock = Decimal(fake("product", number, "stock").stock()).quantize(_CENT)
    minimum = _minimum(number, stock, fake)
    status = _status(number, stock, fake)
    odd = number - 11
    return Product(
        unique_id=str(
            uuid.UUID(int=fake("product", number, "unique_id").whole(0, 2**128 - 1), version=4)
        ),
        organisation=organisation,
        number=number,
        name=_ODD_NAMES[odd]
        if 0 <= odd < len(_ODD_NAMES)
        else fake("product", number, "name").product_name(),
        product_type=fake("product", number, "product_type").pick(PRODUCT_TYPES),
        date_created=created,
        last_updated=changed,
        description=fake("product", number, "description").description()
        if has("description", 70)
        else None,
        short_description=fake("product", number, "short").description()[:60].strip()
        if has("short_description", 60)
        else None,
        product_code=fake("product", number, "product_code").sku()
        if has("product_code", 90)
        else None,
        barcode=fake("product", number, "barcode").ean13() if has("barcode", 60) else None,
        category=fake("product", number, "category").category() if has("category", 90) else None,
        brand=fake("product", number, "brand").brand() if has("brand", 75) else None,
        model_number=fake("product", number, "model_number").serial_number()
        if has("model_number", 30)
        else None,
        unit_of_measure=fake("product", number, "unit").pick(UNITS_OF_MEASURE),
        cost_price=(price * Decimal("0.6")).quantize(_CENT) if has("cost_price", 85) else None,
        selling_price=price if has("selling_price", 95) else None,
        current_stock=stock,
        minimum_stock_level=minimum,
        maximum_stock_level=max(stock, minimum) * 4 + 100 if has("maximum", 50) else None,
        status=status,
        supplier_name=fake("product", number, "supplier").supplier_name()
        if has("supplier_name", 80)
        else None,
    )


def _minimum(number: int, stock: Decimal, fake: Fake) -> Decimal:
    """A minimum that the stock meets, but for one product in five."""
    if fake("product", number, "is low").chance(20):
        return stock + fake("product", number, "minimum").whole(0, 20)
    room = int(stock)
    if not room:
        return ZERO
    return Decimal(fake("product", number, "minimum").whole(0, room - 1)).quantize(_CENT)


def _status(number: int, stock: Decimal, fake: Fake) -> str:
    if not stock and fake("product", number, "noticed").chance(60):
        return OUT_OF_STOCK
    if fake("product", number, "is active").chance(88):
        return ACTIVE
    others = tuple(status for status in STATUSES if status not in {ACTIVE, OUT_OF_STOCK})
    return fake("product", number, "status").pick(others)
