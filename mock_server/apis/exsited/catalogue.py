"""Goods as Exsited keeps them: standard items; all stock is in the default warehouse at first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mock_server.apis.exsited.handlers.items import ITEM_NUMBER, SEQUENCE
from mock_server.apis.exsited.inventory_models import Inventory, Stock
from mock_server.apis.exsited.models import (
    ITEMS,
    WAREHOUSES,
    Code,
    Item,
    ItemCurrency,
    Price,
    Pricing,
    Sale,
)
from mock_server.apis.exsited.seed_items import uuid_of
from mock_server.seeding.catalogue import Catalogue, Goods
from mock_server.seeding.fake import Fake
from mock_server.state.store import State, Transaction

_BARCODE = "UPC-CODE"


def _put(transaction: Transaction, number: int, goods: Goods, moment: datetime, fake: Fake) -> None:
    warehouse = next(each.name for each in transaction.all(WAREHOUSES) if each.default)
    codes = [Code(ITEM_NUMBER, goods.code)]
    if goods.barcode:
        codes.insert(0, Code(_BARCODE, goods.barcode))
    stock = Stock(warehouse, on_hand=goods.stock or Decimal(0), accounting_code="Inventory Asset")
    transaction.put(
        ITEMS,
        Item(
            id=f"ITEM-{transaction.next_number(SEQUENCE):04}",
            uuid=uuid_of(fake, "shared goods", number),
            name=goods.name,
            display_name=goods.name,
            created_by="Mia Clarke",
            created_on=moment,
            codes=tuple(codes),
            currencies=(ItemCurrency("AUD", True, True, True, True),),
            sale=Sale(
                enabled=True,
                accounting_code="Sales Revenue",
                default_price=goods.price,
                includes_tax=True,
                pricing=Pricing(module=(Price(goods.price, "AUD"),)),
            ),
            inventory=Inventory(
                enabled=True,
                warehouse_management=True,
                default_warehouse=warehouse,
                stock=(stock,),
            ),
        ),
    )


def _read(state: State) -> Iterator[Goods]:
    for item in Transaction(state).all(ITEMS):
        if item.status == "ACTIVE" and item.type == "STANDARD":
            codes = {code.name: code.value for code in item.codes}
            yield Goods(
                codes.get(ITEM_NUMBER, ""),
                item.name,
                codes.get(_BARCODE),
                item.sale.default_price,
                sum((each.on_hand for each in item.inventory.stock), Decimal(0)),
            )


CATALOGUE = Catalogue(
    put=_put,
    read=_read,
    fields={
        "code": f"`codes`, the one named `{ITEM_NUMBER}`",
        "name": "`name`",
        "barcode": f"`codes`, the one named `{_BARCODE}`",
        "price": "`sale.default_sale_price`, text with six decimals",
        "stock": "`quantity_on_hand` of all warehouses together, text with six decimals",
    },
)
