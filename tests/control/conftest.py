"""A server, emptied for each test, and its control."""

from __future__ import annotations

import httpx
import pytest

from mock_server.app import build_server
from mock_server.control.client import Control
from mock_server.in_process import InProcessTransport
from tests.control.shop import SHOP


@pytest.fixture(scope="session")
def shared_server():
    """A server of one API and its control, which take a while to compile."""
    return build_server(["cliniko"])


@pytest.fixture
def server(shared_server):
    """The shared server, without any sandbox."""
    for name in shared_server.sandboxes.names():
        shared_server.sandboxes.close(name)
    return shared_server


@pytest.fixture
def control(server):
    with Control(app=server) as control:
        yield control


@pytest.fixture
def cliniko(server, client_of):
    """A function from a sandbox's word to a client of Cliniko in it."""
    return lambda word: client_of(server, "cliniko", auth=(word, ""))


@pytest.fixture
def call(server):
    """A client of everything below the server's root, with nothing set."""
    with httpx.Client(transport=InProcessTransport(server), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def shop(tmp_path):
    """The path of a seed file of a small shop."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path
