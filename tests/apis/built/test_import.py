"""The bulk import."""

from __future__ import annotations

import re
from json import dumps

import pytest

from tests.apis.built.reading import Section

ADDRESSES = ("/api/v3/items/bulk", "/api/items/bulk")


def send(client, entries, address=ADDRESSES[0]):
    text = entries if isinstance(entries, str) else dumps(entries)
    return client.post(address, json={"items": text})


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_documents_import_is_answered_as_in_the_document(
    address, client, sections: list[Section]
):
    section = next(part for part in sections if part.heading == "Create Bulk Products")
    answer = client.post(address, json=section.call.body)
    assert answer.status_code == 200
    made, sample = answer.json()[0], section.sample[0]
    vary = {"id", "business_id", "user_id", "created_at", "updated_at", "code"}
    vary |= {"purchase_accountID", "inventory_accountID"}
    assert {name: made[name] for name in made if name not in vary} == {
        name: sample[name] for name in sample if name not in vary
    }
    assert re.fullmatch(r"[0-9A-Za-z]{4}-LP45709", made["code"])
    details = client.get(f"/api/item/{made['id']}").json()["item"]
    assert (details["type"], details["tax_id"]) == ("Product", None)
    assert (details["unformated_balance"], details["total_debit"]) == ("326.9", "326.92")


def test_names_that_exist_are_left_out(client):
    assert [item["name"] for item in send(client, [{"name": "A1"}]).json()] == ["A1"]
    entries = [{"name": "a1"}, {"name": "B1"}, {"name": " B1 "}, {"name": "C1"}]
    assert [item["name"] for item in send(client, entries).json()] == ["B1", "C1"]
    assert send(client, entries).json() == []


def test_two_hundred_are_taken_and_one_more_is_not(client, state):
    entries = [{"name": f"Bulk {number}"} for number in range(201)]
    before = state()
    refused = send(client, entries)
    assert refused.status_code == 302
    assert refused.json() == (
        "You have exceeded the import limit, you can only import a maximum of 200 items at a time."
    )
    assert "location" not in refused.headers
    assert state() is before
    taken = send(client, entries[:200])
    assert len(taken.json()) == 200
    assert client.get("/api/v2/items/summary").json()["total_count"] == 260


@pytest.mark.parametrize(
    ("bad", "errors"),
    [
        ({}, {"items.1.name": ["The items.1.name field is required."]}),
        ({"name": "  "}, {"items.1.name": ["The items.1.name field is required."]}),
        ({"name": None}, {"items.1.name": ["The items.1.name field is required."]}),
        ({"name": 5}, {"items.1.name": ["The items.1.name must be a string."]}),
        (
            {"name": "X", "unit_cost": "dear"},
            {"items.1.unit_cost": ["The items.1.unit_cost must be a number."]},
        ),
        (
            {"name": "X", "type": "thing", "track_inventory": "maybe"},
            {
                "items.1.type": ["The selected items.1.type is invalid."],
                "items.1.track_inventory": ["The selected items.1.track_inventory is invalid."],
            },
        ),
        (
            {"name": "X", "category_id": 999},
            {"items.1.category_id": ["The selected items.1.category_id is invalid."]},
        ),
        ("text", {"items.1": ["The items.1 must be an array."]}),
    ],
)
def test_one_bad_item_changes_nothing(client, state, bad, errors):
    before = state()
    answer = send(client, [{"name": "Good one"}, bad, {"name": "Good two"}])
    assert answer.status_code == 422
    assert answer.json() == {"message": "The given data was invalid.", "errors": errors}
    assert state() is before


@pytest.mark.parametrize(
    ("items", "text"),
    [
        (None, "The items field is required."),
        ("", "The items field is required."),
        ("  ", "The items field is required."),
        ("[{", "The items must be a valid JSON string."),
        ("nothing", "The items must be a valid JSON string."),
        ("[" * 5000, "The items must be a valid JSON string."),
        ('["\\ud800"]', "The items must be a valid JSON string."),
        ('{"a": 1}', "The items must be an array."),
        ("5", "The items must be an array."),
        ([{"name": "X"}], "The items must be a string."),
    ],
)
def test_items_are_a_json_encoded_array(client, items, text):
    answer = client.post(ADDRESSES[1], json={"items": items})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"items": [text]}


def test_flags_default_to_yes_and_a_service_is_not_tracked(client):
    made = send(
        client,
        [
            {"name": "Plain", "quantity": "2"},
            {"name": "No", "track_inventory": "NO", "selling_item": "NO", "buying_item": "NO"},
            {"name": "Work", "type": "service", "quantity": 3, "track_inventory": "YES"},
            {"name": "Empty", "description": None, "code": "", "unit_cost": "", "photo": None},
        ],
    ).json()
    flags = [
        (item["track_inventory"], item["retail_item"], item["buying_item"], item["quantity"])
        for item in made
    ]
    assert flags == [
        (True, True, True, 2),
        (False, False, False, 0),
        (False, True, True, 0),
        (True, True, True, 0),
    ]
    assert made[2]["inventory_accountID"] is None
    assert re.fullmatch(r"[0-9A-Za-z]{4}-ITEM-000064", made[3]["code"])


def test_the_same_sandbox_makes_up_the_same_codes(serve, client_of):
    codes = []
    for _ in range(2):
        client = client_of(serve("built"), "built", headers={"Authorization": "Bearer test"})
        codes.append(
            [item["code"] for item in send(client, [{"name": "A1"}, {"name": "B1"}]).json()]
        )
    assert codes[0] == codes[1]
    assert codes[0][0][:4] != codes[0][1][:4]
