"""The same seed, the same clock and the same requests give the same bytes."""

from __future__ import annotations

from json import dumps

import pytest

from tests.apis.built.conftest import NOW

ADJUSTMENT = {"type": "decrease", "account_id": 4, "item_id": 2, "quantity": 1, "unit_price": 2}
CALLS = [
    ("GET", "/api/v3/items?page=2", None),
    ("POST", "/api/v3/items", {"name": "Oil", "type": "product", "unit_price": 9.95}),
    ("POST", "/api/v3/items", {"name": "Oil", "type": "product", "unit_price": 9.95}),
    ("POST", "/api/items/bulk", {"items": dumps([{"name": "Tea"}, {"name": "Soap"}])}),
    ("POST", "/api/v3/items/adjust", {**ADJUSTMENT, "amount": 2, "adjustment_quantity": 1}),
    ("POST", "/api/v3/items/3/archive", {}),
    ("GET", "/api/v3/pos-items", None),
    ("GET", "/api/v3/items/2/stock-history", None),
    ("GET", "/api/v2/items/summary", None),
    ("GET", "/printallpitems?bid=test-same", None),
    ("DELETE", "/api/v3/items/61", None),
]


@pytest.fixture
def transcript(serve, client_of):
    """A function (seed) → every answer's status and bytes."""

    def run(seed):
        client = client_of(
            serve("built", clock=NOW, seed=seed),
            "built",
            headers={"Authorization": "Bearer test-same"},
        )
        answers = [client.request(method, path, json=body) for method, path, body in CALLS]
        return [(answer.status_code, answer.content) for answer in answers]

    return run


def test_the_same_calls_give_the_same_bytes(transcript):
    assert transcript(5) == transcript(5)


def test_another_seed_is_another_business(transcript):
    assert transcript(5)[0] != transcript(6)[0]


def test_the_token_is_the_business(client, word):
    client.post("/api/v3/items", json={"name": "Mine", "type": "product", "unit_price": 1})
    other = {"Authorization": f"Bearer {word}-other"}
    assert client.get("/api/v3/items/search/Mine").json()
    assert client.get("/api/v3/items/search/Mine", headers=other).json() == []
    assert client.get("/api/item/61", headers=other).status_code == 302
    assert client.get("/api/v2/items/summary", headers=other).json()["total_count"] == 60
