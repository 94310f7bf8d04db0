"""Items as an organisation has them in its second year, valid by construction.

What an item names exists. Stock adds up: no more is promised than is on hand, there is a serial
number for each unit where they are tracked, and batches sum to what is on hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mock_server.apis.exsited.handlers.items import ITEM_NUMBER
from mock_server.apis.exsited.inventory_models import (
    Batch,
    Inventory,
    LowStockThreshold,
    ReorderingThreshold,
    Stock,
)
from mock_server.apis.exsited.models import (
    Code,
    Item,
    ItemCurrency,
    Kpis,
    Price,
    Pricing,
    Purchase,
    Sale,
    Supplier,
    SupplierLink,
    TaxCode,
    Uom,
    Warehouse,
)
from mock_server.seeding.fake import Fake

if TYPE_CHECKING:
    from mock_server.seeding.inventory import InventoryProvider

#: One item in eight is not STANDARD; these types take turns.
_OTHER_TYPES = ("GIFT_CERTIFICATE", "DIRECT_COST", "VARIATION", "BUNDLE", "FAMILY", "RECURRING")
_PEOPLE = ("Mia Clarke", "Noah Petrov", "Ava Lindqvist")
#: Names that a client should survive; the typical organisation has one of each.
_ODD_NAMES = (
    "Zoë's Crème brûlée balm 50 ml",
    "手工皂 100 g",
    "  Spaces around  ",
    'Quote " and \\ backslash',
    "<b>Bold</b> & Co.",
    "N" * 255,
)
_FIRST_ODD = 11
#: Of a hundred items, those from here on are tracked in batches, or by serial number.
_BATCHED_FROM, _SERIALIZED_FROM = 78, 90
_EARLY_STATUSES = {18: "INACTIVE", 19: "DRAFT", 20: "DELETED"}


@dataclass(frozen=True, slots=True)
class RelatedSettings:
    """The records that items refer to."""

    warehouses: tuple[Warehouse, ...]
    tax_codes: tuple[TaxCode, ...]
    suppliers: tuple[Supplier, ...]


def uuid_of(fake: Fake, kind: str, index: int) -> str:
    """Return the uuid of one seed record."""
    source = fake(kind, index, "uuid").generator.random
    return str(UUID(int=source.getrandbits(128), version=4))


def draw_item(number: int, created: datetime, fake: Fake, related: RelatedSettings) -> Item:
    """Return the item with that number, created at that instant."""
    kind = "STANDARD"
    if number % 8 == 0:
        kind = _OTHER_TYPES[number // 8 % len(_OTHER_TYPES)]
    price = fake("item", number, "price").price()
    name = _name(number, fake("item", number, "name"))
    return Item(
        id=f"ITEM-{number:04}",
        uuid=uuid_of(fake, "item", number),
        name=name,
        display_name=name,
        created_on=created,
        type=kind,
        status=_status(number, fake("item", number, "status")),
        codes=(
            Code("UPC-CODE", fake("item", number, "upc").ean13()),
            Code(ITEM_NUMBER, fake("item", number, "item number").sku()),
        ),
        sale=_sale(kind, price, fake("item", number, "sale"), related),
        purchase=_purchase(price, fake("item", number, "purchase"), related),
        inventory=_inventory(number, fake, related) if kind == "STANDARD" else Inventory(),
        kpis=_kpis(price, fake("item", number, "kpis")),
        **_particulars(fake("item", number, "particulars")),
        **_history(created, fake("item", number, "history")),
    )


def _name(number: int, draw: InventoryProvider) -> str:
    odd = number - _FIRST_ODD
    return _ODD_NAMES[odd] if 0 <= odd < len(_ODD_NAMES) else draw.product_name()


def _status(number: int, draw: InventoryProvider) -> str:
    """One early item is in each other status; later ones are now and then."""
    if number in _EARLY_STATUSES:
        return _EARLY_STATUSES[number]
    if number <= _FIRST_ODD or draw.chance(90):
        return "ACTIVE"
    return draw.pick(tuple(_EARLY_STATUSES.values()))


def _particulars(draw: InventoryProvider) -> dict[str, Any]:
    home = ItemCurrency("AUD", True, True, True, True)
    return {
        "created_by": draw.pick(_PEOPLE),
        "description": draw.description() if draw.chance(80) else "",
        "origin": draw.brand() if draw.chance(40) else "",
        "invoice_note": "Keep dry" if draw.chance(10) else "",
        "manager": draw.pick(_PEOPLE) if draw.chance(30) else "",
        "uoms": (Uom("UNIT", used_for_sale=True),) if draw.chance(30) else (),
        "currencies": (home, ItemCurrency("USD", used_for_sale=True))
        if draw.chance(25)
        else (home,),
    }


def _history(created: datetime, draw: InventoryProvider) -> dict[str, Any]:
    """Three in five items have been changed since they were created."""
    if not draw.chance(60):
        return {}
    return {
        "version": 1 + draw.whole(1, 6),
        "last_updated_on": created + timedelta(days=1, minutes=draw.whole(0, 1439)),
        "last_updated_by": draw.pick(_PEOPLE),
    }


def _sale(kind: str, price: Decimal, draw: InventoryProvider, related: RelatedSettings) -> Sale:
    sale = Sale(
        enabled=True,
        accounting_code="Sales Revenue",
        default_price=price,
        includes_tax=draw.chance(70),
        tax_code=draw.pick(related.tax_codes).uuid,
        charge_type="RECURRING" if kind == "RECURRING" else "ONE_OFF",
        pricing=Pricing(module=(Price(price, "AUD"),)),
    )
    if not draw.chance(10):
        return sale
    return replace(
        sale,
        special_price_applies=True,
        special_price_variant="FIXED",
        special_price=(price * Decimal("0.8")).quantize(Decimal("0.01")),
        start_date="2025-11-01",
        end_date="2025-12-31",
    )


def _purchase(price: Decimal, draw: InventoryProvider, related: RelatedSettings) -> Purchase:
    if not draw.chance(75):
        return Purchase()
    supplier = draw.pick(related.suppliers)
    cost = (price * Decimal("0.6")).quantize(Decimal("0.01"))
    link = SupplierLink(
        id=supplier.id,
        name=supplier.name,
        rate_option="PER_UNIT",
        accounting_code="Cost of Goods Sold",
        currency="AUD",
        default_price=cost,
        pricing=Pricing(module=(Price(cost, "AUD"),)),
    )
    return Purchase(enabled=True, supplier_management=not supplier.default, suppliers=(link,))


def _kpis(price: Decimal, draw: InventoryProvider) -> Kpis:
    orders = draw.whole(0, 40)
    active = draw.whole(0, min(orders, 5))
    outstanding = price * active
    overdue = outstanding if draw.chance(20) else Decimal(0)
    return Kpis(orders, active, price * (orders - active), outstanding, overdue)


def _inventory(number: int, fake: Fake, related: RelatedSettings) -> Inventory:
    """The stock of an item in one to three warehouses, some of it with serials or batches."""
    draw = fake("item", number, "inventory")
    tracked = draw.whole(0, 99)
    serialized, batched = tracked >= _SERIALIZED_FROM, _BATCHED_FROM <= tracked < _SERIALIZED_FROM
    linked = related.warehouses[: draw.whole(1, len(related.warehouses))]
    first = linked[0].name
    inventory = Inventory(
        enabled=True,
        warehouse_management=True,
        default_warehouse=first,
        determinants=("QUANTITY_ON_HAND", "QUANTITY_PROMISED"),
        serialization=serialized,
        batch_tracking=batched,
    )
    if draw.chance(40):
        limit = Decimal(draw.whole(2, 20))
        refilled_by = draw.pick(related.suppliers).id
        inventory = replace(
            inventory,
            low_stock_notification=True,
            low_stock_based_on="INDIVIDUAL_WAREHOUSES",
            low_stock_thresholds=(LowStockThreshold(first, limit),),
            reordering=True,
            reordering_based_on="INDIVIDUAL_WAREHOUSES",
            reordering_thresholds=(ReorderingThreshold(first, limit, True, refilled_by),),
        )
    stock = tuple(
        _stock(number, place, warehouse.name, fake, inventory)
        for place, warehouse in enumerate(linked)
    )
    return replace(inventory, stock=stock)


def _stock(number: int, place: int, warehouse: str, fake: Fake, inventory: Inventory) -> Stock:
    draw = fake("item", number, f"stock {place}")
    on_hand = draw.whole(0, 6) if inventory.serialization else draw.stock()
    promised = draw.whole(0, min(on_hand, 5))
    units = range(on_hand if inventory.serialization else 0)
    return Stock(
        warehouse=warehouse,
        on_hand=Decimal(on_hand),
        promised=Decimal(promised),
        accounting_code="Inventory Asset",
        serial_numbers=tuple(f"{draw.serial_number()}-{place}{unit}" for unit in units),
        batches=_batches(number, place, on_hand) if inventory.batch_tracking else (),
    )


def _batches(number: int, place: int, on_hand: int) -> tuple[Batch, ...]:
    older = on_hand // 3
    parts = (("2026-06-30", older), ("2027-03-31", on_hand - older))
    return tuple(
        Batch(f"B-{number:04}-{place}{index}", expiry, Decimal(quantity))
        for index, (expiry, quantity) in enumerate(parts)
        if quantity
    )
