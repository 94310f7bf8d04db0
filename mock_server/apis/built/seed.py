"""The records that a business on Built begins with.

The books agree: each item's quantity is its opening stock and all that came in, less all that went
out; its debit and credit are what these were worth; every account, category and item that a record
names exists; and nothing happened to an item before it was there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mock_server.apis.built.codes import made_up_code
from mock_server.apis.built.history import with_history
from mock_server.apis.built.ledger import with_stock
from mock_server.apis.built.models import (
    ACCOUNTS,
    BUSINESSES,
    CATEGORIES,
    ITEMS,
    Account,
    Business,
    Category,
    Item,
)
from mock_server.apis.built.values import ZERO, bare, stored_price
from mock_server.seeding import words
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import Transaction

_OPENED = SEED_EPOCH - timedelta(days=365)
_COST_SHARE = Decimal("0.85")
#: Name, type and subtype of each account of the ledger; the first three are the usual ones.
_ACCOUNTS = (
    ("Sales", 4, 12),
    ("Cost of Goods Sold", 5, 15),
    ("Inventory Asset", 1, 3),
    ("Inventory Write-off", 5, 17),
    ("Opening Balance Equity", 3, 10),
)
#: Names that a client should survive; the typical business has one of each.
_ODD_NAMES = (
    "Crème à raser & blaireau 100 ml",
    "Àkàrà mix, 1 kg",
    '<i>Sale!</i> "Best" balm',
    "茶 250 g",
    "O'Brien's 50% off \\ special",
    "L" * 191,
)
_FIRST_ODD = 32
_SERVICE_EVERY, _ASSET_EVERY, _BY_HAND_EVERY = 8, 29, 18


def seed(transaction: Transaction, persona: Persona, fake: Fake) -> None:
    """Put the persona's records into an empty state."""
    business = _business(transaction)
    if persona.products == 0:
        return
    for name in words.CATEGORIES:
        number = transaction.next_id(CATEGORIES)
        transaction.put(CATEGORIES, Category(number, name, "", _OPENED))
    step = timedelta(days=330) / persona.products
    for index in range(persona.products):
        moment = (_OPENED + step * index).replace(microsecond=0)
        item = _item(transaction.next_id(ITEMS), moment, business, fake)
        if item.track_inventory:
            item = with_history(transaction, item, fake)
        transaction.put(ITEMS, item)


def _business(transaction: Transaction) -> Business:
    accounts = []
    for name, kind, subkind in _ACCOUNTS:
        number = transaction.next_id(ACCOUNTS)
        accounts.append(number)
        transaction.put(ACCOUNTS, Account(number, name, kind, subkind, _OPENED))
    category = Category(
        transaction.next_id(CATEGORIES), "Uncategorised", "default category", _OPENED
    )
    transaction.put(CATEGORIES, category)
    return transaction.put(
        BUSINESSES,
        Business(
            id=59,
            user_id=31,
            name="Harbour Street Trading",
            currency="GHS",
            sales_account_id=accounts[0],
            purchase_account_id=accounts[1],
            inventory_account_id=accounts[2],
            category_id=category.id,
        ),
    )


def _item(number: int, moment: datetime, business: Business, fake: Fake) -> Item:
    """The item of a number: mostly imported products, some services and assets, a few by hand."""
    fields: dict[str, Any] = {
        "id": number,
        "name": "Services",
        "type": "Service",
        "unit_price": ZERO,
        "category_id": business.category_id,
        "purchase_account_id": business.purchase_account_id,
        "account_id": business.sales_account_id,
        "created_at": moment,
        "updated_at": moment,
        "tax_id": 0,
    }
    is_service = number % _SERVICE_EVERY == _SERVICE_EVERY - 1
    if is_service and number < _SERVICE_EVERY:
        # What every business is given: no name of its own, no price, no code.
        return Item(**fields)
    price = fake("item", number, "price").price()
    fields |= {
        "selling_price": bare(price),
        "unit_price": stored_price(price * _COST_SHARE),
        "code": made_up_code(number),
        "archived": fake("item", number, "archived").chance(6),
    }
    if is_service:
        service = fake("item", number, "name").service_name()
        return Item(**fields | {"name": f"{service} {number}"})
    if number % _ASSET_EVERY == 0:
        name = f"{fake('item', number, 'name').brand()} delivery van {number}"
        return Item(**fields | {"name": name, "type": "Fixed asset", "retail_item": False})
    return _product(fields, business, fake)


def _product(fields: dict[str, Any], business: Business, fake: Fake) -> Item:
    number = fields["id"]
    odd = number - _FIRST_ODD
    fields |= {
        "name": _ODD_NAMES[odd]
        if 0 <= odd < len(_ODD_NAMES)
        else fake("item", number, "name").product_name(),
        "type": "Product",
        "description": fake("item", number, "description").description()
        if fake("item", number, "has description").chance(50)
        else "",
        "category_id": fake("item", number, "category").whole(1, 1 + len(words.CATEGORIES)),
    }
    if number % _BY_HAND_EVERY == 0:
        # Created one by one: no tracking, a stock all the same, no sales account.
        fields |= {"type": "product", "account_id": None}
        stock = fake("item", number, "stock").whole(0, 30)
    else:
        fields |= {
            "tax_id": None,
            "code": fake("item", number, "code").ean13(),
            "track_inventory": True,
            "inventory_account_id": business.inventory_account_id,
            "quantity_limit": Decimal(fake("item", number, "limit").whole(1, 10)),
        }
        stock = fake("item", number, "stock").stock()
    return with_stock(Item(**fields), Decimal(stock))
