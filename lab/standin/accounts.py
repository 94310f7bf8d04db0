"""Who calls: each API key is an account of its own, filled when it is first seen."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from lab.standin.database import Condition, insert, select
from lab.standin.refusals import Unauthorized

#: Something, a hyphen and the shard, `MS0xLWZpcnN0-au1`; the oldest keys have no shard.
_KEY = re.compile(r"[A-Za-z0-9_.=-]{1,200}-[a-z]{2}[0-9]{1,2}|[0-9a-f]{32}")
_OPENED = datetime(2024, 1, 8, 9, 0, tzinfo=UTC)
_RATES = ("5.0", "10.0", "15.0", "20.0", "8.875")
_PLACES = ("Harbour", "Northside", "Riverbend", "Summit", "Westgate")
_TRADES = ("Medical Supplies", "Orthotics", "Wellness Trading")
_GOODS = ("Foam Roller", "Ice Pack", "Knee Brace", "Massage Oil", "Resistance Band", "Strapping")


def account_of(connection: sqlite3.Connection, key: str, products: int) -> int:
    """Return the account of a key, and open one with so many products for a key that is new.

    Raises Unauthorized if the key has not the form of those that the service gives out.
    """
    if not _KEY.fullmatch(key):
        raise Unauthorized
    digest = hashlib.sha256(key.encode()).hexdigest()
    known = select(connection, "accounts", Condition.of(key_digest=digest))
    return known[0]["id"] if known else _open(connection, digest, products)


def _open(connection: sqlite3.Connection, digest: str, products: int) -> int:
    account = insert(connection, "accounts", {"key_digest": digest})
    choice = int(digest, 16)
    user = {"first_name": "Jo", "last_name": "Hart", "email": "jo.hart@example.com"}
    insert(connection, "users", _dated(account, 0, **user))
    taxes, suppliers = [], []
    for day, rate in enumerate(("0.0", _RATES[choice % 5], _RATES[(choice + 2) % 5])):
        name = f"Tax {rate}%" if float(rate) else "Tax free"
        row = _dated(account, day, name=name, rate=rate)
        taxes.append(insert(connection, "taxes", row))
    for day, trade in enumerate(_TRADES):
        name = f"{_PLACES[(choice + day) % 5]} {trade}"
        row = _dated(account, day, name=name)
        suppliers.append(insert(connection, "product_suppliers", row))
    for number in range(products):
        insert(connection, "products", _product(account, choice + number, taxes, suppliers))
    return account


def _product(account: int, choice: int, taxes: list[int], suppliers: list[int]) -> dict[str, Any]:
    """A product; not every one has all that a product can have, and every ninth is archived."""
    day = 10 + choice % 300
    row = _dated(
        account,
        day,
        name=f"{_GOODS[choice % 6]} {choice % 90 + 10}",
        item_code=None if choice % 5 == 0 else f"ITEM-{choice % 10_000:04}",
        cost_price=f"{choice % 40}.{choice % 4 * 25}",
        price=None if choice % 7 == 0 else f"{choice % 90 + 5}.95",
        price_includes_tax=choice % 2,
        stock_level=None if choice % 11 == 0 else choice % 60 - 5,
        tax_id=taxes[choice % 3],
        product_supplier_id=None if choice % 4 == 0 else suppliers[choice % 3],
    )
    if choice % 9 == 0:
        row["archived_at"] = row["updated_at"] = _time(day + 30)
    return row


def _dated(account: int, day: int, **values: Any) -> dict[str, Any]:
    time = _time(day)
    return {"account_id": account, **values, "created_at": time, "updated_at": time}


def _time(day: int) -> str:
    return f"{_OPENED + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}"
