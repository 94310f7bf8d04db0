"""How Exsited shows an item's inventory, inside an item and on its own."""

from __future__ import annotations

from typing import Any

from mock_server.apis.exsited.inventory_models import Inventory, Stock
from mock_server.apis.exsited.models import WAREHOUSES, Item
from mock_server.apis.exsited.spelling import flag_text
from mock_server.apis.exsited.values import amount_text, quantity_text
from mock_server.engine.context import Context
from mock_server.engine.memo import remembered
from mock_server.engine.messages import Request


def inventory_on_item(item: Item, request: Request, context: Context) -> dict[str, Any]:
    """Return the inventory inside an item (exsited.txt, Create a New Standard Item)."""
    return {**_inventory_settings(item.inventory), "warehouses": stock_list(item, request, context)}


@remembered
def _inventory_settings(part: Inventory) -> dict[str, Any]:
    """The inventory inside an item; its warehouses, which name other records, take their place."""
    return {
        "enabled": flag_text(part.enabled),
        "enable_warehouse_management": flag_text(part.warehouse_management),
        "warehouses": [],
        "default_warehouse": part.default_warehouse,
        "inventory_properties": {
            "enable_low_stock_notification": flag_text(part.low_stock_notification),
            "low_stock_threshold_based_on": part.low_stock_based_on,
            "enable_reordering": flag_text(part.reordering),
            "reordering_threshold_based_on": part.reordering_based_on,
            "quantity_available_for_sale_determination": list(part.determinants),
            "quantity_available_for_sale": part.available_for_sale,
            "enable_preorder": flag_text(part.preordering),
            "enable_serialization": flag_text(part.serialization),
            "enable_batch_tracking": flag_text(part.batch_tracking),
            "enable_inventory_costing": flag_text(part.costing),
            "use_atp_value_as_quantity_available_for_webhook": flag_text(part.atp_for_webhook),
            "default_cost_per_unit": "",
        },
    }


def inventory(item: Item, request: Request, context: Context) -> dict[str, Any]:
    """Return the inventory on its own (exsited.txt, Configure Item Inventory).

    What the document's sample lacks and a request may set is added, so that it can be read back
    (inferred).
    """
    part = item.inventory
    return {
        "isEnabled": flag_text(part.enabled),
        "warehouse_isEnabled": flag_text(part.warehouse_management),
        "warehouses": [
            {**stock(each, item, request, context), **_recorded(each, part)} for each in part.stock
        ],
        "default_warehouse": part.default_warehouse,
        "inventory_properties": {
            **availability(part),
            "low_stock_threshold_for_individual_warehouses": [
                {"warehouse": each.warehouse, "low_stock_threshold": amount_text(each.limit)}
                for each in part.low_stock_thresholds
            ],
            "reordering_threshold_for_individual_warehouses": [
                {
                    "warehouse": each.warehouse,
                    "use_last_purchase_price": flag_text(each.use_last_purchase_price),
                    "preferred_supplier": each.preferred_supplier,
                    "reordering_threshold": amount_text(each.limit),
                }
                for each in part.reordering_thresholds
            ],
            "enable_preordering": flag_text(part.preordering),
            "preorder_period": part.preorder_period,
            "preorder_configuration": [
                {
                    "name": each.name,
                    "start_date": each.start_date,
                    "end_date": each.end_date,
                }
                for each in part.preorder_periods
            ],
            "use_last_purchase_price": flag_text(part.use_last_purchase_price),
            "enable_serialization": flag_text(part.serialization),
            "enable_batch_tracking": flag_text(part.batch_tracking),
            "use_atp_as_quantity_available_for_webhook": flag_text(part.atp_for_webhook),
            "enable_inventory_costing": flag_text(part.costing),
            **_for_all_warehouses(part),
        },
    }


def _for_all_warehouses(part: Inventory) -> dict[str, str]:
    """The settings that only the vendor's SDK sends; each is there once it was set."""
    shown = {
        "low_stock_threshold": amount_text(part.low_stock_threshold),
        "reordering_threshold": amount_text(part.reordering_threshold),
        "preferred_supplier": part.preferred_supplier,
        "stock_required_for_sale": part.required_for_sale,
    }
    return {name: text for name, text in shown.items() if text}


def stock(part: Stock, item: Item, request: Request, context: Context) -> dict[str, Any]:
    """Return the stock in one warehouse."""
    warehouse = context.state.get(WAREHOUSES, part.warehouse)
    available = item.inventory.available(part)
    uuid = warehouse.uuid if warehouse else ""
    return {
        **_stock(part, uuid, item.base_uom, request.base_url),
        "quantity_available": quantity_text(available),
    }


@remembered
def _stock(part: Stock, uuid: str, uom: str, url: str) -> dict[str, Any]:
    return {
        "name": part.warehouse,
        "uuid": uuid,
        "link": f"{url}/api/v3/settings/warehouses/{uuid}",
        "quantity_on_hand": quantity_text(part.on_hand),
        "quantity_promised": quantity_text(part.promised),
        "quantity_on_order": quantity_text(part.on_order),
        "quantity_on_return": quantity_text(part.on_return),
        "quantity_on_purchase_return": quantity_text(part.on_purchase_return),
        "uom": uom,
    }


def stock_list(item: Item, request: Request, context: Context) -> list[dict[str, Any]]:
    """Return the stock of every linked warehouse."""
    return [stock(each, item, request, context) for each in item.inventory.stock]


def availability(part: Inventory) -> dict[str, Any]:
    """Return the settings that say what is available, notified and reordered."""
    return {
        "quantity_available_for_sale_determination": list(part.determinants),
        "quantity_available_for_sale": part.available_for_sale,
        "enable_low_stock_notification": flag_text(part.low_stock_notification),
        "low_stock_threshold_is_based_on": part.low_stock_based_on,
        "enable_reordering": flag_text(part.reordering),
        "reordering_threshold_is_based_on": part.reordering_based_on,
    }


def _recorded(part: Stock, inventory: Inventory) -> dict[str, Any]:
    """What was recorded with the stock of a warehouse."""
    shown: dict[str, Any] = {}
    if part.accounting_code:
        shown["accounting_code"] = part.accounting_code
    if inventory.serialization:
        shown["serial_numbers"] = list(part.serial_numbers)
    if inventory.batch_tracking:
        shown["batches"] = [
            {
                "batch_number": batch.number,
                "expiry_date": batch.expiry_date,
                "quantity": quantity_text(batch.quantity),
            }
            for batch in part.batches
        ]
    return shown
