"""A whole day of a bakery, over a real socket, in order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from json import dumps, loads

import httpx
import pytest

from mock_server.app import build_server
from mock_server.live import LiveServer
from mock_server.settings import Settings
from tests.apis.built.conftest import NOW

WORD = "test.empty-bakery"


@pytest.fixture
def bakery():
    server = build_server(["built"], Settings(clock=NOW), at_native_path=True)
    with (
        LiveServer(server) as live,
        httpx.Client(
            base_url=live.url,
            headers={"Authorization": f"Bearer {WORD}", "Accept": "application/json"},
        ) as client,
    ):
        yield server, client


def read(answer):
    assert answer.status_code == 200, answer.text
    return loads(answer.text, parse_float=Decimal)


def test_a_business_day(bakery):
    server, client = bakery

    # In the morning there is nothing.
    summary = read(client.get("/api/v2/items/summary"))
    assert set(summary.values()) == {0}
    assert read(client.get("/api/v3/items"))["data"] == []

    # The stock list comes in as one import; sending it twice does no harm.
    stock = [
        {"name": "Flour", "unit_cost": "0.70", "quantity": 100, "selling_item": "NO", "code": "F"},
        {"name": "Yeast", "unit_cost": "4.20", "quantity": "1.5", "selling_item": "NO"},
        {"name": "Bread", "unit_cost": "1.35", "selling_price": "3.50", "quantity": 0},
    ]
    made = read(client.post("/api/v3/items/bulk", json={"items": dumps(stock)}))
    flour, yeast, bread = (item["id"] for item in made)
    assert read(client.post("/api/items/bulk", json={"items": dumps(stock)})) == []

    # A service and a display shelf are created one by one.
    delivery = read(
        client.post(
            "/api/v3/items",
            json={"name": "Delivery", "type": "service", "unit_price": 0, "selling_price": 2},
        )
    )
    shelf = read(
        client.post(
            "/api/v3/items",
            json={"name": "Shelf", "type": "fixed asset", "unit_price": 250, "retail_item": 0},
        )
    )
    again = client.post(
        "/api/v3/items", json={"name": "delivery", "type": "service", "unit_price": 0}
    )
    assert (again.status_code, again.json()) == (302, "Item name already exist")

    # Two batches are baked.
    for batch in (1, 2):
        server.sandbox(WORD).clock.advance(timedelta(hours=1))
        answer = client.post(
            "/api/v3/items/adjust/from-production",
            json={
                "materials": [
                    {"id": flour, "name": "Flour", "usedQuantity": 12.5, "unit_cost": 0.7}
                    | {"inventory_accountID": 1},
                    {"id": yeast, "name": "Yeast", "usedQuantity": "0.25", "unit_cost": 4.2}
                    | {"inventory_accountID": 1},
                ],
                "product_id": str(bread),
                "date": "2026-03-02",
                "adjustment_quantity": 20,
                "note": f"batch {batch}",
            },
        )
        assert (answer.status_code, answer.content) == (200, b"")
    used = read(client.get(f"/api/v3/items/{bread}/raw-materials"))
    assert [(item["name"], item["quantity"]) for item in used] == [("Flour", 75), ("Yeast", 1)]

    # The counter offers what is for sale.
    pos = read(client.get("/api/v3/pos-items"))
    assert [item["name"] for item in pos["all"]] == ["Bread", "Delivery"]
    assert [part["item_count"] for part in pos["categories"]] == [2]
    bills = read(client.get("/api/v3/bill-items"))
    assert "Flour" in [item["name"] for item in bills]

    # Three loaves fall on the floor.
    booked = read(
        client.post(
            "/api/v3/items/adjust",
            json={
                "type": "decrease",
                "account_id": 4,
                "item_id": bread,
                "quantity": 40,
                "unit_price": 1.35,
                "amount": 4.05,
                "note": "dropped",
                "date": "2026-03-02",
                "adjustment_quantity": 3,
            },
        )
    )
    assert (booked["quantity"], booked["amount"]) == ("3", "4.05")
    history = read(client.get(f"/api/v3/items/{bread}/stock-history"))
    assert [(row["type"], row["quantity"], row["note"]) for row in history["data"]] == [
        ("decrease", 3, "dropped"),
        ("increase", 20, "batch 2"),
        ("increase", 20, "batch 1"),
    ]
    assert history["data"][0]["adjustment_account"]["balance"] == Decimal("4.05")
    assert history["first_page_url"].startswith(f"{client.base_url}".rstrip("/"))

    # The price goes up; nothing else changes.
    before = read(client.get(f"/api/item/{bread}"))["item"]
    read(client.post(f"/api/v3/items/{bread}", json={"selling_price": "3.80"}))
    after = read(client.get(f"/api/item/{bread}"))["item"]
    assert {name for name in after if after[name] != before[name]} <= {
        "selling_price",
        "net_amount",
        "updated_at",
    }
    assert after["selling_price"] == Decimal("3.8")
    assert (after["quantity"], after["balance"]) == (37, "50.0")  # 49.95

    # Delivery ends for today; the shelf is given away.
    assert read(client.post(f"/api/v3/items/{delivery['id']}/archive", json={}))["archived"] is True
    assert [item["name"] for item in read(client.get("/api/v3/invoice-items"))] == ["Bread"]
    gone = client.delete(f"/api/v3/items/{shelf['id']}")
    assert (gone.status_code, gone.content) == (200, b"")
    assert client.get(f"/api/item/{shelf['id']}").json() == "Item not found"

    # In the evening the books are closed.
    summary = read(client.get("/api/v2/items/summary"))
    assert summary["total_count"] == 4
    assert summary["total_inventory_items_count"] == 3
    assert summary["sum_of_quantities"] == 75 + 1 + 37
    worth = 75 * Decimal("0.70") + Decimal("4.20") + 37 * Decimal("1.35")
    assert summary["total_inventory_worth"] == worth
    page = client.get(f"/printallpitems?bid={WORD}", headers={"Authorization": ""})
    assert page.headers["content-type"].startswith("text/html")
    assert page.text.count("<tr>") == 5

    # Nothing that was answered today was off the contract.
    assert not server.sandbox(WORD).defects
