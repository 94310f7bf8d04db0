"""A server with its clock frozen, a caller of each API, and a way to add a rule."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from mock_server.app import build_server
from mock_server.faults.rules import parse_rule, rules_of
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings
from mock_server.state.sandbox import SandboxName

START = datetime(2026, 3, 4, 12, 0, 15, tzinfo=UTC)
#: A list that every API has, below its base path.
LISTS = {
    "built": "/api/v3/items",
    "cliniko": "/products",
    "exsited": "/api/v3/items",
    "skhokho": "/api/v1.0/organisation/{organisation}/inventory/",
}


@pytest.fixture(scope="session")
def _world(vendors):
    return build_server(vendors=vendors, settings=Settings(clock=START))


@pytest.fixture
def world(_world):
    """All APIs, with every clock standing still, and no sandbox open yet."""
    for name in _world.sandboxes.names():
        _world.sandboxes.close(name)
    return _world


@pytest.fixture
def sandbox(world):
    """The sandbox `test`, opened."""
    return world.sandboxes.open(SandboxName("test", "typical"))


@pytest.fixture
def call_as(world, vendors):
    """A function (api, word) → a client in process with a credential of that word."""
    by_name = {vendor.api.name: vendor.api for vendor in vendors}
    clients = []

    def make(api, word="test", server=None):
        server = server or world
        client = httpx.Client(
            transport=InProcessTransport(server),
            base_url=f"http://mock.test{server.base_path(api)}",
        )
        clients.append(client)
        if by_name[api].sign_in is not None:
            token = by_name[api].sign_in(word, client)
            client.headers["Authorization"] = f"Bearer {token}"
        elif api == "cliniko":
            client.auth = (word, "")
        elif api == "built":
            client.headers["Authorization"] = f"Bearer {word}"
        else:
            client.headers["Cookie"] = f"sessionid={word}"
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def cliniko(call_as):
    """A caller of Cliniko in the sandbox `test`."""
    return call_as("cliniko")


@pytest.fixture
def specs(vendors):
    return {vendor.api.name: vendor.spec for vendor in vendors}


@pytest.fixture
def add(specs, sandbox):
    """A function (*effects, **rest of the rule) that adds a rule to the sandbox `test`."""

    def add_rule(*effects, **rest):
        body = {"effects": [{"kind": e} if isinstance(e, str) else e for e in effects], **rest}
        return rules_of(sandbox).add(parse_rule(body, specs))

    return add_rule
