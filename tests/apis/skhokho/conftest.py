"""Fixtures for the Skhokho mock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.apis.skhokho.inventory import Inventory


@pytest.fixture
def inventory_of(serve, client_of) -> Callable[..., Inventory]:
    """A function (credential word, organisation) → that inventory, on one server per test."""
    server = serve("skhokho")

    def make(word: str = "test", organisation: str = "organisation-1") -> Inventory:
        client: httpx.Client = client_of(server, "skhokho", cookies={"sessionid": word})
        return Inventory(client, organisation)

    return make


@pytest.fixture
def inventory(inventory_of) -> Inventory:
    """The first organisation's inventory in an account with ordinary records."""
    return inventory_of()


@pytest.fixture
def empty(inventory_of) -> Inventory:
    """The first organisation's inventory in an account without records."""
    return inventory_of("test.empty")


@pytest.fixture
def anonymous(serve, client_of) -> Callable[..., httpx.Response]:
    """A function that reads the list with these request options and no credentials of its own."""
    client = client_of(serve("skhokho"), "skhokho")

    def read(**options: Any) -> httpx.Response:
        return client.get("/api/v1.0/organisation/organisation-1/inventory/", **options)

    return read
