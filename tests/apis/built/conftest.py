"""Fixtures of the tests of the Built Africa mock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from mock_server.app import MockServer
from tests.apis.built.reading import Section, read_sections

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
WORD = "test-built"
SIGNED_IN = {"Authorization": f"Bearer {WORD}"}


@pytest.fixture(scope="session")
def sections(document: Callable[[str], str]) -> list[Section]:
    """The vendor's page, in its parts."""
    return read_sections(document("built"))


@pytest.fixture
def server(serve: Callable[..., MockServer]) -> MockServer:
    """A fresh server of Built alone, its clock frozen."""
    return serve("built", clock=NOW)


@pytest.fixture
def client(server: MockServer, client_of: Callable[..., httpx.Client]) -> httpx.Client:
    """A client of the typical business."""
    return client_of(server, "built", headers=SIGNED_IN)


@pytest.fixture
def state(server: MockServer, client: httpx.Client) -> Callable[[], object]:
    """A function that gives the records of the client's sandbox as they are now."""
    client.get("/api/v2/items/summary")

    def present() -> object:
        sandbox = server.sandbox(WORD)
        assert sandbox is not None
        return sandbox.state

    return present
