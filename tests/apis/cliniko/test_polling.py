"""Clients that poll for what has changed miss nothing, while many others write."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from mock_server.app import build_server
from mock_server.live import LiveServer
from mock_server.state.sandbox import SandboxName

WRITERS, WRITES = 64, 6
#: Small, so that many a page has the records of one second alone.
PAGE = 20
START = datetime(2026, 1, 1, tzinfo=UTC)


class Poller:
    """Keeps the newest state of every product, as docs/how-to/any-client.md says."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._since = "2000-01-01T00:00:00Z"
        self.products: dict[str, dict] = {}
        #: Records that came again unchanged, though not of the second that was asked for last.
        self.needless: list[dict] = []

    def poll(self) -> None:
        """Ask until there is nothing newer."""
        while True:
            page = self._ask(f"updated_at:>={self._since}")
            before, full = self._since, len(page) == PAGE
            if page and page[-1]["updated_at"] > before:
                self._since = page[-1]["updated_at"]
            elif full:
                # A whole page of one second: the rest of it, and on once that second is over.
                newer = self._ask(f"updated_at:>{before}", record=False)
                self._walk(before)
                if not newer:
                    return
                self._since = newer[0]["updated_at"]
            if not full:
                return

    def _walk(self, second: str) -> None:
        """Read all that was written in a second, by id, which nothing moves."""
        last = "0"
        while page := self._ask(f"updated_at:>={second}", f"updated_at:<={second}", f"id:>{last}"):
            last = page[-1]["id"]

    def _ask(self, *filters: str, record: bool = True) -> list[dict]:
        since = self._since
        by = "id:asc" if len(filters) > 1 else "updated_at:asc,id:asc"
        asked = {"q[]": filters, "sort": by, "per_page": PAGE}
        page = self._client.get("/products", params=asked).raise_for_status().json()["products"]
        for product in page if record else ():
            if self.products.get(product["id"]) == product and product["updated_at"] != since:
                self.needless.append(product)
            self.products[product["id"]] = product
        return page


@pytest.fixture
def live():
    """A live server, and a sandbox whose time is ours."""
    server = build_server(["cliniko"], at_native_path=True)
    sandbox = server.sandboxes.open(SandboxName("test-polling", "typical"))
    sandbox.clock.freeze(START)
    with LiveServer(server) as running:
        yield running, sandbox


def test_polling_by_updated_at_misses_nothing_while_64_writers_write(live):
    running, sandbox = live
    done = threading.Event()

    calls = httpx.Client(
        base_url=f"{running.url}/v1",
        auth=("test-polling", ""),
        timeout=60,
        limits=httpx.Limits(max_connections=WRITERS + 1),
    )

    def pass_time() -> None:
        while not done.is_set():
            sandbox.clock.advance(timedelta(milliseconds=100))
            time.sleep(0.005)

    def write(number: int) -> None:
        chance, own = random.Random(number), []
        for turn in range(WRITES):
            name = {"name": f"by {number}, turn {turn}"}
            if own and chance.random() < 0.6:
                calls.patch(f"/products/{chance.choice(own)}", json=name).raise_for_status()
            else:
                own.append(calls.post("/products", json=name).raise_for_status().json()["id"])

    def poll() -> Poller:
        poller = Poller(calls)
        while not done.is_set():
            poller.poll()
        poller.poll()
        return poller

    with calls, ThreadPoolExecutor(WRITERS + 2) as threads:
        ticking, polling = threads.submit(pass_time), threads.submit(poll)
        for written in [threads.submit(write, number) for number in range(WRITERS)]:
            written.result()
        done.set()
        ticking.result()
        poller = polling.result()
        everything: dict[str, dict] = {}
        page: dict = {"links": {"next": "/products?per_page=100"}}
        while url := page["links"].get("next"):
            page = calls.get(url).json()
            everything |= {product["id"]: product for product in page["products"]}
    assert poller.products == everything
    assert poller.needless == []
