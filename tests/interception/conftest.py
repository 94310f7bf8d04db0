"""A gateway in front of all four mocks, and clients that go through it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import httpx
import pytest

from mock_server.app import build_server
from mock_server.interception.certificates import Authority
from mock_server.interception.gateway import Gateway
from mock_server.settings import Settings


@dataclass
class Intercepted:
    """A gateway, the server behind it, and what a client needs to trust it."""

    gateway: Gateway
    server: object
    authority: Authority

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.authority.certificate_pem.decode())

    def client(self, **options) -> httpx.Client:
        """A client that knows nothing but the proxy's address and the certificate."""
        return httpx.Client(
            proxy=self.gateway.url, verify=self.trust, trust_env=False, timeout=30, **options
        )


@pytest.fixture(scope="package")
def intercepted():
    """One gateway for all tests here; each has a sandbox of its own."""
    server = build_server(settings=Settings(hide_keys=True))
    authority = Authority.new()
    with Gateway(server, authority) as gateway:
        yield Intercepted(gateway, server, authority)
