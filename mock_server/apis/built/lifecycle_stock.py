"""Built's movements of stock, sales and purchases, for the contract suite (built.txt)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from mock_server.apis.built.lifecycle_lists import PAGING
from mock_server.lifecycle.model import Filter, Json, Listing, Move, Parts, Query
from mock_server.lifecycle.pointers import Shown

_DAY = "2024-11-12"
_NOTE = "Counted by the contract suite"
_PRICE = Decimal("11.65")
#: What a production takes of its material for each piece.
_USED = 2
_BEFORE, _AFTER = "2000-01-01", "2100-01-01"


def _amount(quantity: Any) -> Any:
    return quantity * _PRICE if isinstance(quantity, Decimal) else _PRICE


def _adjustment(way: str) -> Callable[[str, Any], Parts]:
    def parts(item: str, quantity: Any) -> Parts:
        body = {
            "type": way,
            # Any account of the business; every item names this one.
            "account_id": Shown("/purchase_accountID"),
            "item_id": int(item),
            "quantity": Shown("/quantity"),
            "unit_price": _PRICE,
            "amount": _amount(quantity),
            "note": _NOTE,
            "date": _DAY,
            "adjustment_quantity": quantity,
        }
        return Parts(path={"id": item}, body=body)

    return parts


def _entry(way: str) -> Callable[[Decimal], Mapping[str, Decimal | str]]:
    def shows(quantity: Decimal) -> Mapping[str, Decimal | str]:
        return {
            "/type": way,
            "/quantity": quantity,
            "/unit_price": _PRICE,
            "/amount": _amount(quantity),
            "/date": _DAY,
            "/note": _NOTE,
        }

    return shows


def _production(item: str, quantity: Any) -> Parts:
    used = quantity * _USED if isinstance(quantity, Decimal) else quantity
    material = {
        "id": Shown("/id", other=True),
        "name": Shown("/name", other=True),
        "usedQuantity": used,
        "unit_cost": Shown("/unit_cost", other=True),
        "inventory_accountID": Shown("/inventory_accountID", other=True),
        "quantity": Shown("/quantity", other=True),
    }
    body = {
        "materials": [material],
        "product_id": item,
        "date": _DAY,
        "adjustment_quantity": quantity,
        "note": _NOTE,
    }
    return Parts(path={"id": item}, body=body)


def _produced(quantity: Decimal) -> Mapping[str, Decimal | str]:
    return {"/type": "increase", "/quantity": quantity, "/date": _DAY, "/note": _NOTE}


#: Facts, section 4: the quantity is asked for in both, and `must be a number`.
_NO_QUANTITY = ("some", "", None)
MOVES = (
    Move(
        "increase",
        "adjustStock",
        _adjustment("increase"),
        effect=lambda quantity: quantity,
        wrong=_NO_QUANTITY,
        shows=_entry("increase"),
    ),
    Move(
        "decrease",
        "adjustStock",
        _adjustment("decrease"),
        effect=lambda quantity: -quantity,
        wrong=_NO_QUANTITY,
        shows=_entry("decrease"),
    ),
    Move(
        "production",
        "adjustStockFromProduction",
        _production,
        effect=lambda quantity: quantity,
        wrong=_NO_QUANTITY,
        other=lambda quantity: -_USED * quantity,
        shows=_produced,
    ),
)
HISTORY = Listing("listStockHistory", "/data", PAGING, total="/total")
#: Built.txt: the addresses in the pages name this one.
HISTORY_ALTERNATE = Listing("listStockHistoryAlternate", "/data", PAGING, total="/total")


def _free_day(random: Random, lines: Sequence[Json]) -> str | None:
    """A day on or near which something was issued, but not on it itself.

    The document does not say whether the first and the last day count.
    """
    issued = {date.fromisoformat(line["issue_date"]) for line in lines}
    near = {day + timedelta(days=step) for day in issued for step in (-1, 1)} - issued
    return random.choice(sorted(near)).isoformat() if near else None


def _period(first: str, last: str) -> Query:
    return (("from", first), ("to", last))


PERIODS = (
    Filter(
        "from",
        value=_free_day,
        query=lambda day: _period(day, _AFTER),
        holds=lambda line, day: line["issue_date"] > day,
    ),
    Filter(
        "to",
        value=_free_day,
        query=lambda day: _period(_BEFORE, day),
        holds=lambda line, day: line["issue_date"] < day,
    ),
)
SALES = Listing("listItemTransactions", "/transactions/sales", filters=PERIODS)
PURCHASES = Listing("listItemTransactions", "/transactions/purchase", filters=PERIODS)
