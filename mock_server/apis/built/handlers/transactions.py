"""The operations that show what was sold and bought of an item (built.txt)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from mock_server.apis.built import indexes, ledger_serializers
from mock_server.apis.built.fields import day
from mock_server.apis.built.handlers.items import item_at
from mock_server.apis.built.models import PURCHASES, SALES, Item, Purchase, Sale
from mock_server.apis.built.operations import OPERATIONS
from mock_server.apis.built.serializers import listed_item
from mock_server.apis.built.values import bare, multiply, subtract, total
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request

R = TypeVar("R", Sale, Purchase)


@OPERATIONS.handles("getItem")
def get_item(request: Request, context: Context) -> Reply:
    """Return an item with its transactions of the present day (the day is inferred)."""
    item = item_at(request, context)
    today = context.now.date()
    body = _transactions(item, today, today, context)
    return Reply(200, {"item": listed_item(item, context), **body})


@OPERATIONS.handles("listItemTransactions")
def list_item_transactions(request: Request, context: Context) -> Reply:
    """Return an item's transactions, all or those issued from one day to another."""
    item = item_at(request, context)
    first, last = day(request.query.get("from")), day(request.query.get("to"))
    return Reply(200, _transactions(item, first, last, context))


def _transactions(
    item: Item, first: date | None, last: date | None, context: Context
) -> dict[str, Any]:
    """The totals and lines of a time; sales less purchases are the margin."""
    sales = _between(
        context.state.ordered(SALES, indexes.SALES_BY_ITEM).of_value(item.id), first, last
    )
    purchases = _between(
        context.state.ordered(PURCHASES, indexes.PURCHASES_BY_ITEM).of_value(item.id), first, last
    )
    sold, bought = _amount(sales), _amount(purchases)
    return {
        "total_sales": bare(sold),
        "total_purchases": bare(bought),
        "total_margin": bare(subtract(sold, bought)),
        "from": first and _midnight(first),
        "to": last and _midnight(last),
        "transactions": {
            "sales": [ledger_serializers.sale(line, context) for line in sales],
            "purchase": [ledger_serializers.purchase(line, item, context) for line in purchases],
        },
    }


def _between(lines: Sequence[R], first: date | None, last: date | None) -> list[R]:
    return [
        line
        for line in lines
        if (first is None or first <= line.issue_date) and (last is None or line.issue_date <= last)
    ]


def _amount(lines: Sequence[Sale] | Sequence[Purchase]) -> Decimal:
    return total(multiply(line.quantity, line.unit_price) for line in lines)


def _midnight(moment: date) -> str:
    return f"{moment.isoformat()}T00:00:00.000000Z"
