"""What the document names in a body is kept and read back, or marked as having no effect.

The tables are held to the spec, so a property that is added there and forgotten here is found.
"""

from __future__ import annotations

from itertools import count
from json import dumps

import pytest

from mock_server.data import specs_directory
from mock_server.openapi.document import SpecIndex, load_document
from tests.apis.bodies import effective, properties_with_effect

SPEC = SpecIndex("built", load_document(specs_directory() / "built.yaml"))
NUMBERS = count(1)
#: What is sent of each property of an item, where it shows, and what is shown; OTHER is the number
#: of another record than the item has without it.
OTHER = object()
ITEM_PROPERTIES = {
    "account_id": (OTHER, "account_id", OTHER),
    "buy_item": (0, "buying_item", 0),
    "category_id": (OTHER, "category_id", OTHER),
    "code": ("RB-1", "code", "RB-1"),
    "description": ("For walls", "description", "For walls"),
    "discount_amount": (1.5, "discount_amount", 1.5),
    "discount_percent": (3, "discount_percent", 3),
    "name": ("Narrow brush", "name", "Narrow brush"),
    "photo_path": ("/a.jpg", "photo", "/a.jpg"),
    "purchase_accountID": (OTHER, "purchase_accountID", OTHER),
    "quantity": (7, "quantity", 7),
    "quantity_limit": (5, "quantity_limit", 5),
    "retail_item": (0, "retail_item", 0),
    "selling_price": (20.5, "selling_price", 20.5),
    "tax": ("7", "tax_id", 7),
    "taxed": (1, "taxed", True),
    "track_inventory": (True, "track_inventory", True),
    "type": ("fixed asset", "type", "fixed asset"),
    "unit_price": (12.5, "unit_price", "12.50"),
}
BULK_PROPERTIES = {
    "buying_item": ("NO", "buying_item", 0),
    "category_id": (OTHER, "category_id", OTHER),
    "code": ("RB-2", "code", "RB-2"),
    "description": ("For walls", "description", "For walls"),
    "name": ("Broad brush", "name", "Broad brush"),
    "photo": ("/b.jpg", "photo", "/b.jpg"),
    "quantity": (7, "quantity", 7),
    "selling_item": ("NO", "retail_item", 0),
    "selling_price": (20.5, "selling_price", 20.5),
    "track_inventory": ("NO", "track_inventory", False),
    "type": ("SERVICE", "type", "Service"),
    "unit_cost": (12.5, "unit_price", "12.50"),
}
ADJUSTMENT = {
    "type": "increase", "account_id": 4, "quantity": 1, "unit_price": 11.65, "amount": 11.65,
    "date": "2024-11-12", "adjustment_quantity": 1, "note": "",
}  # fmt: skip
ADJUSTMENT_PROPERTIES = {
    "account_id": (5, "account_id", 5),
    "adjustment_quantity": (3, "quantity", 3),
    "amount": (30.5, "amount", 30.5),
    "date": ("2024-10-01", "date", "2024-10-01"),
    "note": ("Found", "note", "Found"),
    "type": ("decrease", "type", "decrease"),
    "unit_price": (9.5, "unit_price", 9.5),
}
PRODUCTION = {"date": "2024-10-23", "adjustment_quantity": 3, "note": ""}
PRODUCTION_PROPERTIES = {
    "adjustment_quantity": (4, "quantity", 4),
    "date": ("2024-10-01", "date", "2024-10-01"),
    "note": ("Batch", "note", "Batch"),
}
MATERIAL = {"name": "Flour", "usedQuantity": 1, "unit_cost": 2, "inventory_accountID": 1}
MATERIAL_PROPERTIES = {
    "inventory_accountID": 2,
    "name": "Rye flour",
    "unit_cost": 3.5,
    "usedQuantity": 0.5,
}


def test_every_property_of_a_body_is_tried():
    schemas = SPEC.document["components"]["schemas"]
    assert {
        "createItem": properties_with_effect("built", "createItem"),
        "updateItem": properties_with_effect("built", "updateItem"),
        "bulk": effective(SPEC, schemas["BulkItem"]),
        "adjustStock": properties_with_effect("built", "adjustStock"),
        "production": properties_with_effect("built", "adjustStockFromProduction"),
        "material": effective(SPEC, schemas["UsedMaterial"]),
    } == {
        "createItem": set(ITEM_PROPERTIES),
        "updateItem": set(ITEM_PROPERTIES),
        "bulk": set(BULK_PROPERTIES),
        # The quantity is the present one, which the document wants and nothing shows.
        "adjustStock": {"item_id", "quantity", *ADJUSTMENT_PROPERTIES},
        "production": {"product_id", "materials", *PRODUCTION_PROPERTIES},
        "material": {"id", *MATERIAL_PROPERTIES},
    }


