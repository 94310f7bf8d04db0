"""Stock comes in and goes out: all of a request, or nothing of it."""

from __future__ import annotations

import pytest

from tests.apis.exsited.organisation import refusal

NORTH, HARBOUR = "North Depot", "Harbour Store"


def entry(quantity, warehouse=NORTH, **more):
    return {"name": warehouse, "quantity": quantity, **more}


def quantities(organisation, item_id):
    stock = organisation.stock(item_id)
    return {
        name: (each["quantity_on_hand"], each["quantity_available"]) for name, each in stock.items()
    }


def test_stock_is_added_in_every_warehouse_of_the_request(empty):
    item_id = empty.stocked(NORTH, HARBOUR)
    answer = empty.move(item_id, entry("2.5"), entry(3, HARBOUR), entry("1"))
    assert answer.status_code == 200
    item = answer.json()["item"]
    assert [each["quantity_on_hand"] for each in item["inventories"]["warehouses"]] == [
        "3.500000",
        "3.000000",
    ]
    assert quantities(empty, item_id) == {
        NORTH: ("3.500000", "3.500000"),
        HARBOUR: ("3.000000", "3.000000"),
    }


def test_the_answer_is_the_whole_item_in_a_spelling_of_its_own(organisation):
    item = organisation.get("/items/ITEM-0001")["item"]
    answer = organisation.move("ITEM-0001", entry("0", "Default Warehouse")).json()["item"]
    same = ("status", "id", "name", "uuid", "codes", "custom_form", "created_on")
    assert {key: answer[key] for key in same} == {key: item[key] for key in same}
    assert answer["sale"]["isEnabled"] == item["sale"]["enabled"]
    assert answer["sale"]["charge"]["price_period"] == ""
    assert answer["currencies"][0]["isUsedForSale"] == item["currencies"][0]["used_for_sale"]
    supplier = answer["purchase"]["suppliers"][0]
    assert supplier["default_purchase_currency"] == "AUD"
    assert "isTaxExemptWhenPurchase" in supplier
    assert "kpis" not in answer
    assert answer["inventories"]["isEnabled"] == "true"


def test_a_negative_quantity_takes_out_and_never_below_zero(empty):
    item_id = empty.stocked(NORTH)
    empty.move(item_id, entry("5"))
    assert empty.move(item_id, entry("-2")).status_code == 200
    refused = empty.move(item_id, entry("-3.000001"))
    assert refusal(refused)[:2] == (409, "conflict")
    assert quantities(empty, item_id) == {NORTH: ("3.000000", "3.000000")}
    assert empty.move(item_id, entry("-3")).status_code == 200
    assert quantities(empty, item_id) == {NORTH: ("0", "0")}


def test_what_is_promised_cannot_be_taken_out(organisation):
    items = organisation.get("/items", limit=100)["items"]
    item_id, stock = next(
        (item["id"], stock)
        for item in items
        for stock in item["inventories"]["warehouses"]
        if stock["quantity_promised"] != "0"
        and item["status"] == "ACTIVE"
        and item["inventories"]["inventory_properties"]["enable_serialization"] == "false"
        and item["inventories"]["inventory_properties"]["enable_batch_tracking"] == "false"
    )
    taken = organisation.move(item_id, entry(f"-{stock['quantity_on_hand']}", stock["name"]))
    assert refusal(taken)[0] == 409
    allowed = organisation.move(item_id, entry(f"-{stock['quantity_available']}", stock["name"]))
    assert allowed.status_code == 200


def test_one_bad_entry_undoes_the_others(empty):
    item_id = empty.stocked(NORTH, HARBOUR)
    before = empty.get(f"/items/{item_id}")
    assert refusal(empty.move(item_id, entry("5"), entry("-1", HARBOUR)))[0] == 409
    assert refusal(empty.move(item_id, entry("5"), entry("1", "Default Warehouse")))[0] == 409
    assert refusal(empty.move(item_id, entry("5"), entry("1", "Nowhere")))[0] == 400
    assert empty.get(f"/items/{item_id}") == before


def test_an_item_without_inventory_takes_no_stock(empty):
    item_id = empty.item()["id"]
    answer = empty.move(item_id, entry("1"))
    assert refusal(answer)[0] == 409
    assert answer.json()["message"] == "Inventory is not enabled for the item"


def test_nothing_is_taken_out_of_an_inactive_item(empty):
    item_id = empty.stocked(NORTH)
    empty.move(item_id, entry("5"))
    empty.done(f"/items/{item_id}/deactivate")
    assert refusal(empty.move(item_id, entry("-1")))[0] == 409
    assert empty.move(item_id, entry("1")).status_code == 200
    empty.done(f"/items/{item_id}/reactivate")
    assert empty.move(item_id, entry("-1")).status_code == 200


