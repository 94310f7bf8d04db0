"""Fixtures of the tests of the Built Africa mock: one server, a business of its own per test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

import httpx
import pytest

from mock_server.app import MockServer, build_server
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State
from tests.apis.built.reading import Section, read_sections

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture(scope="session")
def sections(document: Callable[[str], str]) -> list[Section]:
    """The vendor's page, in its parts."""
    return read_sections(document("built"))


@pytest.fixture(scope="session")
def server() -> MockServer:
    """A server of Built alone, the clocks of its sandboxes frozen."""
    # Tests open more accounts in a minute than a server holds by default.
    return build_server(["built"], Settings(clock=NOW, max_sandboxes=10_000))


@pytest.fixture(scope="session")
def transport(server: MockServer) -> Iterator[InProcessTransport]:
    """A way to the server without a socket."""
    transport = InProcessTransport(server)
    yield transport
    transport.close()


@pytest.fixture
def word() -> str:
    """The key of a typical business that no other test has seen."""
    return f"test-built-{next(_numbers)}"


@pytest.fixture
def client(transport: InProcessTransport, word: str) -> httpx.Client:
    """A client of that business."""
    return httpx.Client(
        transport=transport,
        base_url="http://mock.test/built",
        headers={"Authorization": f"Bearer {word}"},
    )


@pytest.fixture
def sandbox(server: MockServer, client: httpx.Client, word: str) -> Sandbox:
    """The business's sandbox."""
    client.get("/api/v2/items/summary")
    found = server.sandbox(word)
    assert found is not None
    return found


@pytest.fixture
def state(sandbox: Sandbox) -> Callable[[], State]:
    """A function that gives the business's records as they are now."""
    return lambda: sandbox.state
