"""Goods as Built keeps them: tracked products, whose description has the barcode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mock_server.apis.built.ledger import with_stock
from mock_server.apis.built.models import BUSINESSES, ITEMS, Item
from mock_server.apis.built.values import bare, stored_price
from mock_server.seeding.catalogue import Catalogue, Goods
from mock_server.seeding.fake import Fake
from mock_server.state.store import State, Transaction

_COST_SHARE = Decimal("0.85")
_BARCODE = re.compile(r"\bEAN (\d{13})\b")


def _put(transaction: Transaction, _: int, goods: Goods, moment: datetime, __: Fake) -> None:
    business = transaction.all(BUSINESSES)[0]
    price = goods.price or Decimal(0)
    item = Item(
        id=transaction.next_id(ITEMS),
        name=goods.name,
        type="Product",
        unit_price=stored_price(price * _COST_SHARE),
        category_id=business.category_id,
        purchase_account_id=business.purchase_account_id,
        created_at=moment,
        updated_at=moment,
        description=f"EAN {goods.barcode}" if goods.barcode else "",
        code=goods.code,
        selling_price=bare(price),
        track_inventory=True,
        inventory_account_id=business.inventory_account_id,
        account_id=business.sales_account_id,
    )
    transaction.put(ITEMS, with_stock(item, goods.stock or Decimal(0)))


def _read(state: State) -> Iterator[Goods]:
    for item in Transaction(state).all(ITEMS):
        if item.kind == "product" and not item.archived:
            barcode = _BARCODE.search(item.description)
            yield Goods(
                item.code or "",
                item.name,
                barcode[1] if barcode else None,
                item.selling_price,
                item.quantity,
            )


CATALOGUE = Catalogue(
    put=_put,
    read=_read,
    fields={
        "code": "`code`",
        "name": "`name`",
        "barcode": "`description`, as `EAN 1234567890123`: the vendor has no field for it",
        "price": "`selling_price`, a number without zeros at its end",
        "stock": "`quantity`, a number",
    },
)
