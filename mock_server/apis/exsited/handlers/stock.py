"""Stock that comes in or goes out (exsited.txt, Add Inventory to Item).

That a negative quantity takes stock out was observed; the rules about serial numbers and batches
follow from the document's words on what is tracked, their answers are inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mock_server.apis.exsited import item_views
from mock_server.apis.exsited.idempotency import answered_once
from mock_server.apis.exsited.inventory_models import Batch, Inventory, Stock
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.records import changeable_item_of, root_of, save
from mock_server.apis.exsited.references import must_exist
from mock_server.apis.exsited.values import quantity_of
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import Reply, Request

_REFERENCES = (
    ("*.inventories.warehouses.*.name", "warehouse"),
    ("*.inventories.warehouses.*.accounting_code", "accounting code"),
)


@OPERATIONS.handles("addItemInventory", "addItemInventories", rules=[must_exist(*_REFERENCES)])
@answered_once
def add_item_inventory(request: Request, context: Context) -> Reply:
    """Apply every entry, one after the other, or none; answer with the whole item."""
    item = changeable_item_of(request, context)
    if not item.inventory.enabled:
        raise Conflict("inventoryDisabled")
    inventory = item.inventory
    for entry in root_of(request)["inventories"]["warehouses"]:
        quantity = quantity_of(entry["quantity"])
        # A deactivated item is unavailable for orders, and stock goes out through them.
        if quantity < 0 and item.status != "ACTIVE":
            raise Conflict("inactive")
        inventory = moved(inventory, entry, quantity)
    item = save(replace(item, inventory=inventory), context)
    return Reply(200, {"item": item_views.item_after_stock(item, request, context)})


def moved(inventory: Inventory, entry: Mapping[str, Any], quantity: Decimal) -> Inventory:
    """Return the inventory after one entry of a request; raises Conflict."""
    stock = inventory.stock_in(entry["name"])
    if stock is None:
        raise Conflict("notLinked", value=entry["name"])
    changed = replace(
        stock,
        on_hand=stock.on_hand + quantity,
        accounting_code=entry.get("accounting_code") or stock.accounting_code,
    )
    if changed.on_hand < 0 or quantity < -_removable(inventory, stock):
        raise Conflict("stockBelowZero", value=stock.warehouse)
    if inventory.serialization:
        changed = _with_serials(inventory, changed, entry.get("serial_number", ""), quantity)
    if inventory.batch_tracking:
        changed = _with_batch(changed, entry, quantity)
    rest = {each.warehouse: each for each in inventory.stock}
    return replace(inventory, stock=tuple({**rest, stock.warehouse: changed}.values()))


def _removable(inventory: Inventory, stock: Stock) -> Decimal:
    """What can be taken out: what is available, where that goes by what is on hand (inferred)."""
    if "QUANTITY_ON_HAND" not in inventory.determinants:
        return stock.on_hand
    return inventory.available(stock)


def _with_serials(inventory: Inventory, stock: Stock, listed: str, quantity: Decimal) -> Stock:
    """The stock with the serial numbers of what comes in, or without those of what goes out.

    There are as many as the quantity says, and no two units of the item share one.
    """
    serials = [part.strip() for part in listed.split(",") if part.strip()]
    if len(serials) != abs(quantity):
        raise Conflict("serialCount")
    repeated = next((each for each in serials if serials.count(each) > 1), None)
    if repeated is not None:
        raise Conflict("serialTaken", value=repeated)
    if quantity < 0:
        unknown = next((each for each in serials if each not in stock.serial_numbers), None)
        if unknown is not None:
            raise Conflict("serialUnknown", value=unknown)
        kept = tuple(each for each in stock.serial_numbers if each not in serials)
        return replace(stock, serial_numbers=kept)
    taken = {number for each in inventory.stock for number in each.serial_numbers}
    known = next((each for each in serials if each in taken), None)
    if known is not None:
        raise Conflict("serialTaken", value=known)
    return replace(stock, serial_numbers=(*stock.serial_numbers, *serials))


def _with_batch(stock: Stock, entry: Mapping[str, Any], quantity: Decimal) -> Stock:
    """The stock with the quantity put into, or taken out of, the batch that is named."""
    number = entry.get("batch_number", "").strip()
    if not number:
        raise Conflict("batchMissing")
    batches = {each.number: each for each in stock.batches}
    batch = batches.get(number, Batch(number, "", Decimal(0)))
    batch = replace(
        batch,
        expiry_date=entry.get("expiry_date") or batch.expiry_date,
        quantity=batch.quantity + quantity,
    )
    if batch.quantity < 0:
        raise Conflict("batchShort", value=number)
    batches[number] = batch
    return replace(stock, batches=tuple(each for each in batches.values() if each.quantity))
