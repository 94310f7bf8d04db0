"""Many clients that write at once lose nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from mock_server.live import LiveServer

CLIENTS, ROUNDS = 64, 4


@pytest.fixture
def client(serve):
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    with (
        LiveServer(serve("cliniko")) as live,
        httpx.Client(
            base_url=f"{live.url}/cliniko/v1", auth=("test.empty", ""), limits=limits, timeout=30
        ) as client,
    ):
        yield client


def at_once(work):
    """Run `work(number)` in as many threads as there are clients, all let go together."""
    barrier = Barrier(CLIENTS)

    def run(number):
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(CLIENTS) as threads:
        return [answer for answers in threads.map(run, range(CLIENTS)) for answer in answers]


def test_adjustments_of_one_product_by_64_clients_at_once_all_count(client):
    assert client.post("/products", json={"name": "Oil", "stock_level": 1000}).status_code == 201

    def adjust(number):
        quantity = number + 1 if number % 2 else -number - 1
        body = {"product_id": "1", "quantity": quantity, "adjustment_type": "Other"}
        return [client.post("/stock_adjustments", json=body) for _ in range(ROUNDS)]

    answers = at_once(adjust)
    assert [answer.status_code for answer in answers] == [201] * CLIENTS * ROUNDS
    total = sum(answer.json()["quantity"] for answer in answers)
    assert total == ROUNDS * CLIENTS // 2
    assert client.get("/products/1").json()["stock_level"] == 1000 + total
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == CLIENTS * ROUNDS
    assert client.get("/stock_adjustments").json()["total_entries"] == CLIENTS * ROUNDS


def test_products_made_by_64_clients_at_once_are_all_there_under_ids_of_their_own(client):
    def create(number):
        return [client.post("/products", json={"name": f"Oil {number}"})]

    answers = at_once(create)
    made = {answer.json()["id"]: answer.json()["name"] for answer in answers}
    assert len(made) == CLIENTS
    listed = client.get("/products", params={"per_page": 100}).json()["products"]
    assert {row["id"]: row["name"] for row in listed} == made


def test_only_one_of_64_clients_archives_a_product(client):
    client.post("/products", json={"name": "Oil"})
    answers = at_once(lambda _: [client.delete("/products/1")])
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * (CLIENTS - 1)
