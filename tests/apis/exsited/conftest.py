"""Organisations of one Exsited mock, each with a client of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest

from mock_server.app import MockServer, build_server
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings
from tests.apis.exsited.organisation import ORIGIN, Organisation


@pytest.fixture(scope="session")
def exsited() -> MockServer:
    """The server of all tests here."""
    # Tests open more accounts in a minute than a server holds by default.
    return build_server(["exsited"], Settings(max_sandboxes=10_000))


@pytest.fixture(scope="session")
def open_organisation(exsited: MockServer) -> Iterator[Callable[..., Organisation]]:
    """A function that opens a new organisation, of the typical persona or another."""
    transport = InProcessTransport(exsited)
    numbers = count(1)

    def make(persona: str = "typical") -> Organisation:
        client_id = f"test.{persona}-{next(numbers)}"
        base_url = f"{ORIGIN}{exsited.base_path('exsited')}"
        client = httpx.Client(transport=transport, base_url=base_url)
        organisation = Organisation(exsited, client_id, persona, client)
        organisation.sign_in()
        return organisation

    yield make
    transport.close()


@pytest.fixture
def organisation(open_organisation: Callable[..., Organisation]) -> Organisation:
    """A new organisation with about sixty items."""
    return open_organisation()


@pytest.fixture
def empty(open_organisation: Callable[..., Organisation]) -> Organisation:
    """A new organisation without items."""
    return open_organisation("empty")
