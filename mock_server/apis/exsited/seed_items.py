"""Items as an organisation has them in its second year, valid by construction.

What an item names exists. Stock adds up: what is available is what is on hand and not promised,
there is a serial number for each unit where they are tracked, and batches sum to what is on hand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from mock_server.apis.exsited.inventory_models import (
    Batch,
    Inventory,
    LowStockThreshold,
    ReorderingThreshold,
    Stock,
)
from mock_server.apis.exsited.items import ITEM_NUMBER
from mock_server.apis.exsited.models import (
    Code,
    Item,
    ItemCurrency,
    Kpis,
    Price,
    Pricing,
    Purchase,
    Sale,
    SupplierLink,
    Uom,
)
from mock_server.seeding.fake import Fake
from mock_server.seeding.inventory import InventoryProvider

WAREHOUSE_NAMES = ("Default Warehouse", "North Depot", "Harbour Store")
CURRENCY_NAMES = ("AUD", "USD", "EUR")
SUPPLIER_COUNT = 6
_TAX_COUNT = 3
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
_EARLY_STATUSES = {18: "INACTIVE", 19: "DRAFT", 20: "DELETED"}


def uuid_of(fake: Fake, kind: str, index: int) -> str:
    """Return the uuid of one seed record."""
    source = fake(kind, index, "uuid").generator.random
    return str(UUID(int=source.getrandbits(128), version=4))


def tax_uuid(fake: Fake, index: int) -> str:
    """Return the uuid of one seed tax code."""
    return uuid_of(fake, "tax", index)


def supplier_id(number: int) -> str:
    """Return the id of one seed supplier, counted from 1."""
    return f"SUPPLIER-{number:04}"


def supplier_name(fake: Fake, number: int) -> str:
    """Return the name of one seed supplier, counted from 1; the first is the default one."""
    if number == 1:
        return "Default Supplier"
    return f"{fake('supplier', number, 'name').supplier_name()} {number}"


def draw_item(number: int, created: datetime, fake: Fake) -> Item:
    """Return the item with that number, created at that instant."""

    def draw(field: str) -> InventoryProvider:
        return fake("item", number, field)

    other = number % 8 == 0
    kind = _OTHER_TYPES[number // 8 % len(_OTHER_TYPES)] if other else "STANDARD"
    price = draw("price").price()
    item = Item(
        id=f"ITEM-{number:04}",
        uuid=uuid_of(fake, "item", number),
        name=_name(number, draw("name")),
        created_by=draw("creator").pick(_PEOPLE),
        created_on=created,
        type=kind,
        status=_status(number, draw("status")),
        description=draw("description").description() if draw("described").chance(80) else "",
        origin=draw("origin").brand() if draw("has origin").chance(40) else "",
        invoice_note="Keep dry" if draw("invoice note").chance(10) else "",
        manager=draw("manager").pick(_PEOPLE) if draw("managed").chance(30) else "",
        codes=(
            Code("UPC-CODE", draw("upc").ean13()),
            Code(ITEM_NUMBER, draw("item number").sku()),
        ),
        uoms=(Uom("UNIT", used_for_sale=True),) if draw("uom").chance(30) else (),
        currencies=_currencies(draw("foreign").chance(25)),
        sale=_sale(price, number, fake),
        purchase=_purchase(price, number, fake),
        inventory=_inventory(number, fake) if kind == "STANDARD" else Inventory(),
        kpis=_kpis(price, number, fake),
    )
    item = replace(item, display_name=item.name)
    if draw("edited").chance(60):
        moment = created + timedelta(days=1, minutes=draw("edit").whole(0, 1439))
        edits = draw("edits").whole(1, 6)
        item = replace(
            item,
            version=1 + edits,
            last_updated_on=moment,
            last_updated_by=draw("editor").pick(_PEOPLE),
        )
    return item


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


def _currencies(foreign: bool) -> tuple[ItemCurrency, ...]:
    home = ItemCurrency("AUD", True, True, True, True)
    return (home, ItemCurrency("USD", used_for_sale=True)) if foreign else (home,)


def _sale(price: Decimal, number: int, fake: Fake) -> Sale:
    special = fake("item", number, "special").chance(10)
    return Sale(
        enabled=True,
        accounting_code="Sales Revenue",
        default_price=price,
        includes_tax=fake("item", number, "includes tax").chance(70),
        tax_code=tax_uuid(fake, fake("item", number, "tax").whole(0, _TAX_COUNT - 1)),
        charge_type="RECURRING" if number % 8 == 0 and number // 8 % 6 == 5 else "ONE_OFF",
        pricing=Pricing(module=(Price(price, "AUD"),)),
        special_price_applies=special,
        special_price_variant="FIXED" if special else "",
        special_price=(price * Decimal("0.8")).quantize(Decimal("0.01")) if special else None,
        start_date="2025-11-01" if special else "",
        end_date="2025-12-31" if special else "",
    )


def _purchase(price: Decimal, number: int, fake: Fake) -> Purchase:
    if not fake("item", number, "bought").chance(75):
        return Purchase()
    chosen = fake("item", number, "supplier").whole(1, SUPPLIER_COUNT)
    cost = (price * Decimal("0.6")).quantize(Decimal("0.01"))
    link = SupplierLink(
        id=supplier_id(chosen),
        name=supplier_name(fake, chosen),
        rate_option="PER_UNIT",
        accounting_code="Cost of Goods Sold",
        currency="AUD",
        default_price=cost,
        pricing=Pricing(module=(Price(cost, "AUD"),)),
    )
    return Purchase(enabled=True, supplier_management=chosen != 1, suppliers=(link,))


def _kpis(price: Decimal, number: int, fake: Fake) -> Kpis:
    orders = fake("item", number, "orders").whole(0, 40)
    active = fake("item", number, "active orders").whole(0, min(orders, 5))
    outstanding = price * active
    overdue = outstanding if fake("item", number, "overdue").chance(20) else Decimal(0)
    return Kpis(orders, active, price * (orders - active), outstanding, overdue)


def _inventory(number: int, fake: Fake) -> Inventory:
    """The stock of an item: mostly in one or two warehouses, some with serials or batches."""
    tracked = fake("item", number, "tracking").whole(0, 99)
    serialized, batched = tracked >= 90, 78 <= tracked < 90
    places = fake("item", number, "places").whole(1, len(WAREHOUSE_NAMES))
    stock = tuple(
        _stock(number, place, fake, serialized=serialized, batched=batched)
        for place in range(places)
    )
    return Inventory(
        enabled=True,
        warehouse_management=True,
        default_warehouse=WAREHOUSE_NAMES[0],
        stock=stock,
        determinants=("QUANTITY_ON_HAND", "QUANTITY_PROMISED"),
        serialization=serialized,
        batch_tracking=batched,
        **_thresholds(number, fake),
    )


def _thresholds(number: int, fake: Fake) -> dict[str, Any]:
    if not fake("item", number, "watched").chance(40):
        return {}
    limit = Decimal(fake("item", number, "low stock").whole(2, 20))
    chosen = fake("item", number, "refilled by").whole(1, SUPPLIER_COUNT)
    level = ReorderingThreshold(WAREHOUSE_NAMES[0], limit, True, supplier_id(chosen))
    return {
        "low_stock_notification": True,
        "low_stock_based_on": "INDIVIDUAL_WAREHOUSES",
        "low_stock_thresholds": (LowStockThreshold(WAREHOUSE_NAMES[0], limit),),
        "reordering": True,
        "reordering_based_on": "INDIVIDUAL_WAREHOUSES",
        "reordering_thresholds": (level,),
    }


def _stock(number: int, place: int, fake: Fake, *, serialized: bool, batched: bool) -> Stock:
    kind = f"stock of item {number}"
    on_hand = fake(kind, place, "on hand").stock()
    if serialized:
        on_hand = fake(kind, place, "units").whole(0, 6)
    promised = fake(kind, place, "promised").whole(0, min(on_hand, 5))
    serials = tuple(
        f"{fake(kind, place, f'serial {unit}').serial_number()}-{place}{unit}"
        for unit in range(on_hand if serialized else 0)
    )
    return Stock(
        warehouse=WAREHOUSE_NAMES[place],
        on_hand=Decimal(on_hand),
        available=Decimal(on_hand - promised),
        promised=Decimal(promised),
        accounting_code="Inventory Asset",
        serial_numbers=serials,
        batches=_batches(number, place, on_hand) if batched else (),
    )


def _batches(number: int, place: int, on_hand: int) -> tuple[Batch, ...]:
    older = on_hand // 3
    parts = (("2026-06-30", older), ("2027-03-31", on_hand - older))
    return tuple(
        Batch(f"B-{number:04}-{place}{index}", expiry, Decimal(quantity))
        for index, (expiry, quantity) in enumerate(parts)
        if quantity
    )
