"""Many at once: as though one came after the other, and no sandbox meets another."""

from __future__ import annotations

import asyncio
import json
import random
from base64 import b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from mock_server.app import build_server
from mock_server.faults.rules import parse_rule, rules_of
from mock_server.in_process import exchange
from mock_server.server_loop import LoopTransport, ServerLoop
from mock_server.settings import Settings
from mock_server.state.sandbox import SandboxName

MANY = 1_000
WORKERS, STEPS = 12, 60


def call(server, word, method, path, body=None):
    """One call of Cliniko, as a coroutine."""
    url = f"http://mock.test{server.base_path('cliniko')}{path}"
    headers = {"Authorization": "Basic " + b64encode(f"{word}:".encode()).decode()}
    return exchange(server, httpx.Request(method, url, json=body, headers=headers))


def word(number):
    """The word of one of the thousand sandboxes."""
    return f"test.empty-{number}"


def instant(number):
    """The time in one of them."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)


async def live(server):
    """Write to each, fault, limit and set it in time differently, in turns that a seed decides."""
    specs = {vendor.api.name: vendor.spec for vendor in server.vendors}
    rule = {"match": {"operation": "getProduct"}, "effects": [{"kind": "status", "status": 404}]}

    async def one(number):
        sandbox = server.sandboxes.open(SandboxName(word(number), "empty"))
        sandbox.clock.freeze(instant(number))
        sandbox.rate_limited = number % 3 == 0
        if number % 5 == 0:
            rules_of(sandbox).add(parse_rule(rule, specs))
        for turn in range(1 + number % 4):
            await asyncio.sleep(0)
            await call(server, word(number), "POST", "/products", {"name": f"{number}/{turn}"})
        await asyncio.sleep(0)
        await call(server, word(number), "GET", "/products/1")

    numbers = list(range(MANY))
    random.Random(7).shuffle(numbers)
    await asyncio.gather(*(one(number) for number in numbers))


@pytest.fixture(scope="module")
def crowd(vendors):
    """A server on which a thousand sandboxes have lived at the same time."""
    cliniko = [vendor for vendor in vendors if vendor.api.name == "cliniko"]
    server = build_server(vendors=cliniko, settings=Settings(max_sandboxes=2 * MANY))
    asyncio.run(live(server))
    assert len(server.sandboxes) == MANY
    return server


def each_of(crowd):
    """The numbers of the sandboxes, the sandboxes, and the products in them."""
    for number in range(MANY):
        sandbox = crowd.sandbox(word(number))
        products = sandbox.state.collections["cliniko.products"].items()
        yield number, sandbox, [product for _, product in products]


class TestAThousandSandboxes:
    """They never meet."""

    def test_have_their_own_records(self, crowd):
        for number, _, products in each_of(crowd):
            names = [product.name for product in products]
            assert names == [f"{number}/{turn}" for turn in range(1 + number % 4)]

    def test_have_their_own_clocks(self, crowd):
        for number, sandbox, products in each_of(crowd):
            assert sandbox.clock.now() == instant(number)
            assert {product.created_at for product in products} == {instant(number)}

    def test_have_their_own_faults(self, crowd):
        for number, sandbox, _ in each_of(crowd):
            last = sandbox.journal.get(sandbox.journal.last)
            assert (last.operation, last.status) == ("getProduct", 200 if number % 5 else 404)
            assert (last.fault is None) == bool(number % 5)

    def test_have_their_own_quotas(self, crowd):
        for number, sandbox, products in each_of(crowd):
            used = sum(count for _, count in sandbox.windows.values())
            # The last call counts unless a fault answered it.
            expected = len(products) + (number % 5 != 0) if number % 3 == 0 else 0
            assert used == expected

    def test_have_their_own_journals(self, crowd):
        for number, sandbox, products in each_of(crowd):
            assert [exchange.number for exchange in sandbox.journal] == [
                *range(1, len(products) + 2)
            ]
            assert all(
                str(number) in exchange.request_body.decode()
                for exchange in sandbox.journal
                if exchange.operation == "createProduct"
            )
        assert len(crowd.sandboxes.unattributed.journal) == 0


class TestWritersForksAndResetsAtOnce:
    """What came of it is what the journal's calls, one after the other, come to in a model."""

    @pytest.fixture
    def loop(self):
        loop = ServerLoop()
        yield loop
        loop.close()

    @pytest.mark.parametrize("seed", range(3))
    def test_come_to_what_a_sequential_model_says(self, serve, loop, seed):
        server = serve("cliniko")
        transport = LoopTransport(server, loop)
        sandbox = server.sandboxes.open(SandboxName("test.empty-shared", "empty"))
        history, forks = [], []
        sandbox.journal.listen(lambda exchange: history.append(("call", exchange)))

        def control(kind, value, action):
            """Do something to the sandbox between two calls, and write down when."""

            def act():
                done = action()
                history.append((kind, value))
                return done

            return loop.do(act)

        def fork(name):
            forks.append((name, server.sandboxes.adopt(sandbox.fork(name))))

        def work(worker):
            chance = random.Random(1_000 * seed + worker)
            with httpx.Client(
                transport=transport,
                base_url=f"http://mock.test{server.base_path('cliniko')}",
                auth=(sandbox.name, ""),
            ) as client:
                for step in range(STEPS):
                    name = f"test.empty-{worker}-{step}"
                    match chance.choices(range(7), (40, 20, 10, 10, 4, 4, 1))[0]:
                        case 0:
                            body = {"name": name, "stock_level": 10}
                            client.post("/products", json=body)
                        case 1:
                            number = str(chance.randint(1, 9))
                            quantity = chance.choice((-3, -1, 2))
                            body = {
                                "product_id": number,
                                "quantity": quantity,
                                "adjustment_type": "Other",
                            }
                            client.post("/stock_adjustments", json=body)
                        case 2:
                            client.delete(f"/products/{chance.randint(1, 9)}")
                        case 3:
                            control("fork", name, lambda name=name: fork(name))
                            # The fork lives on by itself, while its origin goes back and forth.
                            body = {"name": name, "stock_level": 10}
                            client.post("/products", json=body, auth=(name, ""))
                        case 4:
                            control("snapshot", "s", lambda: sandbox.snapshot("s"))
                        case 5:
                            if "s" in sandbox.snapshots:
                                control("restore", "s", lambda: sandbox.restore("s"))
                        case 6:
                            control("reset", None, sandbox.reset)

        with ThreadPoolExecutor(WORKERS) as threads:
            list(threads.map(work, range(WORKERS)))

        model = Model()
        expected_forks = {}
        for kind, value in history:
            if kind == "call":
                model.call(value)
            elif kind == "fork":
                expected_forks[value] = model.stock() | {model.next_id(): 10}
            else:
                model.go(kind)
        assert Counter(kind for kind, _ in history)["call"] > WORKERS * STEPS / 2
        assert stock_in(sandbox) == model.stock()
        assert {name: stock_in(fork) for name, fork in forks} == expected_forks
        verdicts = {value.verdict for kind, value in history if kind == "call"}
        assert verdicts == {"answered", "refused"}


