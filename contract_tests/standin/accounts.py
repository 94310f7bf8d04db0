"""Who calls: each API key is an account of its own, furnished when it is first seen."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import Authorization

from contract_tests.standin.database import Condition, insert, select
from contract_tests.standin.refusals import Unauthorized

#: Something, a hyphen, and the shard: `MS0xLWZpcnN0-au1`.
_KEY = re.compile(r"[A-Za-z0-9_.=-]{1,200}-[a-z]{2}[0-9]{1,2}")
_OPENED = datetime(2024, 1, 8, 9, 0, tzinfo=UTC)
_RATES = ("5.0", "10.0", "15.0", "20.0", "8.875")
_PLACES = ("Harbour", "Northside", "Riverbend", "Summit", "Westgate")
_TRADES = ("Medical Supplies", "Orthotics", "Wellness Trading")


def account_of(connection: sqlite3.Connection, authorization: Authorization | None) -> int:
    """Return the account of a key, and open one for a key that is new.

    A key is the user name of HTTP Basic, with no password. Raises Unauthorized.
    """
    if authorization is None or authorization.type != "basic" or authorization.password:
        raise Unauthorized
    if not _KEY.fullmatch(authorization.username or ""):
        raise Unauthorized
    digest = hashlib.sha256(str(authorization.username).encode()).hexdigest()
    known = select(connection, "accounts", Condition.of(key_digest=digest))
    return known[0]["id"] if known else _open(connection, digest)


def _open(connection: sqlite3.Connection, digest: str) -> int:
    account = insert(connection, "accounts", {"key_digest": digest})
    choice = int(digest, 16)
    rates = ["0.0", _RATES[choice % 5], _RATES[(choice + 2) % 5]]
    for day, rate in enumerate(rates):
        name = f"Tax {rate}%" if float(rate) else "Tax free"
        insert(connection, "taxes", _dated(account, day, {"name": name, "rate": rate}))
    for day, trade in enumerate(_TRADES):
        name = f"{_PLACES[(choice + day) % 5]} {trade}"
        insert(connection, "product_suppliers", _dated(account, day, {"name": name}))
    return account


def _dated(account: int, day: int, values: dict[str, str]) -> dict[str, object]:
    time = f"{_OPENED + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}"
    return {"account_id": account, **values, "created_at": time, "updated_at": time}
