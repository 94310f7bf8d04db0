"""Goods as Skhokho keeps them: products of the first organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from mock_server.apis.skhokho.models import ACTIVE, OUT_OF_STOCK, PRODUCTS, Product
from mock_server.apis.skhokho.seed import FIRST_ORGANISATION
from mock_server.seeding.catalogue import Catalogue, Goods
from mock_server.seeding.fake import Fake
from mock_server.state.store import State, Transaction

_CENT = Decimal("0.01")


def _put(transaction: Transaction, number: int, goods: Goods, moment: datetime, fake: Fake) -> None:
    source = fake("shared goods", number, "identity").generator.random
    stock = (goods.stock or Decimal(0)).quantize(_CENT)
    transaction.put(
        PRODUCTS,
        Product(
            unique_id=str(UUID(int=source.getrandbits(128), version=4)),
            organisation=FIRST_ORGANISATION,
            number=transaction.next_id(PRODUCTS),
            name=goods.name,
            product_type="buy",
            date_created=moment,
            last_updated=moment,
            product_code=goods.code,
            barcode=goods.barcode,
            selling_price=None if goods.price is None else goods.price.quantize(_CENT),
            current_stock=stock,
            status=ACTIVE if stock else OUT_OF_STOCK,
        ),
    )


def _read(state: State) -> Iterator[Goods]:
    for product in Transaction(state).all(PRODUCTS):
        if product.organisation == FIRST_ORGANISATION:
            yield Goods(
                product.product_code or "",
                product.name,
                product.barcode,
                product.selling_price,
                product.current_stock,
            )


CATALOGUE = Catalogue(
    put=_put,
    read=_read,
    fields={
        "code": "`product_code`",
        "name": "`name`",
        "barcode": "`barcode`",
        "price": "`selling_price`, text with two decimals",
        "stock": "`current_stock`, text with two decimals",
    },
)
