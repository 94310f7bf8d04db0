"""The past of a seeded item: bought, sold, adjusted and used, so that the books agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from mock_server.apis.built.ledger import moved
from mock_server.apis.built.models import (
    ACCOUNTS,
    ADJUSTMENTS,
    ITEMS,
    PURCHASES,
    SALES,
    Adjustment,
    Item,
    Purchase,
    Sale,
    UsedMaterial,
)
from mock_server.apis.built.values import bare, multiply
from mock_server.seeding.fake import Fake
from mock_server.state.store import Transaction

_ONE = Decimal(1)
_NO_NOTE = ""
#: The item of the document's own calls, which has a past in every business.
_SHOWPIECE = 1
#: Produced items, and the number of the item before them that went in.
_PRODUCED_EVERY = 14
_MATERIALS_PER_PIECE = 2


def with_history(transaction: Transaction, item: Item, fake: Fake) -> Item:
    """Give a tracked item its past, and return it as it is after that.

    The item itself is not put into the state; one that it was made from is.
    """
    for happen in (_purchase, _sales, _adjustment, _production):
        item = happen(transaction, item, fake)
    return item


def _purchase(transaction: Transaction, item: Item, fake: Fake) -> Item:
    if item.id != _SHOWPIECE and not fake("item", item.id, "bought").chance(45):
        return item
    quantity = Decimal(fake("item", item.id, "bought quantity").whole(1, 40))
    moment = _later(item, fake, "bought at")
    number = transaction.next_id(PURCHASES)
    transaction.put(
        PURCHASES,
        Purchase(
            id=number,
            item_id=item.id,
            bill_id=number,
            document_number=f"BILL{number}",
            document_id=60_000 + number,
            issue_date=moment.date(),
            quantity=quantity,
            unit_price=item.unit_price,
            created_at=moment,
        ),
    )
    return moved(item, "increase", quantity, multiply(quantity, item.unit_price), moment)


def _sales(transaction: Transaction, item: Item, fake: Fake) -> Item:
    fewest = 1 if item.id == _SHOWPIECE else 0
    for nth in range(fake("item", item.id, "sales").whole(fewest, 3)):
        left = int(item.quantity)
        if left == 0:
            break
        quantity = Decimal(fake("item", item.id, f"sold {nth}").whole(1, max(1, left // 3)))
        moment = _later(item, fake, f"sold at {nth}")
        number = transaction.next_id(SALES)
        foreign = fake("item", item.id, f"foreign {nth}").chance(15)
        transaction.put(
            SALES,
            Sale(
                id=number,
                item_id=item.id,
                invoice_id=number,
                document_number=f"INV{number}",
                document_id=360_000 + number,
                issue_date=moment.date(),
                quantity=quantity,
                unit_price=item.selling_price,
                unit_cost=item.unit_price,
                description=item.description,
                currency="USD" if foreign else "GHS",
                rate=Decimal("0.0812") if foreign else _ONE,
            ),
        )
        item = moved(item, "decrease", quantity, multiply(quantity, item.unit_price), moment)
    return item


def _adjustment(transaction: Transaction, item: Item, fake: Fake) -> Item:
    """A count that found less, booked to the write-off account, or more, to the same."""
    if not item.quantity or not fake("item", item.id, "counted").chance(25):
        return item
    moment = _later(item, fake, "counted at")
    found_more = fake("item", item.id, "found more").chance(30)
    account = next(
        account for account in transaction.all(ACCOUNTS) if account.account_name.endswith("off")
    )
    adjustment = Adjustment(
        id=transaction.next_id(ADJUSTMENTS),
        item_id=item.id,
        type="increase" if found_more else "decrease",
        origin="advanced",
        quantity=_ONE,
        unit_price=item.unit_price,
        amount=item.unit_price,
        account_id=account.id,
        date=moment.date(),
        note="Stock count",
        created_at=moment,
    )
    return _booked(transaction, item, adjustment)


def _production(transaction: Transaction, item: Item, fake: Fake) -> Item:
    """Every now and then an item was made from the one before it."""
    material = transaction.get(ITEMS, item.id - 1)
    if item.id % _PRODUCED_EVERY or material is None or not material.track_inventory:
        return item
    made = Decimal(fake("item", item.id, "made").whole(1, 5))
    used = multiply(made, Decimal(_MATERIALS_PER_PIECE))
    if used > material.quantity:
        return item
    moment = max(item.updated_at, material.updated_at) + timedelta(hours=1)
    account = item.inventory_account_id or 0
    base = Adjustment(
        id=transaction.next_id(ADJUSTMENTS),
        item_id=material.id,
        type="decrease",
        origin="material",
        quantity=used,
        unit_price=material.unit_price,
        amount=bare(multiply(used, material.unit_price)),
        account_id=account,
        date=moment.date(),
        note=_NO_NOTE,
        created_at=moment,
    )
    transaction.put(ITEMS, _booked(transaction, material, base))
    return _booked(
        transaction,
        item,
        replace(
            base,
            id=transaction.next_id(ADJUSTMENTS),
            item_id=item.id,
            type="increase",
            origin="production",
            quantity=made,
            unit_price=item.unit_price,
            amount=bare(multiply(made, item.unit_price)),
            materials=(
                UsedMaterial(material.id, material.name, used, material.unit_price, account),
            ),
        ),
    )


def _booked(transaction: Transaction, item: Item, adjustment: Adjustment) -> Item:
    transaction.put(ADJUSTMENTS, adjustment)
    return moved(
        item, adjustment.type, adjustment.quantity, adjustment.amount, adjustment.created_at
    )


def _later(item: Item, fake: Fake, field: str) -> datetime:
    """A moment after all that has happened to the item, and within the seeded year."""
    return item.updated_at + timedelta(seconds=fake("item", item.id, field).whole(3_600, 400_000))
