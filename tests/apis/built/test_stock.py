"""Adjustments, productions, their history and the ledger."""

from __future__ import annotations

from decimal import Decimal
from json import dumps

import pytest

from mock_server.apis.built.models import ADJUSTMENTS
from tests.apis.built.reading import Section

ADJUSTMENT = {
    "type": "increase",
    "account_id": 4,
    "item_id": 1,
    "quantity": 1,
    "unit_price": 11.65,
    "amount": 11.65,
    "note": "",
    "date": "2024-11-12",
    "adjustment_quantity": 1,
}


def item(client, number):
    return client.get(f"/api/item/{number}").json()["item"]


def history(client, number):
    return client.get(f"/api/v3/items/{number}/stock-history").json()["data"]


def made_of(client, name, quantity, cost):
    entry = {"name": name, "quantity": quantity, "unit_cost": cost}
    return client.post("/api/items/bulk", json={"items": dumps([entry])}).json()[0]["id"]


def adjust(client, **fields):
    return client.post("/api/v3/items/adjust", json={**ADJUSTMENT, **fields})


def used(number, quantity=1, cost=1):
    """A material as the document's call has it."""
    return {
        "id": number,
        "name": "Material",
        "usedQuantity": quantity,
        "unit_cost": cost,
        "inventory_accountID": 1,
    }


def produce(client, product, materials, quantity=3, **fields):
    body = {
        "materials": materials,
        "product_id": product,
        "date": "2024-10-23",
        "adjustment_quantity": quantity,
        "note": "batch",
        **fields,
    }
    return client.post("/api/v3/items/adjust/from-production", json=body)


def test_the_documents_adjustment_is_answered_as_in_the_document(client, sections: list[Section]):
    section = next(part for part in sections if part.heading == "Advanced")
    answer = client.post("/api/v3/items/adjust", json=section.call.body)
    assert answer.status_code == 200
    vary = {"business_id", "id", "created_at", "updated_at"}
    assert {name: value for name, value in answer.json().items() if name not in vary} == {
        name: value for name, value in section.sample.items() if name not in vary
    }


def test_a_decrease_moves_stock_balance_and_the_account(client):
    number = made_of(client, "Candle", 9, 65.38)
    answer = adjust(
        client, type="decrease", item_id=number, unit_price=65.38, amount=65.38, date="2024-11-12"
    )
    assert answer.json()["account_id"] == "4"
    after = item(client, number)
    assert after["quantity"] == 8
    assert (after["balance"], after["unformated_balance"]) == ("523.0", "523.0")
    assert (after["total_debit"], after["total_credit"]) == ("588.42", "65.38")
    row = history(client, number)[0]
    assert row["item"] == after
    assert (row["type"], row["quantity"], row["amount"]) == ("decrease", 1, 65.38)
    assert (row["date"], row["note"], row["raw_materials"]) == ("2024-11-12", "", [])
    assert row["adjustment_account"]["account_name"] == "Inventory Write-off"


def test_the_adjustment_account_is_the_other_side(client):
    def account():
        row = history(client, number)[0]["adjustment_account"]
        return {
            name: Decimal(str(row[name])) for name in ("total_debit", "total_credit", "balance")
        }

    number = made_of(client, "Candle", 9, 65.38)
    adjust(client, type="decrease", item_id=number, amount=0)
    before = account()
    adjust(client, type="decrease", item_id=number, amount="65.38")
    after = account()
    assert after["total_debit"] - before["total_debit"] == Decimal("65.38")
    assert after["balance"] - before["balance"] == Decimal("65.38")
    adjust(client, type="increase", item_id=number, amount=5)
    last = account()
    assert last["total_credit"] - after["total_credit"] == 5
    assert last["balance"] == last["total_debit"] - last["total_credit"]


def test_the_history_has_the_newest_first_and_pages(client):
    number = made_of(client, "Counted daily", 0, 1)
    for nth in range(45):
        adjust(client, item_id=number, adjustment_quantity=nth, note=f"day {nth}")
    first = client.get(f"/api/v3/items/{number}/stock-history").json()
    assert (first["total"], first["last_page"], len(first["data"])) == (45, 3, 20)
    notes = [row["note"] for row in first["data"]]
    while first["next_page_url"]:
        first = client.get(first["next_page_url"]).json()
        notes += [row["note"] for row in first["data"]]
    assert notes == [f"day {nth}" for nth in reversed(range(45))]


@pytest.mark.parametrize("date", [None, "", " "])
def test_an_adjustment_needs_its_date(client, date):
    errors = adjust(client, date=date).json()["errors"]
    assert errors == {"date": ["The date field is required."]}


def test_an_adjustment_is_of_the_day_that_its_time_names(client):
    assert adjust(client, date="2026-03-02T23:59:59Z").json()["date"] == "2026-03-02"


def test_the_current_quantity_and_the_amount_are_not_checked(client):
    # Inferred: the document says what a caller should send, and names no refusal.
    before = item(client, 1)["quantity"]
    booked = adjust(client, quantity=999, unit_price=2, adjustment_quantity=3, amount=7).json()
    assert (booked["quantity"], booked["unit_price"], booked["amount"]) == ("3", "2", "7")
    assert item(client, 1)["quantity"] == before + 3


