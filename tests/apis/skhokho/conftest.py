"""Fixtures for the Skhokho mock.

One server serves all tests of this folder; each test has sandboxes of its own, opened by
credentials that no other test uses.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from mock_server.app import MockServer, build_server
from mock_server.settings import Settings
from tests.apis.skhokho.inventory import Inventory

_tests = count()


@pytest.fixture(scope="session")
def skhokho() -> MockServer:
    """The server of all tests here."""
    # Tests open more accounts in a minute than a server holds by default.
    return build_server(["skhokho"], Settings(max_sandboxes=10_000))


@pytest.fixture
def word() -> str:
    """What sets this test's credentials apart from those of other tests."""
    return f"-{next(_tests)}"


@pytest.fixture
def inventory_of(
    skhokho: MockServer, client_of: Callable[..., httpx.Client], word: str
) -> Callable[..., Inventory]:
    """A function (credential, organisation) → that inventory; this test's word is appended."""

    def make(credential: str = "test", organisation: str = "organisation-1") -> Inventory:
        client = client_of(skhokho, "skhokho", cookies={"sessionid": credential + word})
        return Inventory(client, organisation)

    return make


@pytest.fixture
def inventory(inventory_of: Callable[..., Inventory]) -> Inventory:
    """The first organisation's inventory in an account with ordinary records."""
    return inventory_of()


@pytest.fixture
def empty(inventory_of: Callable[..., Inventory]) -> Inventory:
    """The first organisation's inventory in an account without records."""
    return inventory_of("test.empty")


@pytest.fixture
def anonymous(
    skhokho: MockServer, client_of: Callable[..., httpx.Client]
) -> Callable[..., httpx.Response]:
    """A function that reads the list with these request options and no credentials of its own."""
    client = client_of(skhokho, "skhokho")

    def read(**options: Any) -> httpx.Response:
        return client.get("/api/v1.0/organisation/organisation-1/inventory/", **options)

    return read
