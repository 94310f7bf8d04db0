"""A stand-in, its clock, and clients of two accounts."""

from __future__ import annotations

import httpx

from lab.standin.database import Database
from lab.standin.service import StandIn
from lab.standin.switches import StandInDefect
from tests.lab.standin.contract import hold_to_the_spec

START = 1_767_225_600  # 2026-01-01T00:00:00Z
KEY, OTHER_KEY = "standin-one-au1", "standin-two-au1"


def refuse_failures(response):
    """A defect is none of those that are put in if the stand-in itself fails."""
    if response.is_server_error:
        response.raise_for_status()


class World:
    """What a test or a probe works with; answers are held to the spec unless there is a defect."""

    def __init__(self, *switches, file=":memory:", **options):
        self.now = START
        self.rate_limit = options.get("rate_limit", 0)
        self._database = Database(file)
        service = StandIn(self._database, lambda: self.now, frozenset(switches), **options)
        self._transport = httpx.WSGITransport(app=service.application)
        self._conforming = not any(isinstance(each, StandInDefect) for each in switches)
        self._clients = []
        self.client = self.client_of(KEY)
        self.other = self.client_of(OTHER_KEY)

    def client_of(self, key):
        """A client that signs in with a key, or does not if it is None."""
        check = hold_to_the_spec if self._conforming else refuse_failures
        client = httpx.Client(
            transport=self._transport,
            base_url="http://standin.test/v1",
            auth=(key, "") if key is not None else None,
            event_hooks={"response": [check]},
        )
        self._clients.append(client)
        return client

    def close(self):
        for client in self._clients:
            client.close()
        self._database.close()

    def make(self, name="Foam Roller", **body):
        """A new product, as the answer to its creation shows it."""
        answer = self.client.post("/products", json={"name": name, **body})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def show(self, product):
        """A product as it is found, archived or not."""
        path = f"/products/{product['id']}"
        answer = self.client.get(path, params={"q[]": "archived_at:*"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def change(self, product, method="PATCH", **body):
        """The answer to a change."""
        return self.client.request(method, f"/products/{product['id']}", json=body)

    def archive(self, product):
        assert self.client.post(f"/products/{product['id']}/archive").status_code == 204

    def adjust(self, product, quantity, kind="Other"):
        """The answer to a stock adjustment."""
        body = {"product_id": product["id"], "quantity": quantity, "adjustment_type": kind}
        return self.client.post("/stock_adjustments", json=body)

    def page(self, *filters, path="/products", **query):
        """A page of a list."""
        answer = self.client.get(path, params={"q[]": list(filters), **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self, *filters, **query):
        """The names on a page of products."""
        return [product["name"] for product in self.page(*filters, **query)["products"]]

    def pages(self, size, **query):
        """The names on each page of products that totals promise, page by page."""
        count = -(-self.page(**query)["total_entries"] // size)
        return [self.names(page=page + 1, per_page=size, **query) for page in range(count)]
