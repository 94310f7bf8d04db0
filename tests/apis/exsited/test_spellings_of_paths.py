"""The vendor's SDKs reach some operations by other paths and methods, and with more slashes."""

from __future__ import annotations

import pytest


def test_a_slash_before_the_query_makes_no_difference(organisation):
    query = {"order_by": "created_on", "direction": "desc", "limit": 2}
    slashed = organisation.client.get("/api/v3/items/", params=query)
    assert slashed.status_code == 200
    assert slashed.json() == organisation.get("/items", **query)


def test_doubled_slashes_are_no_path(organisation):
    url = f"{organisation.client.base_url}".rstrip("/")
    assert organisation.client.get(f"{url}/api/v3//items").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "sale", {"items": {"sale": {"default_sale_price": "5"}}}),
        ("PATCH", "purchase", {"items": {"purchase": {"enabled": "true"}}}),
        ("POST", "inventories", {"item": {"inventories": {"isEnabled": "true"}}}),
        ("PATCH", "inventories", {"item": {"inventories": {"isEnabled": "true"}}}),
    ],
)
def test_a_part_is_configured_by_any_of_its_spellings(empty, method, path, body):
    one, other = empty.item()["id"], empty.item()["id"]
    plain = "inventory" if path == "inventories" else path
    spelled = empty.client.request(method, f"/api/v3/items/{one}/{path}", json=body)
    assert (spelled.status_code, spelled.json()) == (
        200,
        empty.done(f"/items/{other}/{plain}", body),
    )


def test_stock_is_added_by_the_plural_too(empty):
    item_id = empty.stocked("Main")
    body = {"item": {"inventories": {"warehouses": [{"name": "Main", "quantity": "2"}]}}}
    assert empty.send(f"/items/{item_id}/inventories/add", body).status_code == 200
    assert empty.stock(item_id)["Main"]["quantity_on_hand"] == "2.000000"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v3/items/ITEM-0001"),
        ("PATCH", "/v3/items/ITEM-0001/information"),
        ("GET", "/v3/items/ITEM-0001/inventory_adjustments"),
        ("GET", "/v3/items/ITEM-0001/warehouses/Main/inventories"),
        ("PATCH", "/v3/items/ITEM-0001/notes/x"),
        ("GET", "/v3/orders"),
        ("GET", "/v4/items"),
        ("POST", "/v4/invoices/INV-1/notes"),
    ],
)
def test_what_else_the_sdk_calls_is_said_not_to_be_mocked(organisation, method, path):
    answer = organisation.client.request(method, f"/api{path}")
    assert (answer.status_code, answer.json()["code"]) == (501, "not_mocked")


def test_a_list_of_a_body_has_a_bound(empty):
    codes = [{"name": "UPC-CODE", "value": str(number)} for number in range(101)]
    body = {"items": {"type": "STANDARD", "name": "x", "codes": codes}}
    answer = empty.send("/items", body)
    assert answer.status_code == 400
    assert "items.codes is out of bounds" in answer.json()["errors"][0]["message"]
