"""The operations on stock: adjustments, productions and their history (built.txt)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from mock_server.apis.built import indexes, ledger_serializers
from mock_server.apis.built.fields import day, number, record_id, text
from mock_server.apis.built.handlers.items import item_at
from mock_server.apis.built.ledger import moved
from mock_server.apis.built.models import ADJUSTMENTS, ITEMS, Adjustment, Item, UsedMaterial
from mock_server.apis.built.operations import OPERATIONS
from mock_server.apis.built.pages import page
from mock_server.apis.built.rules import references_exist, stock_is_kept, values_fit
from mock_server.apis.built.serializers import listed_item
from mock_server.apis.built.values import ZERO, bare, multiply, stored
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import NO_BODY, Reply, Request


@OPERATIONS.handles("adjustStock", rules=[values_fit, references_exist, stock_is_kept])
def adjust_stock(request: Request, context: Context) -> Reply:
    """Increase or decrease an item's stock by `adjustment_quantity`, worth `amount`.

    The present stock that the caller sends decides nothing, and the amount is taken as it comes
    (inferred; the document only says how a caller should work it out).
    """
    body = request.body
    item = _named(body["item_id"], context)
    adjustment = Adjustment(
        id=context.state.next_id(ADJUSTMENTS),
        item_id=item.id,
        type=body["type"],
        origin="advanced",
        quantity=_stored(body["adjustment_quantity"]),
        unit_price=_stored(body["unit_price"]),
        amount=_stored(body["amount"]),
        account_id=record_id(body["account_id"]) or 0,
        date=_day(body["date"]),
        note=text(body.get("note")),
        created_at=context.now.replace(microsecond=0),
    )
    _book(adjustment, context)
    return Reply(200, ledger_serializers.booked_adjustment(adjustment, context))


@OPERATIONS.handles("adjustStockFromProduction", rules=[values_fit, stock_is_kept])
def adjust_stock_from_production(request: Request, context: Context) -> Reply:
    """Take what was used from each material, and add what was made to the product.

    Nothing is booked if the product or any material doesn't exist (302). Each movement is worth its
    quantity times the item's cost, a material's as the caller says it; the other side of a
    material's account is the product's and the other way round (inferred).
    """
    body = request.body
    product = _named(body["product_id"], context)
    made_on = _day(body["date"])
    note = text(body.get("note"))
    materials = tuple(_used(entry, context) for entry in body["materials"])
    for used in materials:
        _book(_use(used, product, made_on, note, context), context)
    product = _named(product.id, context)
    quantity = _stored(body["adjustment_quantity"])
    _book(
        Adjustment(
            id=context.state.next_id(ADJUSTMENTS),
            item_id=product.id,
            type="increase",
            origin="production",
            quantity=quantity,
            unit_price=product.unit_price,
            amount=bare(multiply(quantity, product.unit_price)),
            account_id=_inventory_account(_named(materials[0].item_id, context), context),
            date=made_on,
            note=note,
            created_at=context.now.replace(microsecond=0),
            materials=materials,
        ),
        context,
    )
    return Reply(200, NO_BODY)


@OPERATIONS.handles("listStockHistory", "listStockHistoryAlternate")
def list_stock_history(request: Request, context: Context) -> Reply:
    """List an item's adjustments, 20 to a page; the links lead to `/api/v2/item/adjustments`."""
    item = item_at(request, context)
    records = context.state.ordered(ADJUSTMENTS, indexes.ADJUSTMENTS_BY_ITEM).of_value(item.id)
    url = f"{request.base_url}/api/v2/item/adjustments/{item.id}"
    return Reply(
        200,
        page(
            records,
            request.query.get("page"),
            url,
            lambda record: ledger_serializers.stock_record(record, item, context),
        ),
    )


@OPERATIONS.handles("listRawMaterials")
def list_raw_materials(request: Request, context: Context) -> Reply:
    """List what went into an item's productions, each material once, as it is now."""
    item = item_at(request, context)
    records = context.state.ordered(ADJUSTMENTS, indexes.ADJUSTMENTS_BY_ITEM).of_value(item.id)
    numbers = dict.fromkeys(
        used.item_id for record in reversed(records) for used in record.materials
    )
    return Reply(200, [listed_item(used, context) for used in _present(numbers, context)])


def _present(numbers: dict[int, None], context: Context) -> Iterator[Item]:
    for number_ in numbers:
        item = context.state.get(ITEMS, number_)
        if item is not None:
            yield item


def _named(value: Any, context: Context) -> Item:
    key = record_id(value)
    item = None if key is None else context.state.get(ITEMS, key)
    if item is None:
        raise RecordNotFound("item", value)
    return item


def _stored(value: Any) -> Decimal:
    return stored(number(value) or ZERO)


def _day(value: Any) -> date:
    found = day(value)
    assert found is not None  # noqa: S101 - the spec's format `php-date` is this function
    return found


def _used(entry: dict[str, Any], context: Context) -> UsedMaterial:
    item = _named(entry["id"], context)
    return UsedMaterial(
        item_id=item.id,
        name=text(entry["name"]),
        quantity=_stored(entry["usedQuantity"]),
        unit_cost=_stored(entry["unit_cost"]),
        inventory_account_id=record_id(entry["inventory_accountID"]) or 0,
    )


def _use(
    used: UsedMaterial, product: Item, made_on: date, note: str, context: Context
) -> Adjustment:
    return Adjustment(
        id=context.state.next_id(ADJUSTMENTS),
        item_id=used.item_id,
        type="decrease",
        origin="material",
        quantity=used.quantity,
        unit_price=used.unit_cost,
        amount=bare(multiply(used.quantity, used.unit_cost)),
        account_id=_inventory_account(product, context),
        date=made_on,
        note=note,
        created_at=context.now.replace(microsecond=0),
    )


def _inventory_account(item: Item, context: Context) -> int:
    return item.inventory_account_id or indexes.business_of(context).inventory_account_id


def _book(adjustment: Adjustment, context: Context) -> None:
    context.state.put(ADJUSTMENTS, adjustment)
    item = _named(adjustment.item_id, context)
    context.state.put(
        ITEMS,
        moved(item, adjustment.type, adjustment.quantity, adjustment.amount, adjustment.created_at),
    )
