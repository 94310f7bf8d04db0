"""The records that a Cliniko account begins with: its users always, the rest as the persona says.

Every product's stock level is the sum of its adjustments, every tax and supplier it names exists,
and everything was created before it was changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from mock_server.apis.cliniko.models import (
    PRODUCT_SUPPLIERS,
    PRODUCTS,
    STOCK_ADJUSTMENTS,
    TAXES,
    USERS,
    Product,
    ProductSupplier,
    StockAdjustment,
    Tax,
    User,
)
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import Transaction

_TAXES = (("GST", "10"), ("VAT", "15"), ("Reduced rate", "5.5"), ("Tax free", "0"))
_SUPPLIERS = 8
#: The API key belongs to the first one.
_USERS = (
    ("Robin", "Marsh", "administrator"),
    ("Ines", "Okafor", "practitioner"),
    ("Tomas", "Lind", "receptionist"),
)
_OPENED = SEED_EPOCH - timedelta(days=365)
#: Names that a client should survive; the typical account has one of each.
_ODD_NAMES = (
    "Zoë's Crème brûlée balm 50 ml",
    "手工皂 100 g",
    "  Spaces around  ",
    'Quote " and \\ backslash',
    "<b>Bold</b> & Co.",
    "N" * 255,
)


def seed(transaction: Transaction, persona: Persona, fake: Fake) -> None:
    """Put the persona's records into an empty state."""
    transaction.count_from(
        persona.first_id, TAXES, PRODUCT_SUPPLIERS, PRODUCTS, STOCK_ADJUSTMENTS, USERS
    )
    for first, last, role in _USERS:
        number = transaction.next_id(USERS)
        email = f"{first}.{last}@example.com".lower()
        transaction.put(USERS, User(number, first, last, email, role, _OPENED, _OPENED))
    if persona.products == 0:
        return
    for name, rate in _TAXES:
        number = transaction.next_id(TAXES)
        transaction.put(TAXES, Tax(number, name, Decimal(rate), _OPENED, _OPENED))
    for place in range(1, _SUPPLIERS + 1):
        number = transaction.next_id(PRODUCT_SUPPLIERS)
        name = f"{fake('supplier', place, 'name').supplier_name()} {place}"
        transaction.put(PRODUCT_SUPPLIERS, ProductSupplier(number, name, _OPENED, _OPENED))
    step = timedelta(days=360) / persona.products
    for index in range(persona.products):
        created = (_OPENED + step * index).replace(microsecond=0)
        product = _product(transaction, index + 1, created, persona, fake)
        product = _with_history(transaction, product, index + 1, persona, fake)
        transaction.put(PRODUCTS, product)


def _product(
    transaction: Transaction, number: int, created: datetime, persona: Persona, fake: Fake
) -> Product:
    """The product that comes as `number` in the account, from 1 on."""
    before_first = persona.first_id - 1

    def draw(field: str, percent: int = 100) -> bool:
        return fake("product", number, f"has {field}").chance(percent)

    price = fake("product", number, "price").price()
    supplier = None
    if draw("supplier", 80):
        supplier = transaction.get(
            PRODUCT_SUPPLIERS,
            before_first + fake("product", number, "supplier").whole(1, _SUPPLIERS),
        )
    odd = number - 11
    return Product(
        id=transaction.next_id(PRODUCTS),
        name=_ODD_NAMES[odd]
        if 0 <= odd < len(_ODD_NAMES)
        else fake("product", number, "name").product_name(),
        created_at=created,
        updated_at=created,
        item_code=fake("product", number, "item_code").sku() if draw("item_code", 90) else None,
        serial_number=fake("product", number, "serial_number").ean13()
        if draw("serial_number", 40)
        else None,
        notes=fake("product", number, "notes").description() if draw("notes", 30) else None,
        cost_price=(price * Decimal("0.6")).quantize(Decimal("0.01"))
        if draw("cost_price", 85)
        else None,
        price=price,
        price_includes_tax=draw("price_includes_tax", 70),
        tax_id=before_first + fake("product", number, "tax").whole(1, len(_TAXES))
        if draw("tax", 90)
        else None,
        product_supplier_id=supplier.id if supplier else None,
        product_supplier_name=supplier.name if supplier else None,
    )


def _with_history(
    transaction: Transaction, product: Product, number: int, persona: Persona, fake: Fake
) -> Product:
    """The product after its past: bought, some of it sold, a few since archived or uncounted."""
    if fake("product", number, "counted").chance(7):
        return product
    bought = fake("product", number, "stock").stock()
    sold = fake("product", number, "sold").whole(0, bought) if bought else 0
    moments = [product.created_at + timedelta(hours=1), product.created_at + timedelta(days=2)]
    for quantity, kind, moment in zip(
        (bought, -sold), ("Stock Purchase", "Item Sold"), moments, strict=True
    ):
        if quantity:
            transaction.put(
                STOCK_ADJUSTMENTS,
                StockAdjustment(
                    id=transaction.next_id(STOCK_ADJUSTMENTS),
                    product_id=product.id,
                    user_id=persona.first_id
                    + fake("product", number, kind).whole(0, len(_USERS) - 1),
                    quantity=quantity,
                    adjustment_type=kind,
                    comment=None,
                    created_at=moment,
                    updated_at=moment,
                ),
            )
    changed = moments[1] if sold else moments[0] if bought else product.updated_at
    product = replace(product, stock_level=bought - sold, updated_at=changed)
    if fake("product", number, "archived").chance(8):
        moment = changed + timedelta(days=1)
        product = replace(product, archived_at=moment, updated_at=moment)
    return product