def stock_in(sandbox):
    """The products that are not archived, with their stock."""
    products = sandbox.state.collections.get("cliniko.products")
    return {
        key: product.stock_level
        for key, product in (products.items() if products else ())
        if product.archived_at is None
    }


class Model:
    """A shop of products and their stock, for which calls come one after the other."""

    def __init__(self):
        self._now = ({}, 0)
        self._snapshot = None

    def stock(self):
        return dict(self._now[0])

    def next_id(self):
        """The id of the product that is made next."""
        return self._now[1] + 1

    def go(self, kind):
        """Take a snapshot, go back to it, or begin anew."""
        if kind == "snapshot":
            self._snapshot = self._now
        else:
            self._now = self._snapshot if kind == "restore" else ({}, 0)

    def call(self, exchange):
        """Do what a call asks for, and hold its answer against what it must be."""
        body = json.loads(exchange.request_body or b"null")
        stock, made = dict(self._now[0]), self._now[1]
        match exchange.operation:
            case "createProduct":
                made += 1
                stock[made] = body["stock_level"]
                assert exchange.status == 201
                assert json.loads(exchange.response_body)["id"] == str(made)
            case "createStockAdjustment":
                number = int(body["product_id"])
                assert (exchange.status == 201) == (number in stock)
                if number in stock:
                    stock[number] += body["quantity"]
            case "deleteProduct":
                number = int(exchange.path.rpartition("/")[2])
                assert exchange.status == (204 if number in stock else 404)
                stock.pop(number, None)
            case other:
                raise AssertionError(other)
        self._now = (stock, made)
