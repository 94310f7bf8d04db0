"""One organisation's inventory, called as a client calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx


class Inventory:
    """The paths of one organisation's inventory over an HTTP client.

    Each method sends one request and returns its response; keyword arguments are httpx's.
    """

    def __init__(self, client: httpx.Client, organisation: str) -> None:
        self.client = client
        self.path = f"/api/v1.0/organisation/{organisation}/inventory/"

    def list(self, **query: Any) -> httpx.Response:
        """List products."""
        return self.client.get(self.path, params=query)

    def everything(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield the products of all pages, following the links."""
        url: str | None = str(self.list(**query).request.url)
        while url is not None:
            page = self.client.get(url).json()
            yield from page["results"]
            url = page["next"]

    def create(self, **options: Any) -> httpx.Response:
        """Create a product."""
        return self.client.post(f"{self.path}create/", **options)

    def made(self, **fields: Any) -> dict[str, Any]:
        """Create a product from fields, and return it; raises AssertionError if it is refused."""
        response = self.create(json={"name": "Rooibos", "product_type": "buy", **fields})
        assert response.status_code == 201, response.text
        product: dict[str, Any] = response.json()
        return product

    def get(self, unique_id: str) -> httpx.Response:
        """Retrieve a product."""
        return self.client.get(f"{self.path}{unique_id}/")

    def put(self, unique_id: str, **options: Any) -> httpx.Response:
        """Update a whole product."""
        return self.client.put(f"{self.path}{unique_id}/update/", **options)

    def patch(self, unique_id: str, **options: Any) -> httpx.Response:
        """Update a part of a product."""
        return self.client.patch(f"{self.path}{unique_id}/update/", **options)

    def act(self, unique_id: str, action: str | None) -> httpx.Response:
        """Perform an action on a product."""
        params = {} if action is None else {"action": action}
        return self.client.get(f"{self.path}{unique_id}/action/", params=params)
