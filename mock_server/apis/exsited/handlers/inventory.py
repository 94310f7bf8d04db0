"""The inventory settings of an item (exsited.txt, Configure Item Inventory)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mock_server.apis.exsited import inventory_serializers
from mock_server.apis.exsited.idempotency import answered_once
from mock_server.apis.exsited.inventory_models import (
    Inventory,
    LowStockThreshold,
    PreorderPeriod,
    ReorderingThreshold,
    Stock,
)
from mock_server.apis.exsited.models import Item
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.records import changeable_item_of, item_of, root_of, save
from mock_server.apis.exsited.references import ends_before_starts, must_exist
from mock_server.apis.exsited.spelling import flags, given
from mock_server.apis.exsited.values import amount_of, quantity_of
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict, Violation
from mock_server.engine.messages import Reply, Request

_LOW = "low_stock_threshold_for_individual_warehouses"
_REORDERING = "reordering_threshold_for_individual_warehouses"
_REFERENCES = (
    ("*.inventories.warehouses.*.name", "warehouse"),
    ("*.inventories.default_warehouse", "warehouse"),
    (f"*.inventories.inventory_properties.{_LOW}.*.warehouse", "warehouse"),
    (f"*.inventories.inventory_properties.{_REORDERING}.*.warehouse", "warehouse"),
)
_PROPERTY_FLAGS = {
    "low_stock_notification": "enable_low_stock_notification",
    "reordering": "enable_reordering",
    "preordering": "preordering",
    "use_last_purchase_price": "use_last_purchase_price",
    "serialization": "enable_serialization",
    "batch_tracking": "enable_batch_tracking",
    "atp_for_webhook": "atp_for_webhook",
    "costing": "enable_inventory_costing",
}
_PROPERTY_TEXTS = {
    "low_stock_based_on": "low_stock_based_on",
    "reordering_based_on": "reordering_based_on",
    "preorder_period": "preorder_period",
    "available_for_sale": "quantity_available_for_sale",
    "preferred_supplier": "preferred_supplier",
    "required_for_sale": "stock_required_for_sale",
}
_PROPERTY_AMOUNTS = {
    "low_stock_threshold": "low_stock_threshold",
    "reordering_threshold": "reordering_threshold",
}


@OPERATIONS.handles("getItemInventories")
def get_item_inventories(request: Request, context: Context) -> Reply:
    """Return the inventory settings and the stock of each warehouse."""
    return Reply(200, _answer(item_of(request, context), request, context))


def periods_are_in_order(request: Request, _: Context) -> Iterator[Violation]:
    """Refuse a preorder period that ends before it starts (inferred)."""
    place = "*.inventories.inventory_properties.preorder_configuration.*"
    yield from ends_before_starts(request.body, place)


@OPERATIONS.handles(
    "configureItemInventory",
    "configureItemInventories",
    "updateItemInventories",
    rules=[must_exist(*_REFERENCES), periods_are_in_order],
)
@answered_once
def configure_item_inventory(request: Request, context: Context) -> Reply:
    """Link warehouses and change settings, and answer with the inventory.

    Only items of the type STANDARD have one (observed in version 4).
    """
    item = changeable_item_of(request, context)
    if item.type != "STANDARD":
        raise Conflict("notStocked", value=item.type)
    part = root_of(request)["inventories"]
    item = save(replace(item, inventory=changed_inventory(item.inventory, part)), context)
    return Reply(200, _answer(item, request, context))


def changed_inventory(
    inventory: Inventory, part: Mapping[str, Any], enabled: str = "isEnabled"
) -> Inventory:
    """Return the inventory with what a request's `inventories` names; the rest stays as it was.

    `enabled` is the spelling of that flag in the operation's own sample.
    """
    properties = part.get("inventory_properties", {})
    changed = replace(
        inventory,
        **flags(part, {"enabled": enabled, "warehouse_management": "warehouse_management"}),
        **given(part, {"default_warehouse": "default_warehouse"}),
        **_changed_properties(inventory, properties),
    )
    return _linked(changed, part, properties)


def first_inventory(part: Mapping[str, Any]) -> Inventory:
    """Return the inventory that a new item begins with.

    Warehouses may bring their first stock; naming any turns tracking on unless the request says
    otherwise (inferred).
    """
    entries = part.get("warehouses", ())
    blank = Inventory(enabled=bool(entries), warehouse_management=bool(entries))
    inventory = changed_inventory(blank, part, "enabled")
    stock = {each.warehouse: each for each in inventory.stock}
    for entry in entries:
        quantity = quantity_of(entry.get("quantity_available", ""))
        stock[entry["name"]] = Stock(
            entry["name"],
            on_hand=quantity,
            accounting_code=entry.get("accounting_code", ""),
        )
    return replace(inventory, stock=tuple(stock.values()))


def _changed_properties(inventory: Inventory, part: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {
        **flags(part, _PROPERTY_FLAGS),
        **given(part, _PROPERTY_TEXTS),
        **{name: amount_of(value) for name, value in given(part, _PROPERTY_AMOUNTS).items()},
    }
    if _LOW in part:
        low = {each.warehouse: each for each in inventory.low_stock_thresholds}
        for entry in part[_LOW]:
            limit = amount_of(entry["low_stock_threshold"])
            low[entry["warehouse"]] = LowStockThreshold(entry["warehouse"], limit)
        changes["low_stock_thresholds"] = tuple(low.values())
    if _REORDERING in part:
        levels = {each.warehouse: each for each in inventory.reordering_thresholds}
        for entry in part[_REORDERING]:
            name = entry["warehouse"]
            levels[name] = _changed_level(levels.get(name, ReorderingThreshold(name)), entry)
        changes["reordering_thresholds"] = tuple(levels.values())
    if "preorder_configuration" in part:
        changes["preorder_periods"] = tuple(
            PreorderPeriod(entry["name"], entry.get("start_date", ""), entry.get("end_date", ""))
            for entry in part["preorder_configuration"]
        )
    if "quantity_available_for_sale_determination" in part:
        named = part["quantity_available_for_sale_determination"]
        words = named.split(",") if isinstance(named, str) else named
        changes["determinants"] = tuple(dict.fromkeys(word for word in words if word))
    return changes


def _changed_level(level: ReorderingThreshold, entry: Mapping[str, Any]) -> ReorderingThreshold:
    changes: dict[str, Any] = {
        **flags(entry, {"use_last_purchase_price": "use_last_purchase_price"}),
        **given(entry, {"preferred_supplier": "preferred_supplier"}),
    }
    if "reordering_threshold" in entry:
        changes["limit"] = amount_of(entry["reordering_threshold"])
    return replace(level, **changes)


def _linked(
    inventory: Inventory, part: Mapping[str, Any], properties: Mapping[str, Any]
) -> Inventory:
    """The inventory with a link to every warehouse that the request names, wherever it does.

    The first one linked becomes the default if there is none (inferred).
    """
    names: Iterable[str] = dict.fromkeys(
        [
            *(entry["name"] for entry in part.get("warehouses", ())),
            *([part["default_warehouse"]] if "default_warehouse" in part else ()),
            *(entry["warehouse"] for entry in properties.get(_LOW, ())),
            *(entry["warehouse"] for entry in properties.get(_REORDERING, ())),
        ]
    )
    new = tuple(Stock(name) for name in names if inventory.stock_in(name) is None)
    stock = (*inventory.stock, *new)
    default = inventory.default_warehouse or (stock[0].warehouse if stock else "")
    return replace(inventory, stock=stock, default_warehouse=default)


def _answer(item: Item, request: Request, context: Context) -> dict[str, Any]:
    shown = inventory_serializers.inventory(item, request, context)
    return {"item": {"inventories": shown}}
