"""One catalogue in the forms of several vendors: the same goods, by their codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.state.store import State, Transaction

#: What goods have in common, whoever sells them.
PARTS = ("code", "name", "barcode", "price", "stock")
_OPENED = SEED_EPOCH - timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Goods:
    """Something that is sold: `code` tells it from others, `price` is what a customer pays."""

    code: str
    name: str
    barcode: str | None
    price: Decimal | None
    stock: Decimal | None


#: Puts goods, made at an instant, into the records of a vendor; the number counts them from 1.
Put = Callable[[Transaction, int, Goods, datetime, Fake], None]
#: Yields the goods of a state; of one that has no code the code is empty.
Read = Callable[[State], Iterator[Goods]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """How a vendor keeps goods; `fields` says where each of `PARTS` is in its answers."""

    put: Put
    read: Read
    fields: Mapping[str, str]


def shared_goods(number: int, fake: Fake) -> Goods:
    """Return the goods of a number, from 1 on: the same in each API for the same seed."""
    draw = fake("shared goods", number, "words")
    name = f"{draw.product_name()}, no. {number}"
    code = f"{draw.sku()[:3]}-{number:06}"
    barcode = draw.ean13()
    draw = fake("shared goods", number, "amounts")
    return Goods(code, name, barcode, draw.price(), Decimal(draw.stock()))


def put_shared_goods(
    transaction: Transaction, catalogue: Catalogue, products: int, fake: Fake
) -> None:
    """Put so many shared goods into the records of a vendor, over a year."""
    step = timedelta(days=360) / max(1, products)
    for index in range(products):
        moment = (_OPENED + step * index).replace(microsecond=0)
        catalogue.put(transaction, index + 1, shared_goods(index + 1, fake), moment, fake)
