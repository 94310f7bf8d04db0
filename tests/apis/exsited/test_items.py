"""Items: created, listed, read, switched off and on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.apis.exsited.organisation import STANDARD, refusal


def test_a_new_item_gets_what_the_system_adds(empty):
    empty.sandbox.clock.freeze(datetime(2024, 5, 16, 7, 30, 57, 999, tzinfo=UTC))
    empty.sign_in()
    item = empty.item()
    assert (item["id"], item["version"], item["status"]) == ("ITEM-0001", "1", "ACTIVE")
    assert item["created_on"] == "2024-05-16T07:30:57Z"
    assert (item["last_updated_by"], item["last_updated_on"]) == ("", "")
    assert (item["display_name"], item["base_uom"]) == ("Oak chair", "UNIT")
    assert item["codes"] == [{"name": "ITEM-NUMBER", "value": "ITEM-0001"}]
    assert item["currencies"] == [
        {
            "name": "AUD",
            "used_for_sale": "true",
            "default_for_sale": "true",
            "used_for_purchase": "true",
            "default_for_purchase": "true",
        }
    ]
    assert set(item["kpis"].values()) == {"0", "0.000000"}
    assert "purchase" not in item


def test_a_creation_may_name_the_default_currency_of_sales(empty):
    currencies = empty.item(sale={"default_sale_currency": "EUR"})["currencies"]
    assert [(each["name"], each["default_for_sale"]) for each in currencies] == [
        ("AUD", "false"),
        ("EUR", "true"),
    ]
    assert [each["default_for_purchase"] for each in currencies] == ["true", "false"]


def test_what_was_given_is_kept(empty):
    item = empty.item(
        id="CHAIR-9",
        display_name="Chair",
        description="Sturdy",
        origin="Tasmania",
        invoice_note="Fragile",
        manager="Mia",
        codes=[
            {"name": "UPC-CODE", "value": "036000291452"},
            {"name": "ITEM-NUMBER", "value": "X1"},
        ],
        uoms=[{"name": "BOX", "used_for_sale": "true"}],
        currencies=[{"name": "USD", "default_for_sale": True}, {"name": "EUR"}],
        sale={"enabled": "true", "default_sale_price": "149.9", "charge": {"type": "ONE_OFF"}},
        inventories={
            "enabled": "true",
            "warehouse_isEnabled": "false",
            "warehouses": [{"name": "North Depot", "quantity_available": "12.5"}],
            "inventory_properties": {
                "quantity_available_for_sale_determination": "QUANTITY_ON_HAND,QUANTITY_PROMISED",
                "quantity_available_for_sale": "UNLIMITED",
            },
        },
    )
    assert item["id"] == "CHAIR-9"
    assert [item[key] for key in ("display_name", "description", "origin", "invoice_note")] == [
        "Chair",
        "Sturdy",
        "Tasmania",
        "Fragile",
    ]
    assert [code["value"] for code in item["codes"]] == ["036000291452", "X1"]
    assert (item["manager"], item["base_uom"]) == ("Mia", "BOX")
    assert item["uoms"] == [{"name": "BOX", "used_for_sale": "true"}]
    assert [(each["name"], each["default_for_sale"]) for each in item["currencies"]] == [
        ("USD", "true"),
        ("EUR", "false"),
    ]
    assert item["sale"]["default_sale_price"] == "149.900000"
    inventories = item["inventories"]
    assert (inventories["enabled"], inventories["enable_warehouse_management"]) == ("true", "false")
    assert inventories["default_warehouse"] == "North Depot"
    [stock] = inventories["warehouses"]
    assert (stock["quantity_on_hand"], stock["quantity_available"]) == ("12.500000", "12.500000")
    properties = inventories["inventory_properties"]
    assert properties["quantity_available_for_sale"] == "UNLIMITED"
    assert properties["quantity_available_for_sale_determination"] == [
        "QUANTITY_ON_HAND",
        "QUANTITY_PROMISED",
    ]
    assert empty.get("/items/CHAIR-9")["item"] == {
        **item,
        "purchase": empty.get("/items/CHAIR-9/purchase")["item"]["purchase"],
    }


def test_ids_that_were_given_are_skipped(empty):
    empty.item(id="ITEM-0002")
    assert [empty.item()["id"], empty.item(id="")["id"]] == ["ITEM-0001", "ITEM-0003"]


def test_a_taken_id_is_refused(organisation):
    answer = organisation.send("/items", {"items": {**STANDARD, "id": "ITEM-0001"}})
    assert refusal(answer) == (409, "already_exists", [("id", "already_exists")])


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        ({}, ["items.type", "items.name"]),
        ({"type": "BUNDLE", "name": "x"}, ["items.type"]),
        ({**STANDARD, "name": ""}, ["items.name"]),
        ({**STANDARD, "id": "a/b"}, ["items.id"]),
        ({**STANDARD, "currencies": [{"name": "ZZZ"}]}, ["items.currencies.0.name"]),
        ({**STANDARD, "sale": {"default_sale_price": "-1"}}, ["items.sale.default_sale_price"]),
        ({**STANDARD, "sale": {"enabled": "yes"}}, ["items.sale.enabled"]),
        (
            {**STANDARD, "sale": {"accounting_code": "?"}, "codes": [{"value": 1}]},
            ["items.codes.0.name", "items.codes.0.value", "items.sale.accounting_code"],
        ),
        (
            {**STANDARD, "inventories": {"warehouses": [{"name": "Nowhere"}]}},
            ["items.inventories.warehouses.0.name"],
        ),
    ],
)
def test_a_bad_item_is_refused_with_every_bad_field(organisation, item, fields):
    status, code, entries = refusal(organisation.send("/items", {"items": item}))
    assert (status, code) == (400, "validation_error")
    assert sorted(field for field, _ in entries) == sorted(fields)


@pytest.mark.parametrize("wrapper", ["items", "item"])
def test_both_wrappers_are_taken(empty, wrapper):
    assert empty.done("/items", {wrapper: STANDARD})["item"]["id"] == "ITEM-0001"


def test_a_body_without_a_wrapper_is_refused(empty):
    assert refusal(empty.send("/items", STANDARD)) == (
        400,
        "validation_error",
        [("items", "required")],
    )


@pytest.mark.parametrize("column", ["name", "type", "status", "created_on", "last_updated_on"])
def test_lists_are_sorted_by_a_column(organisation, column):
    for direction, reverse in (("asc", False), ("desc", True)):
        items = organisation.get("/items", order_by=column, direction=direction, limit=100)["items"]
        values = [item[column] or item["created_on"] for item in items]
        assert values == sorted(values, reverse=reverse)


def test_lists_can_be_of_one_type(organisation):
    everything = organisation.get("/items", limit=100)["items"]
    for kind in {item["type"] for item in everything}:
        chosen = organisation.get("/items", type=kind, limit=100)
        assert chosen["items"] == [item for item in everything if item["type"] == kind]
        assert chosen["pagination"]["records"] == len(chosen["items"])


def test_a_page_says_where_the_pages_beside_it_are(organisation):
    page = organisation.get("/items", limit=20, offset=25, order_by="name")["pagination"]
    url = "http://mock.test/exsited/api/v3/items?order_by=name&limit=20&offset="
    assert page == {
        "records": 60,
        "limit": 20,
        "offset": 25,
        "previous_page": f"{url}5",
        "next_page": f"{url}45",
    }
    first = organisation.get("/items")["pagination"]
    assert (first["limit"], first["offset"], first["previous_page"]) == (10, 0, "NULL")
    last = organisation.get("/items", limit=60)["pagination"]
    assert (last["previous_page"], last["next_page"]) == ("NULL", "NULL")


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": "x"}, {"offset": -1}, {"type": "X"}, {"direction": "up"}]
)
def test_a_bad_query_is_refused(organisation, query):
    answer = organisation.client.get("/api/v3/items", params=query)
    assert refusal(answer) == (400, "validation_error", [(next(iter(query)), "invalid")])


def test_the_parts_of_an_item_are_those_of_the_whole(organisation):
    item = organisation.get("/items/ITEM-0001")["item"]
    information = organisation.get("/items/ITEM-0001/information")["item"]
    assert information == {key: item[key] for key in information}
    assert item.keys() - information.keys() == {"sale", "purchase", "inventories", "kpis"}
    sale = organisation.get("/items/ITEM-0001/sale")["item"]["sale"]
    assert sale == {**item["sale"], "pricing_profile": {}}
    assert organisation.get("/items/ITEM-0001/purchase")["item"]["purchase"] == item["purchase"]
    assert organisation.get("/items/ITEM-0001/kpis")["item"]["kpis"] == item["kpis"]


PARTS = ("", "/information", "/sale", "/purchase", "/inventories", "/kpis", "/notes")


@pytest.mark.parametrize("part", PARTS)
def test_parts_of_no_item_are_not_found(organisation, part):
    answer = organisation.client.get(f"/api/v3/items/NONE{part}")
    assert refusal(answer)[:2] == (404, "resource_not_found")


def test_an_item_is_switched_off_and_on(organisation):
    assert organisation.send("/items/ITEM-0001/deactivate").status_code == 204
    item = organisation.get("/items/ITEM-0001")["item"]
    assert item["status"] == "INACTIVE"
    again = organisation.send("/items/ITEM-0001/deactivate")
    assert refusal(again)[:2] == (409, "conflict")
    assert again.json()["message"] == "The item is already inactive"
    answer = organisation.send("/items/ITEM-0001/reactivate")
    assert (answer.status_code, answer.content) == (204, b"")
    back = organisation.get("/items/ITEM-0001")["item"]
    assert (back["status"], int(back["version"])) == ("ACTIVE", int(item["version"]) + 1)
    assert refusal(organisation.send("/items/ITEM-0001/reactivate"))[0] == 409


def test_a_deleted_item_can_be_read_and_not_changed(organisation):
    items = organisation.get("/items", limit=100)["items"]
    deleted = next(item["id"] for item in items if item["status"] == "DELETED")
    assert organisation.get(f"/items/{deleted}")["item"]["status"] == "DELETED"
    for path in ("deactivate", "reactivate"):
        assert refusal(organisation.send(f"/items/{deleted}/{path}"))[0] == 409
    for path, part in (("sale", "sale"), ("purchase", "purchase"), ("inventory", "inventories")):
        assert (
            refusal(organisation.send(f"/items/{deleted}/{path}", {"item": {part: {}}}))[0] == 409
        )
    note = organisation.client.post(f"/api/v3/items/{deleted}/notes", data={"note": "x"})
    assert refusal(note)[0] == 409


def test_each_change_counts_the_version_up_and_moves_the_last_update(empty):
    empty.sandbox.clock.freeze(datetime(2024, 5, 16, tzinfo=UTC))
    empty.sign_in()
    item_id = empty.stocked("North Depot")
    seen = [empty.get(f"/items/{item_id}/information")["item"]]
    for path, body in (
        ("sale", {"items": {"sale": {"enabled": "true"}}}),
        ("purchase", {"items": {"purchase": {"enabled": "true"}}}),
        ("inventory", {"item": {"inventories": {"isEnabled": "true"}}}),
        (
            "inventory/add",
            {"item": {"inventories": {"warehouses": [{"name": "North Depot", "quantity": "1"}]}}},
        ),
        ("deactivate", None),
        ("reactivate", None),
    ):
        empty.pass_time(minutes=1)
        empty.done(f"/items/{item_id}/{path}", body)
        seen.append(empty.get(f"/items/{item_id}/information")["item"])
    assert [int(item["version"]) for item in seen] == list(range(2, 9))
    assert [item["last_updated_on"] for item in seen] == [
        f"2024-05-16T00:{minute:02}:00Z" for minute in range(7)
    ]
    assert {item["created_on"] for item in seen} == {"2024-05-16T00:00:00Z"}
