"""Accounts of one Cliniko mock, each with a key of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest

from mock_server.app import build_server
from mock_server.discovery import Vendor, load_vendors
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings
from tests.apis.cliniko.accounts import ORIGIN, Account


@pytest.fixture(scope="session")
def vendors() -> list[Vendor]:
    """Cliniko alone."""
    return load_vendors(["cliniko"])


@pytest.fixture(scope="session")
def open_account(vendors: list[Vendor]) -> Iterator[Callable[..., Account]]:
    """A function that opens a new account of one server, of the typical persona or another."""
    # Property tests open more accounts in a minute than a server holds by default.
    server = build_server(vendors=vendors, settings=Settings(max_sandboxes=10_000))
    transport = InProcessTransport(server)
    base_url = f"{ORIGIN}{server.base_path('cliniko')}"
    numbers = count(1)

    def make(persona: str = "typical") -> Account:
        key = f"test.{persona}-{next(numbers)}"
        client = httpx.Client(transport=transport, base_url=base_url, auth=(key, ""))
        return Account(server, key, persona, client)

    yield make
    transport.close()


@pytest.fixture
def account(open_account: Callable[..., Account]) -> Account:
    """A new account with about sixty products."""
    return open_account()


@pytest.fixture
def empty(open_account: Callable[..., Account]) -> Account:
    """A new account with nothing in it."""
    return open_account("empty")