@pytest.mark.parametrize(
    "field", ["id", "name", "unit_cost", "inventory_accountID", "usedQuantity"]
)
def test_what_the_document_requires_of_a_material_is_required(client, state, field):
    before = state()
    for value in (None, "", []):
        answer = produce(client, 12, [{**used(1), field: value}])
        text = f"The materials.0.{field} field is required."
        assert answer.json()["errors"] == {f"materials.0.{field}": [text]}
    assert state() is before


def test_a_production_of_too_many_materials_is_refused(client):
    answer = produce(client, 12, [used(1)] * 201)
    text = "The materials must not have more than 200 items."
    assert (answer.status_code, answer.json()["errors"]) == (422, {"materials": [text]})
    assert produce(client, 12, [used(1)] * 200).status_code == 200


def test_numbers_come_as_text_too(client):
    before = item(client, 1)["quantity"]
    answer = adjust(
        client,
        account_id="4",
        item_id="1",
        quantity="3",
        unit_price="1.50",
        amount="3.00",
        adjustment_quantity="2",
    )
    shown = {
        name: answer.json()[name] for name in ("quantity", "amount", "unit_price", "account_id")
    }
    assert shown == {"quantity": "2", "amount": "3", "unit_price": "1.5", "account_id": "4"}
    assert item(client, 1)["quantity"] == before + 2


def test_stock_may_fall_below_nothing(client):
    number = made_of(client, "Sold before counted", 1, 10)
    assert adjust(client, type="decrease", item_id=number, adjustment_quantity=4).status_code == 200
    assert item(client, number)["quantity"] == -3


def test_the_documents_production_works_on_the_typical_business(client, sections):
    section = next(part for part in sections if part.heading == "From Production")
    before = item(client, 12)["quantity"]
    answer = client.post("/api/v3/items/adjust/from-production", json=section.call.body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert item(client, 12)["quantity"] == before + 3


def test_a_production_takes_materials_and_adds_the_product(client):
    flour = made_of(client, "Flour", 50, 7)
    yeast = made_of(client, "Yeast", "2.5", "0.4")
    bread = made_of(client, "Bread", 1, 3)
    materials = [
        {"id": flour, "name": "Flour", "usedQuantity": 4, "unit_cost": 7, "inventory_accountID": 3},
        used(str(yeast), "0.75", "0.4"),
    ]
    assert produce(client, str(bread), materials, 12).status_code == 200
    assert [item(client, number)["quantity"] for number in (flour, yeast, bread)] == [46, 1.75, 13]
    assert item(client, flour)["total_credit"] == "28.00"
    assert item(client, yeast)["total_credit"] == "0.30"
    assert item(client, bread)["total_debit"] == "39.00"

    materials = client.get(f"/api/v3/items/{bread}/raw-materials").json()
    assert materials == [item(client, flour), item(client, yeast)]
    assert client.get(f"/api/v3/items/{flour}/raw-materials").json() == []

    row = history(client, bread)[0]
    assert (row["type"], row["quantity"], row["date"]) == ("increase", 12, "2024-10-23")
    assert [
        (each["id"], each["usedQuantity"], each["unit_cost"]) for each in row["raw_materials"]
    ] == [
        (flour, 4, 7),
        (yeast, 0.75, 0.4),
    ]
    taken = history(client, flour)[0]
    assert (taken["type"], taken["quantity"], taken["note"]) == ("decrease", 4, "batch")


def test_a_material_is_worth_what_the_caller_says(client, sandbox):
    flour, bread = made_of(client, "Flour", 50, 7), made_of(client, "Bread", 0, 3)
    materials = [used(flour, 4, "8.5")]
    assert produce(client, bread, materials, "2.5").status_code == 200
    assert item(client, flour)["total_credit"] == "34.00"
    assert (item(client, bread)["quantity"], item(client, bread)["total_debit"]) == (2.5, "7.50")
    assert history(client, flour)[0]["unit_price"] == 8.5
    kept = sandbox.state.collection(ADJUSTMENTS).items()
    origins = [record.origin for _, record in kept if record.item_id in {flour, bread}]
    assert origins == ["material", "production"]


def test_a_material_is_listed_once_and_no_longer_when_it_is_deleted(client):
    flour, salt, bread = (made_of(client, name, 9, 1) for name in ("Flour", "Salt", "Bread"))
    for materials in ([flour, salt], [flour], [salt]):
        produce(client, bread, [used(number) for number in materials])
    listed = client.get(f"/api/v3/items/{bread}/raw-materials").json()
    assert [entry["id"] for entry in listed] == [flour, salt]
    assert client.delete(f"/api/v3/items/{flour}").status_code == 200
    listed = client.get(f"/api/v3/items/{bread}/raw-materials").json()
    assert [entry["id"] for entry in listed] == [salt]


@pytest.mark.parametrize(
    ("materials", "product", "status"),
    [
        ([used(1, 1), used(999, 1)], 12, 302),
        ([used(1, 1)], 999, 302),
        ([used(1, 1), used(7, 1)], 12, 422),
        ([used(1, 1), used(2, "much")], 12, 422),
        ([used(1, 1)], 7, 422),
        ([], 12, 422),
    ],
)
def test_a_production_happens_whole_or_not_at_all(client, state, materials, product, status):
    before = state()
    assert produce(client, product, materials).status_code == status
    assert state() is before


def test_an_item_can_be_made_from_itself(client):
    dough = made_of(client, "Dough", 5, 2)
    assert produce(client, dough, [used(dough, 2)], 7).status_code == 200
    assert item(client, dough)["quantity"] == 10
