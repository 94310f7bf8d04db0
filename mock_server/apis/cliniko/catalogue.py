"""Goods as Cliniko keeps them: products without a tax, so that a price is what a customer pays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mock_server.apis.cliniko.messy import with_stock
from mock_server.apis.cliniko.models import PRODUCTS, TAXES, Product
from mock_server.apis.cliniko.values import prices
from mock_server.seeding.catalogue import Catalogue, Goods
from mock_server.seeding.fake import Fake
from mock_server.state.store import State, Transaction


def _put(transaction: Transaction, _: int, goods: Goods, moment: datetime, __: Fake) -> None:
    product = Product(
        id=transaction.next_id(PRODUCTS),
        name=goods.name,
        created_at=moment,
        updated_at=moment,
        item_code=goods.code,
        serial_number=goods.barcode,
        price=goods.price,
        price_includes_tax=True,
        stock_level=0,
    )
    stock = None if goods.stock is None else int(goods.stock)
    transaction.put(PRODUCTS, with_stock(transaction, product, stock))


def _read(state: State) -> Iterator[Goods]:
    taxes = {tax.id: tax.rate for tax in Transaction(state).all(TAXES)}
    for product in Transaction(state).all(PRODUCTS):
        if product.archived_at is None:
            yield Goods(
                product.item_code or "",
                product.name,
                product.serial_number,
                _with_tax(product, taxes),
                None if product.stock_level is None else Decimal(product.stock_level),
            )


def _with_tax(product: Product, taxes: dict[int, Decimal]) -> Decimal | None:
    if product.price is None:
        return None
    rate = taxes.get(product.tax_id or 0, Decimal(0))
    return prices(product.price, rate, includes_tax=bool(product.price_includes_tax))[1]


CATALOGUE = Catalogue(
    put=_put,
    read=_read,
    fields={
        "code": "`item_code`",
        "name": "`name`",
        "barcode": "`serial_number`",
        "price": "`price_including_tax`, text without zeros at its end; there is no tax",
        "stock": "`stock_level`, a whole number; the sum of the stock adjustments",
    },
)
