"""Creating, changing, archiving and deleting items."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mock_server.apis.built.serializers import PLACEHOLDER
from tests.apis.built.conftest import NOW

SAMPLE = {
    "code": "",
    "name": "Front and rear brake cables 1",
    "type": "product",
    "unit_price": 100,
    "description": "",
    "quantity": 1,
    "taxed": 0,
    "tax": "",
    "photo_path": "",
    "retail_item": 0,
    "buy_item": 1,
    "account_id": "",
    "purchase_accountID": "",
    "category_id": "",
    "date": "",
    "quantity_limit": 0,
    "selling_price": "",
    "discount_amount": 0,
    "discount_percent": 0,
}


def create(client, **fields):
    answer = client.post("/api/v3/items", json={"name": "Thing", "type": "product", **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_documents_call_is_answered_as_in_the_document(client):
    answer = client.post("/api/v3/items", json=SAMPLE).json()
    assert answer == {
        "id": 61,
        "name": "Front and rear brake cables 1",
        "user_id": 31,
        "business_id": 59,
        "purchase_accountID": 2,
        "description": "",
        "track_inventory": False,
        "type": "product",
        "taxed": False,
        "tax_id": 0,
        "retail_item": 0,
        "buying_item": 1,
        "quantity": 1,
        "account_id": None,
        "unit_price": "100.00",
        "created_at": "2026-03-02T09:30:15.000000Z",
        "updated_at": "2026-03-02T09:30:15.000000Z",
        "code": "ITEM-000061",
        "selling_price": 0,
        "category_id": 1,
        "photo": PLACEHOLDER,
        "inventory_accountID": 0,
        "deleted_at": None,
        "quantity_limit": 1,
        "discount_amount": 0,
        "discount_percent": 0,
        "archived": False,
        "category": "Uncategorised",
        "product_id": 61,
        "applied_taxes": [],
        "unit_cost": 100,
        "net_amount": 0,
        "inventory_records": [],
        "balance": 0,
        "total_debit": 0,
        "total_credit": 0,
        "rawUnit_price": 100,
        "display_unitPrice": 100,
        "invoice_quantity": 1,
        "invoice_amount": 100,
        "used": False,
    }


def test_what_is_created_is_read_back(client):
    made = create(
        client,
        name="  Wide brush  ",
        unit_price="12.345",
        selling_price="19.9",
        quantity="2.5",
        quantity_limit=4,
        description="For walls",
        code="WB-1",
        photo_path="https://pictures.example/wb.jpg",
        taxed=True,
        tax="7",
        account_id=1,
        purchase_accountID="5",
        category_id="3",
        discount_amount=1,
        discount_percent="0.5",
        track_inventory=1,
        colour="unknown keys are ignored",
    )
    read = client.get(f"/api/item/{made['id']}").json()["item"]
    shared = {name: made[name] for name in made if name in read}
    money = {"balance", "total_debit", "total_credit", "invoice_amount"}
    assert {
        name: value for name, value in read.items() if name in shared and name not in money
    } == {name: value for name, value in shared.items() if name not in money}
    expected = {
        "name": "Wide brush",
        "unit_price": "12.35",
        "unit_cost": 12.35,
        "selling_price": 19.9,
        "net_amount": 19.9,
        "quantity": 2.5,
        "quantity_limit": 4,
        "code": "WB-1",
        "photo": "https://pictures.example/wb.jpg",
        "taxed": True,
        "tax_id": 7,
        "account_id": 1,
        "purchase_accountID": 5,
        "category_id": 3,
        "track_inventory": True,
        "inventory_accountID": 3,
        "total_debit": "30.88",
        "balance": "30.9",
    }
    assert {name: read[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(True, True), (1, True), ("1", True), (False, False), (0, False), ("0", False)],
)
def test_flags_come_in_all_the_forms_that_laravel_takes(client, sent, shown):
    flags = {"taxed": sent, "retail_item": sent, "buy_item": sent, "track_inventory": sent}
    made = create(client, unit_price=1, **flags)
    assert (made["taxed"], made["track_inventory"]) == (shown, shown)
    assert (made["retail_item"], made["buying_item"]) == (int(shown), int(shown))


@pytest.mark.parametrize("nothing", [{}, {"retail_item": "", "taxed": None}])
def test_a_flag_without_a_word_takes_its_default(client, nothing):
    made = create(client, unit_price=1, **nothing)
    assert (made["taxed"], made["track_inventory"]) == (False, False)
    assert (made["retail_item"], made["buying_item"]) == (1, 1)


@pytest.mark.parametrize("kind", ["service", "Service", "SERVICE"])
def test_services_track_no_stock(client, kind):
    made = create(client, type=kind, unit_price=5, quantity=9, track_inventory=True)
    assert (made["type"], made["quantity"], made["track_inventory"]) == (kind, 0, False)
    changed = client.post(f"/api/v3/items/{made['id']}", json={"quantity": 3}).json()
    assert changed["quantity"] == 0
    answer = client.post(
        "/api/v3/items/adjust",
        json={
            "type": "increase",
            "account_id": 1,
            "item_id": made["id"],
            "quantity": 0,
            "unit_price": 1,
            "amount": 1,
            "adjustment_quantity": 1,
            "date": "2024-11-12",
        },
    )
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"item_id": ["The selected item id is invalid."]}


@pytest.mark.parametrize("name", ["Taken", "  taken ", "TAKEN"])
def test_a_name_in_use_is_refused_with_a_bare_string(client, name):
    create(client, name="Taken", unit_price=1)
    answer = client.post("/api/v3/items", json={**SAMPLE, "name": name})
    assert (answer.status_code, answer.json()) == (302, "Item name already exist")
    assert "location" not in answer.headers


def test_the_name_of_a_deleted_item_is_free_and_its_number_is_not(client):
    first = create(client, name="Once", unit_price=1)
    assert client.delete(f"/api/v3/items/{first['id']}").status_code == 200
    assert create(client, name="Once", unit_price=1)["id"] == first["id"] + 1


def test_an_update_keeps_what_it_does_not_name(client, sandbox):
    before = client.get("/api/item/1").json()["item"]
    sandbox.clock.advance(timedelta(minutes=5))
    answer = client.post("/api/v3/items/1", json={"selling_price": 3.5})
    after = client.get("/api/item/1").json()["item"]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"selling_price", "net_amount", "updated_at"}
    assert answer.json()["selling_price"] == 3.5
    assert after["updated_at"] == "2026-03-02T09:35:15.000000Z"


def test_an_update_without_a_change_changes_nothing(client, state):
    before = state()
    for body in ({}, {"selling_price": client.get("/api/item/1").json()["item"]["selling_price"]}):
        assert client.post("/api/v3/items/1", json=body).status_code == 200
    assert client.post("/api/v3/items/1").status_code == 200
    assert state() is before


def test_the_documents_update_resets_what_it_sends_empty(client):
    made = create(
        client, name="Mine", unit_price=1, code="KEPT", account_id=1, category_id=4, tax=3
    )
    answer = client.post(f"/api/v3/items/{made['id']}", json={**SAMPLE, "name": "Mine still"})
    assert answer.status_code == 200
    after = answer.json()
    assert (after["code"], after["account_id"], after["tax_id"]) == ("KEPT", None, 0)
    assert (after["category_id"], after["category"]) == (1, "Uncategorised")
    assert (after["unit_price"], after["name"]) == ("100.00", "Mine still")


def test_setting_the_quantity_books_the_difference(client):
    made = create(client, name="Counted", unit_price="2.50", quantity=4, track_inventory=True)
    client.post(f"/api/v3/items/{made['id']}", json={"quantity": 10})
    after = client.post(f"/api/v3/items/{made['id']}", json={"quantity": 9}).json()
    assert (after["quantity"], after["total_debit"], after["total_credit"]) == (9, 25, 2.5)
    assert after["balance"] == 22.5


def test_archiving_shows_the_columns_as_the_database_has_them(client):
    answer = client.post("/api/v3/items/7/archive", json={}).json()
    assert list(answer)[-1] == "archived"
    assert (answer["photo"], answer["inventory_accountID"]) == ("/img/item_photo.png", None)
    assert (answer["taxed"], answer["unit_price"], answer["code"]) == (0, 0, None)
    assert answer["updated_at"] == f"{NOW:%Y-%m-%dT%H:%M:%S}.000000Z"


def test_archiving_reads_no_body(client):
    for content in (b"{}", b"[]", b"null", b'"x"', b""):
        headers = {"Content-Type": "application/json"}
        answer = client.post("/api/v3/items/1/archive", content=content, headers=headers)
        assert answer.status_code == 200


def test_deleting_is_for_good_and_answers_with_nothing(client):
    made = create(client, name="Short-lived", unit_price=1)
    answer = client.delete(f"/api/v3/items/{made['id']}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.get(f"/api/item/{made['id']}").status_code == 302
    assert client.delete(f"/api/v3/items/{made['id']}").json() == "Item not found"
    assert client.get("/api/v3/items/search/Short-lived").json() == []


def test_what_was_sold_or_bought_cannot_be_deleted(client, state):
    refused = deleted = 0
    for number in range(1, 41):
        lines = client.get(f"/api/v3/items/{number}/transactions").json()["transactions"]
        before = state()
        answer = client.delete(f"/api/v3/items/{number}")
        if lines["sales"] or lines["purchase"]:
            refused += 1
            assert answer.status_code == 302
            assert answer.json() == (
                "This item was used in some transactions, find and remove those transactions "
                "before you can delete this item"
            )
            assert state() is before
        else:
            deleted += 1
            assert answer.status_code == 200
    assert refused > 5
    assert deleted > 5