def read(client, number):
    return client.get(f"/api/item/{number}").json()["item"]


def made(client, **fields):
    body = {"name": f"Brush {next(NUMBERS)}", "type": "product", "unit_price": 10, **fields}
    answer = client.post("/api/v3/items", json=body)
    assert answer.status_code == 200, answer.text
    return read(client, answer.json()["id"])


def imported(client, **fields):
    entry = {"name": f"Brush {next(NUMBERS)}", "unit_cost": 10, **fields}
    answer = client.post("/api/v3/items/bulk", json={"items": dumps([entry])})
    return read(client, answer.json()[0]["id"])


def history(client, number):
    return client.get(f"/api/v3/items/{number}/stock-history").json()["data"][0]


def another(client, place, than):
    """A number that some listed item has at a place, and the item does not."""
    listed = client.get("/api/v3/inventory-items").json()
    known = "category_id" if place == "category_id" else "account_id"
    return next(row[known] for row in listed if row[known] not in (than, None, 0))


@pytest.mark.parametrize("name", ITEM_PROPERTIES)
def test_what_an_item_is_created_with_and_changed_to_is_read_back(client, name):
    sent, place, shown = ITEM_PROPERTIES[name]
    plain = made(client)
    if sent is OTHER:
        sent = shown = another(client, place, plain[place])
    assert plain[place] != shown
    answer = client.post(f"/api/v3/items/{plain['id']}", json={name: sent})
    assert answer.status_code == 200, answer.text
    assert read(client, plain["id"])[place] == shown
    if name == "name":
        sent = shown = f"{sent} again"
    assert made(client, **{name: sent})[place] == shown


@pytest.mark.parametrize("name", BULK_PROPERTIES)
def test_what_an_item_is_imported_with_is_read_back(client, name):
    sent, place, shown = BULK_PROPERTIES[name]
    plain = imported(client)
    if sent is OTHER:
        sent = shown = another(client, place, plain[place])
    assert plain[place] != shown
    found = imported(client, **{name: sent})[place]
    # A code comes with four random characters before it.
    assert found.endswith(f"-{shown}") if name == "code" else found == shown, found


@pytest.mark.parametrize("name", ADJUSTMENT_PROPERTIES)
def test_what_an_adjustment_is_made_with_is_in_the_history(client, name):
    sent, place, shown = ADJUSTMENT_PROPERTIES[name]
    item = made(client, track_inventory=True, quantity=9)["id"]
    for fields, same in (({}, False), ({name: sent}, True)):
        body = {**ADJUSTMENT, "item_id": item, **fields}
        assert client.post("/api/v3/items/adjust", json=body).status_code == 200
        newest = max(
            client.get(f"/api/v3/items/{item}/stock-history").json()["data"],
            key=lambda row: row["id"],
        )
        assert (newest[place] == shown) is same, newest


def produced(client, material, fields):
    """The newest record of a production of a new item, and the number of what went into it."""
    flour = made(client, track_inventory=True, quantity=9)["id"]
    bread = made(client, track_inventory=True, quantity=0)["id"]
    body = {
        **PRODUCTION, "product_id": bread, **fields,
        "materials": [{**MATERIAL, "id": flour, **material}],
    }  # fmt: skip
    assert client.post("/api/v3/items/adjust/from-production", json=body).status_code == 200
    return history(client, bread), flour


@pytest.mark.parametrize("name", PRODUCTION_PROPERTIES)
def test_what_a_production_is_made_with_is_in_the_history(client, name):
    sent, place, shown = PRODUCTION_PROPERTIES[name]
    assert produced(client, {}, {})[0][place] != shown
    assert produced(client, {}, {name: sent})[0][place] == shown


def test_the_materials_of_a_production_are_in_the_history_as_they_were_sent(client):
    for name, sent in MATERIAL_PROPERTIES.items():
        record, flour = produced(client, {name: sent}, {})
        assert record["raw_materials"] == [{**MATERIAL, "id": flour, name: sent}]