def test_there_is_a_serial_number_for_each_unit(empty):
    item_id = empty.stocked(NORTH, HARBOUR, enable_serialization="true")
    for quantity, serials in (
        ("2", "A"),
        ("2", ""),
        ("1", "A,B"),
        ("1.5", "A"),
        ("2", "A,A"),
        ("2", "A, A "),
    ):
        assert refusal(empty.move(item_id, entry(quantity, serial_number=serials)))[0] == 409
    assert empty.move(item_id, entry("2", serial_number="A, B")).status_code == 200
    assert empty.stock(item_id)[NORTH]["serial_numbers"] == ["A", "B"]


def test_a_serial_number_is_used_once_in_all_warehouses(empty):
    item_id = empty.stocked(NORTH, HARBOUR, enable_serialization="true")
    empty.move(item_id, entry("1", serial_number="A"))
    taken = empty.move(item_id, entry("1", HARBOUR, serial_number="A"))
    assert refusal(taken)[0] == 409
    assert taken.json()["message"] == "The serial number A is in stock already"
    elsewhere = empty.move(item_id, entry("-1", HARBOUR, serial_number="A"))
    assert refusal(elsewhere)[0] == 409
    assert empty.move(item_id, entry("-1", serial_number="A")).status_code == 200
    assert empty.stock(item_id)[NORTH]["serial_numbers"] == []
    assert empty.move(item_id, entry("1", HARBOUR, serial_number="A")).status_code == 200


def test_a_serial_number_taken_out_has_to_be_there(empty):
    item_id = empty.stocked(NORTH, enable_serialization="true")
    empty.move(item_id, entry("2", serial_number="A,B"))
    assert refusal(empty.move(item_id, entry("-1", serial_number="C")))[0] == 409
    assert refusal(empty.move(item_id, entry("-1")))[0] == 409
    assert empty.move(item_id, entry("-1", serial_number="A")).status_code == 200
    assert empty.stock(item_id)[NORTH]["serial_numbers"] == ["B"]


def test_serial_numbers_are_no_concern_without_serialization(empty):
    item_id = empty.stocked(NORTH)
    assert empty.move(item_id, entry("2", serial_number="A")).status_code == 200
    assert "serial_numbers" not in empty.stock(item_id)[NORTH]


def test_batches_keep_their_quantity_and_expiry(empty):
    item_id = empty.stocked(NORTH, enable_batch_tracking="true")
    empty.move(item_id, entry("3", batch_number="B1", expiry_date="2026-06-30"))
    empty.move(item_id, entry("2", batch_number="B2"))
    empty.move(item_id, entry("-1", batch_number="B1"))
    assert empty.stock(item_id)[NORTH]["batches"] == [
        {"batch_number": "B1", "expiry_date": "2026-06-30", "quantity": "2.000000"},
        {"batch_number": "B2", "expiry_date": "", "quantity": "2.000000"},
    ]
    assert refusal(empty.move(item_id, entry("-3", batch_number="B2")))[0] == 409
    assert refusal(empty.move(item_id, entry("1")))[0] == 409
    empty.move(
        item_id,
        entry("-2", batch_number="B1"),
        entry("1", batch_number="B2", expiry_date="2027-01-01"),
    )
    assert empty.stock(item_id)[NORTH]["batches"] == [
        {"batch_number": "B2", "expiry_date": "2027-01-01", "quantity": "3.000000"}
    ]


def test_batches_are_no_concern_without_tracking(empty):
    item_id = empty.stocked(NORTH)
    empty.move(item_id, entry("2", batch_number="B1", expiry_date="2026-06-30"))
    assert "batches" not in empty.stock(item_id)[NORTH]


def test_the_accounting_code_of_stock_is_kept(empty):
    item_id = empty.stocked(NORTH)
    empty.move(item_id, entry("1", accounting_code="Inventory Asset"))
    empty.move(item_id, entry("1"))
    assert empty.stock(item_id)[NORTH]["accounting_code"] == "Inventory Asset"


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ([], ""),
        ([{"name": NORTH}], ".0.quantity"),
        ([{"quantity": "1"}], ".0.name"),
        ([entry("")], ".0.quantity"),
        ([entry("1e3")], ".0.quantity"),
        ([entry("1.0000001")], ".0.quantity"),
        ([entry(True)], ".0.quantity"),
        ([entry("1", expiry_date="soon")], ".0.expiry_date"),
        ([entry("1", accounting_code="None such")], ".0.accounting_code"),
        ([entry("1"), entry("1", "Nowhere")], ".1.name"),
    ],
)
def test_a_bad_field_is_named(organisation, entries, field):
    status, _, refused = refusal(organisation.move("ITEM-0001", *entries))
    expected = f"item.inventories.warehouses{field}"
    assert (status, [name for name, _ in refused]) == (400, [expected])
