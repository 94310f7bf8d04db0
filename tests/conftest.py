"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

# Httpx imports it late and keeps its exceptions; a run of tests within a test (pytester) would make
# the process forget the module, and the next import another one of it.
import httpcore  # noqa: F401
import httpx
import pytest
from hypothesis import HealthCheck, settings

from mock_server.app import MockServer, build_server
from mock_server.discovery import load_vendors
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings

#: For the tests of our own plugin; pytest takes it from a conftest at the top alone.
pytest_plugins = ["pytester"]
ROOT = Path(__file__).parent.parent
# Examples vary in speed on small, shared machines; that is not what these tests are about.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("house")


def vendor_document(name: str) -> str:
    """The vendor's own text; it is not part of the project, so a clone may lack it."""
    path = ROOT.parent / "shared" / "api_docs" / f"{name}.txt"
    if not path.is_file():
        # The one reason to skip: the documents belong to their vendors and stand beside the clone.
        # Without the name, so that a run reports all of them in one line.
        pytest.skip("the vendors' documents are not in ../shared/api_docs")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def document() -> Callable[[str], str]:
    """A function from an API's name to its vendor's document."""
    return vendor_document


@pytest.fixture(scope="session")
def vendors():
    """Every API, loaded once."""
    return load_vendors()


@pytest.fixture
def serve(vendors) -> Callable[..., MockServer]:
    """A function that builds a server of all APIs, or of those named, with these settings."""

    def build(*names: str, **options: object) -> MockServer:
        chosen = [vendor for vendor in vendors if not names or vendor.api.name in names]
        return build_server(settings=Settings(**options), vendors=chosen)

    return build


@pytest.fixture
def server(serve) -> MockServer:
    """A fresh server of all APIs."""
    return serve()


@pytest.fixture
def client_of() -> Iterator[Callable[..., httpx.Client]]:
    """A function (server, api, **client options) → a client whose base URL is that API's.

    It calls the server in process.
    """
    clients = []

    def make(server: MockServer, api: str, **options: object) -> httpx.Client:
        client = httpx.Client(
            transport=InProcessTransport(server),
            base_url=f"http://mock.test{server.base_path(api)}",
            **options,
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
