"""Inventory settings: warehouses are linked, thresholds kept for each."""

from __future__ import annotations

import pytest

from tests.apis.exsited.organisation import refusal


def configure(organisation, item_id, **inventories):
    body = {"item": {"inventories": inventories}}
    return organisation.done(f"/items/{item_id}/inventory", body)["item"]["inventories"]


def test_linked_warehouses_begin_with_nothing(empty):
    item_id = empty.item()["id"]
    answer = configure(
        empty,
        item_id,
        isEnabled="true",
        warehouse_isEnabled="true",
        warehouses=[{"name": "North Depot"}, {"name": "Harbour Store"}],
    )
    assert (answer["isEnabled"], answer["warehouse_isEnabled"]) == ("true", "true")
    uuids = {each["name"]: each["uuid"] for each in empty.get("/settings/warehouses")["warehouses"]}
    for name, stock in zip(("North Depot", "Harbour Store"), answer["warehouses"], strict=True):
        assert stock == {
            "name": name,
            "uuid": uuids[name],
            "link": f"http://mock.test/exsited/api/v3/settings/warehouses/{uuids[name]}",
            "quantity_on_hand": "0",
            "quantity_promised": "0",
            "quantity_on_order": "0",
            "quantity_on_return": "0",
            "quantity_on_purchase_return": "0",
            "quantity_available": "0",
            "uom": "UNIT",
        }
        linked = empty.client.get(stock["link"]).raise_for_status().json()["warehouse"]
        assert (linked["name"], linked["uuid"]) == (name, uuids[name])
    assert answer["default_warehouse"] == "North Depot"
    assert answer["inventory_properties"]["quantity_available_for_sale"] == "QTY_AVAILABLE"
    assert len(answer["inventory_properties"]["quantity_available_for_sale_determination"]) == 5


def test_everything_that_is_written_can_be_read_back(empty):
    item_id = empty.item()["id"]
    properties = {
        "enable_low_stock_notification": "true",
        "low_stock_threshold_is_based_on": "INDIVIDUAL_WAREHOUSES",
        "low_stock_threshold_for_individual_warehouses": [
            {"warehouse": "North Depot", "low_stock_threshold": "5"},
            {"warehouse": "Harbour Store", "low_stock_threshold": 8.5},
        ],
        "enable_reordering": "true",
        "reordering_threshold_is_based_on": "INDIVIDUAL_WAREHOUSES",
        "reordering_threshold_for_individual_warehouses": [
            {
                "warehouse": "North Depot",
                "use_last_purchase_price": "true",
                "preferred_supplier": "SUPPLIER-0001",
                "reordering_threshold": "10",
            }
        ],
        "enable_preordering": "true",
        "preorder_period": "QUARTERLY",
        "preorder_configuration": [
            {"name": "Third quarter", "start_date": "2024-07-01", "end_date": "2024-09-30"}
        ],
        "use_last_purchase_price": "true",
        "enable_serialization": "true",
        "enable_batch_tracking": "true",
        "use_atp_as_quantity_available_for_webhook": "true",
        "enable_inventory_costing": "true",
        "quantity_available_for_sale_determination": ["QUANTITY_ON_HAND"],
        "quantity_available_for_sale": "UNLIMITED",
    }
    answer = configure(
        empty, item_id, default_warehouse="Harbour Store", inventory_properties=properties
    )
    low = [
        {"warehouse": "North Depot", "low_stock_threshold": "5.000000"},
        {"warehouse": "Harbour Store", "low_stock_threshold": "8.500000"},
    ]
    [level] = properties["reordering_threshold_for_individual_warehouses"]
    assert answer["inventory_properties"] == {
        **properties,
        "low_stock_threshold_for_individual_warehouses": low,
        "reordering_threshold_for_individual_warehouses": [
            {**level, "reordering_threshold": "10.000000"}
        ],
    }
    assert answer["default_warehouse"] == "Harbour Store"
    assert empty.inventories(item_id) == answer
    # Every warehouse that the request names is linked, in the order of naming.
    assert [each["name"] for each in answer["warehouses"]] == ["Harbour Store", "North Depot"]


def test_thresholds_are_kept_for_each_warehouse(empty):
    item_id = empty.stocked("North Depot")
    key = "low_stock_threshold_for_individual_warehouses"
    for name, limit in (("North Depot", "5"), ("Harbour Store", "6"), ("North Depot", "7")):
        entry = {"warehouse": name, "low_stock_threshold": limit}
        answer = configure(empty, item_id, inventory_properties={key: [entry]})
    assert answer["inventory_properties"][key] == [
        {"warehouse": "North Depot", "low_stock_threshold": "7.000000"},
        {"warehouse": "Harbour Store", "low_stock_threshold": "6.000000"},
    ]


def test_linking_again_keeps_the_stock(empty):
    item_id = empty.stocked("North Depot")
    empty.move(item_id, {"name": "North Depot", "quantity": "4"})
    configure(empty, item_id, warehouses=[{"name": "Default Warehouse"}, {"name": "North Depot"}])
    configure(empty, item_id, warehouses=[])
    assert {name: each["quantity_on_hand"] for name, each in empty.stock(item_id).items()} == {
        "North Depot": "4.000000",
        "Default Warehouse": "0",
    }


@pytest.mark.parametrize(
    ("inventories", "field"),
    [
        ({"warehouses": [{"name": "Nowhere"}]}, "warehouses.0.name"),
        ({"warehouses": [{}]}, "warehouses.0.name"),
        ({"default_warehouse": "Nowhere"}, "default_warehouse"),
        ({"isEnabled": "on"}, "isEnabled"),
        (
            {
                "inventory_properties": {
                    "low_stock_threshold_for_individual_warehouses": [
                        {"warehouse": "Nowhere", "low_stock_threshold": "1"}
                    ]
                }
            },
            "inventory_properties.low_stock_threshold_for_individual_warehouses.0.warehouse",
        ),
        (
            {"inventory_properties": {"quantity_available_for_sale_determination": "ALL"}},
            "inventory_properties.quantity_available_for_sale_determination",
        ),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_linked(organisation, inventories, field):
    before = organisation.get("/items/ITEM-0001")
    body = {"item": {"inventories": inventories}}
    status, _, entries = refusal(organisation.send("/items/ITEM-0001/inventory", body))
    assert (status, [name for name, _ in entries]) == (400, [f"item.inventories.{field}"])
    assert organisation.get("/items/ITEM-0001") == before


def test_only_standard_items_have_an_inventory(organisation):
    items = organisation.get("/items", limit=100)["items"]
    other = next(
        item for item in items if item["type"] != "STANDARD" and item["status"] == "ACTIVE"
    )
    body = {"item": {"inventories": {"isEnabled": "true"}}}
    assert refusal(organisation.send(f"/items/{other['id']}/inventory", body))[0] == 409
