"""Each answer of the mock has the keys, in the order and the JSON types, of its operation's sample.

The samples are read from the vendor's page. Null is taken for a value only where the page itself
shows null under that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from json import loads
from typing import Any

import pytest

from tests.apis.built.reading import Section

#: Every sample that is an answer, and the calls that give the mock's. Paths name existing records.
CALLS = {
    "Get all products": [("GET", "/api/v3/items"), ("GET", "/api/v2/items?page=3")],
    "Get Product Summary": [("GET", "/api/v2/items/summary")],
    "Get Inventory Items": [("GET", "/api/v3/inventory-items")],
    "Search Products": [("GET", "/api/v3/items/search/a")],
    "Get Invoice Items": [("GET", "/api/v3/invoice-items")],
    "Get Bill Items": [("GET", "/api/v3/bill-items")],
    "Get POS Items": [("GET", "/api/v3/pos-items"), ("GET", "/api/post-items")],
    "Create Products": [("POST", "/api/v3/items")],
    "Create Bulk Products": [("POST", "/api/v3/items/bulk"), ("POST", "/api/items/bulk")],
    "Get Product Details": [("GET", "/api/item/1"), ("GET", "/api/item/18")],
    "Get Product Transactions": [
        ("GET", f"/api/v3/items/{number}/transactions") for number in range(1, 30)
    ],
    "Get Stock Adjustment History": [
        *(("GET", f"/api/v3/items/{number}/stock-history") for number in range(1, 60)),
        ("GET", "/api/v2/item/adjustments/14"),
    ],
    "Update Product": [("POST", "/api/v3/items/1"), ("POST", "/api/v3/items/7")],
    "Archive Product": [("POST", "/api/v3/items/7/archive"), ("POST", "/api/v3/items/1/archive")],
    "Get raw materials": [
        ("GET", f"/api/v3/items/{number}/raw-materials") for number in range(1, 60)
    ],
    "Advanced": [("POST", "/api/v3/items/adjust")],
}


def types(value: Any) -> str:
    """The JSON type of a value, a number being one whether or not it has a fraction."""
    names = {bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "number")


def nullable(value: Any, place: str = "") -> Iterator[str]:
    """The places at which a sample shows null, as the last two names of their path."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from nullable(item, f"{place}/{name}")
    elif isinstance(value, list):
        for item in value:
            yield from nullable(item, place)
    elif value is None:
        yield kind_of(place)


def kind_of(place: str) -> str:
    """The name of a property, with its parent's for those that only some records leave null."""
    name = place.rpartition("/")[2]
    return f"sales/{name}" if "/sales/" in place else name


def differences(sample: Any, answer: Any, nulls: set[str], place: str = "") -> Iterator[str]:
    """Where an answer has other keys, another order or another type than the sample."""
    if answer is None and kind_of(place) in nulls:
        return
    if sample is None:
        if kind_of(place) not in nulls:
            yield f"{place}: null in the sample"
        return
    if types(sample) != types(answer):
        yield f"{place}: {types(sample)} in the sample, {types(answer)} in the answer"
    elif isinstance(sample, dict):
        if list(sample) != list(answer):
            yield f"{place}: keys {list(sample)} in the sample, {list(answer)} in the answer"
            return
        for name in sample:
            yield from differences(sample[name], answer[name], nulls, f"{place}/{name}")
    elif isinstance(sample, list) and sample:
        for item in answer:
            yield from differences(sample[0], item, nulls, place)


@pytest.fixture(scope="session")
def nulls(sections: list[Section]) -> set[str]:
    return {name for part in sections if part.has_sample for name in nullable(part.sample)}


def test_every_sample_is_compared(sections):
    assert set(CALLS) == {part.heading for part in sections if part.has_sample}


@pytest.mark.parametrize("heading", CALLS)
def test_answers_have_the_shape_of_the_sample(heading, sections, nulls, client):
    section = next(part for part in sections if part.heading == heading)
    for method, path in CALLS[heading]:
        body = section.call.body if method == "POST" else None
        answer = client.request(method, path, json=body) if body else client.request(method, path)
        assert answer.status_code == 200, answer.text
        assert list(differences(section.sample, answer.json(), nulls)) == []


def test_rows_were_there_to_compare(client):
    """Without rows, the test above would say nothing about them."""
    made = client.get("/api/v3/items/14/stock-history").json()["data"]
    assert any(row["raw_materials"] for row in made)
    assert client.get("/api/v3/items/14/raw-materials").json()
    lines = client.get("/api/v3/items/4/transactions").json()["transactions"]
    assert lines["sales"]
    bought = [client.get(f"/api/v3/items/{number}/transactions").json() for number in range(1, 30)]
    assert any(answer["transactions"]["purchase"] for answer in bought)


def test_the_comparison_notices_a_wrong_type_a_missing_key_and_another_order():
    sample = {"a": 1, "b": "x", "c": [{"d": None}]}
    assert list(differences(sample, {"a": 2.5, "b": "y", "c": []}, set())) == []
    assert list(differences(sample, {"a": "1", "b": "y", "c": []}, set())) != []
    assert list(differences(sample, {"a": 1, "c": []}, set())) != []
    assert list(differences(sample, {"b": "x", "a": 1, "c": []}, set())) != []
    assert list(differences(sample, {"a": None, "b": "x", "c": []}, set())) != []
    assert list(differences(sample, {"a": None, "b": "x", "c": []}, {"a"})) == []


def test_money_is_spelled_as_each_operation_spells_it(client):
    created = client.post(
        "/api/v3/items/bulk",
        json={"items": '[{"name": "Exact", "unit_cost": 326.92, "quantity": 5}]'},
    ).json()[0]
    assert created["unit_price"] == 326.92
    details = client.get(f"/api/item/{created['id']}").json()["item"]
    assert details["unit_price"] == "326.92"
    assert (details["balance"], details["unformated_balance"]) == ("1,634.6", "1634.6")
    assert (details["total_debit"], details["total_credit"]) == ("1,634.60", "0.00")
    category = client.get("/api/v3/pos-items").json()["categories"][0]
    saved = next(item for item in category["items"] if item["id"] == created["id"])
    assert (saved["balance"], saved["total_debit"]) == (1634.6, 1634.6)
    archived = client.post(f"/api/v3/items/{created['id']}/archive", json={})
    assert archived.json()["unit_price"] == 326.92


def test_numbers_are_written_without_a_float_in_between(client):
    exact = "0.1234567890123"
    answer = client.post(
        "/api/v3/items/adjust",
        content='{"type": "increase", "account_id": 1, "item_id": 1, "quantity": 1, '
        f'"unit_price": 999999999999.999999, "amount": {exact}, "adjustment_quantity": 0.1, '
        '"date": "2024-11-12"}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["unit_price"] == "999999999999.999999"
    assert answer.json()["amount"] == "0.123457"
    history = client.get("/api/v3/items/1/stock-history").text
    row = loads(history, parse_float=Decimal)["data"][0]
    assert row["unit_price"] == Decimal("999999999999.999999")
    assert row["quantity"] == Decimal("0.1")
    assert re.search(r'"amount":0\.123457,', history)
