"""Accounts of the mock to try things on: a key that nobody else uses, and a client with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from mock_server.app import MockServer
from mock_server.state.sandbox import Sandbox, SandboxName

ORIGIN = "http://mock.test"


@dataclass(frozen=True)
class Account:
    """One account, called over the wire; its sandbox is within reach to set the clock."""

    server: MockServer
    key: str
    persona: str
    client: httpx.Client

    @property
    def sandbox(self) -> Sandbox:
        return self.server.sandboxes.open(SandboxName(self.key, self.persona))

    def product(self, **properties: Any) -> Any:
        """Create a product; returns it as it was answered."""
        answer = self.client.post("/products", json={"name": "Massage Oil 500 ml", **properties})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def adjust(
        self, product: str | int, quantity: int | str, kind: str = "Other"
    ) -> httpx.Response:
        """Ask for a stock adjustment."""
        body = {"product_id": product, "quantity": quantity, "adjustment_type": kind}
        return self.client.post("/stock_adjustments", json=body)

    def get(self, path: str, *filters: str, **query: Any) -> Any:
        """Return what a GET that must work answers."""
        answer = self.client.get(path, params={"q[]": list(filters), **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, *filters: str, **query: Any) -> Iterator[Any]:
        """Yield the pages of a list, by following the links to the next one."""
        page = self.get(path, *filters, **query)
        yield page
        while "next" in page["links"]:
            answer = self.client.get(page["links"]["next"])
            assert answer.status_code == 200, answer.text
            page = answer.json()
            yield page

    def rows(self, collection: str, *filters: str, **query: Any) -> list[Any]:
        """Return all rows of a list, page by page."""
        pages = self.pages(f"/{collection}", *filters, **{"per_page": 100, **query})
        return [row for page in pages for row in page[collection]]

    def all_products(self) -> list[Any]:
        """Return every product, archived ones included, in the default order."""
        return self.rows("products", "archived_at:*")

    def send(self, content: bytes, path: str = "/products", **headers: str) -> httpx.Response:
        """POST these very bytes as JSON."""
        kind = {"Content-Type": "application/json"}
        return self.client.post(path, content=content, headers={**kind, **headers})
