"""Long work of one sandbox does not stop the calls of another."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from mock_server.app import build_server
from mock_server.seeding.seeder import Seed, SeedStates
from mock_server.state.store import State


@pytest.fixture
def beside(vendors):
    """A function that sends a long call, and calls of another sandbox until it is answered.

    Both go over the one event loop that a server has. It returns the long answer, and how many
    calls were answered before it.
    """

    def measure(method, path, **options):
        async def run():
            server = build_server([], vendors=vendors)
            transport = httpx.ASGITransport(server, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost", timeout=None
            ) as client:
                products = ("/cliniko/v1/products/1", {"auth": ("test-b", "")})
                await client.get(products[0], **products[1])
                await client.get("/cliniko/v1/products", auth=("test-a", ""))
                long = asyncio.ensure_future(client.request(method, path, **options))
                answered = 0
                while not long.done():
                    answer = await client.get(products[0], **products[1])
                    assert answer.status_code == 200
                    answered += 1
                    await asyncio.sleep(0)
                return long.result(), answered

        return asyncio.run(run())

    return measure


def records(count):
    product = {
        "name": "Balm",
        "created_at": "2026-01-02T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
    }
    return {"apis": {"cliniko": {"products": [{**product, "id": n + 1} for n in range(count)]}}}


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("POST", "/_mock/sandboxes/test-a/seed", {"json": records(500)}),
        ("GET", "/_mock/sandboxes/test-a/export", {}),
        ("GET", "/_mock/sandboxes/test-a/events", {}),
        ("GET", "/_mock/sandboxes/test-a/difference", {}),
        ("POST", "/_mock/sandboxes/test-a/verify", {"json": {"calls": [{"method": "GET"}]}}),
        ("GET", "/_mock/apis/cliniko/cases?operation=getProduct", {}),
        ("GET", "/_mock/apis/cliniko/data?kind=products&count=300", {}),
        ("GET", "/built/api/v3/items", {"headers": {"Authorization": "Bearer test-a"}}),
    ],
)
def test_other_sandboxes_are_answered_meanwhile(beside, method, path, options):
    answer, meanwhile = beside(method, path, **options)
    assert answer.status_code == 200
    assert meanwhile > 1


def test_a_seed_is_exchanged_at_once_and_whole(beside):
    answer, _ = beside("POST", "/_mock/sandboxes/test-a/seed", json=records(50))
    assert answer.json()["apis"] == ["cliniko"]


def test_a_long_call_is_refused_as_others_are(call, control):
    control.create("test-a")
    url = "/_mock/sandboxes/test-a"
    for answer, status in [
        (call.post(f"{url}/seed", content=b"{", headers={"Content-Type": "application/json"}), 400),
        (call.post(f"{url}/seed", content=b"{}", headers={"Content-Type": "text/plain"}), 415),
        (call.post(f"{url}/seed", json={"apis": {"nope": {}}}), 422),
        (call.get(f"{url}/export?api=nope"), 404),
        (call.get("/_mock/sandboxes/test-none/export"), 404),
        (call.get(f"{url}/journal?limit=x"), 400),
        (call.get(f"{url}/har?since=-1"), 400),
    ]:
        assert (answer.status_code, next(iter(answer.json()))) == (status, "error")


def test_seeds_are_made_once_and_the_oldest_go():
    made = []

    def make(*key):
        made.append(key)
        return Seed(State())

    seeds = SeedStates(make)
    for number in range(20):
        assert not seeds.ready("toy", "typical", number)
        assert seeds("toy", "typical", number) is seeds("toy", "typical", number)
    assert len(made) == 20
    assert [number for number in range(20) if seeds.ready("toy", "typical", number)] == [
        *range(4, 20)
    ]
