"""Built's movements of stock, sales and purchases, for the contract suite (built.txt)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from mock_server.apis.built.lifecycle.lists import PAGING
from mock_server.apis.built.lifecycle.values import amount, day, note, stock
from mock_server.lifecycle.model import (
    Create,
    Field,
    Filter,
    Json,
    Listing,
    Move,
    Parts,
    Resource,
    Source,
    Summary,
)
from mock_server.lifecycle.pointers import Shown
from mock_server.lifecycle.values import Kind, choice, number

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


def _booked_as(name: str) -> Callable[[Decimal], Mapping[str, Decimal]]:
    """What a move books to the item's own account.

    In the document's samples the credit went from 457.66 to 1,176.84, which are ten sold and one
    adjusted away, at 65.38 each; the debit of an increase is the other side of that.
    """
    return lambda quantity: {f"/{name}": _amount(quantity)}


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
        also=_booked_as("total_debit"),
    ),
    Move(
        "decrease",
        "adjustStock",
        _adjustment("decrease"),
        effect=lambda quantity: -quantity,
        wrong=_NO_QUANTITY,
        shows=_entry("decrease"),
        also=_booked_as("total_credit"),
    ),
    Move(
        "production",
        "adjustStockFromProduction",
        _production,
        effect=lambda quantity: quantity,
        wrong=_NO_QUANTITY,
        other=lambda quantity: -_USED * quantity,
        shows=_produced,
        taken=Listing("listRawMaterials", ""),
    ),
)
HISTORY = Listing("listStockHistory", "/data", PAGING, total="/total")


def _day_near(*, past: bool) -> Callable[[Random, Sequence[Json]], str | None]:
    """Draw days next to one on which something was issued, most of which leave some line out.

    Nothing was issued on the day itself: the document does not say whether the first and the last
    day count. `past`: what is before the day is left out.
    """

    def draw(random: Random, lines: Sequence[Json]) -> str | None:
        issued = {date.fromisoformat(line["issue_date"]) for line in lines}
        near = {day + timedelta(days=step) for day in issued for step in (-1, 1)}
        free = sorted(near - issued)
        selective = free[1:] if past else free[:-1]
        between = [day for day in selective if min(issued) < day < max(issued)]
        days = between or selective if random.random() < 0.8 else free
        return random.choice(days).isoformat() if days else None

    return draw


_PERIODS = (
    Filter(
        "from",
        value=_day_near(past=True),
        query=lambda day: (("from", day), ("to", _AFTER)),
        holds=lambda line, day: line["issue_date"] > day,
    ),
    Filter(
        "to",
        value=_day_near(past=False),
        query=lambda day: (("from", _BEFORE), ("to", day)),
        holds=lambda line, day: line["issue_date"] < day,
    ),
)


def _lines(name: str, items: str, total: str) -> Resource:
    """What was sold or bought of an item; only documents that the page leaves out make more."""
    operation = "listItemTransactions"
    # What is in stock was bought, and most of it is sold.
    path = {"id": Source("listInventoryItems", "", "/id")}
    return Resource(
        name,
        lists=(Listing(operation, items, path=path, filters=_PERIODS),),
        summaries=(Summary(operation, total, _amounts, operation),),
    )


def _amounts(lines: Sequence[Json]) -> Decimal:
    return sum((number(line["amount"]) for line in lines), Decimal(0))


SALE = _lines("sale", "/transactions/sales", "/total_sales")
PURCHASE = _lines("purchase", "/transactions/purchase", "/total_purchases")


def _booked(values: Json) -> Json:
    return {
        "account_id": Shown("/purchase_accountID"),
        "item_id": Shown("/id"),
        "quantity": Shown("/quantity"),
        **values,
    }


def _without(name: str) -> Callable[[Json], Json]:
    return lambda values: {key: each for key, each in _booked(values).items() if key != name}


def _required(name: str, kind: Kind, **known: Any) -> Field:
    return Field(name, kind, required=True, **known)


#: What an adjustment is, besides what it does (`MOVES`); facts, section 4, for what it must name.
ADJUSTMENT = Resource(
    "adjustment",
    id_in_path="adjustment",
    fields=(
        _required("type", choice("increase", "decrease"), shown="/type", wrong=("sideways", "")),
        _required("adjustment_quantity", stock(1, 9), shown="/quantity"),
        _required("unit_price", amount(), shown="/unit_price", wrong=("a lot",)),
        _required("amount", amount(), shown="/amount", wrong=("a lot",)),
        _required("date", day(), shown="/date"),
        Field("note", note(), "/note"),
    ),
    tag="note",
    create=Create(
        "adjustStock",
        _booked,
        wrong={f"no {name}": _without(name) for name in ("item_id", "account_id", "quantity")},
    ),
    lists=(
        HISTORY,
        # Built.txt: the addresses in the pages name this one.
        Listing("listStockHistoryAlternate", "/data", PAGING, total="/total"),
    ),
    created="/created_at",
    updated="/updated_at",
    parent="stocked item",
    parent_in_path="id",
)
