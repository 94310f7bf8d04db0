"""A mock in this process as a target."""

from __future__ import annotations

from dataclasses import replace

import httpx

from contract_tests.target.target import IN_PROCESS_ORIGIN, Target, mock_parameters
from mock_server.app import build_server
from mock_server.control.api.spec import NAME as CONTROL
from mock_server.control.api.vendor import control_vendor
from mock_server.discovery import Vendor, load_vendor
from mock_server.in_process import InProcessTransport, raw_target
from mock_server.settings import Settings

__all__ = ["CONTROL", "mock_target", "signed_in"]


def mock_target(api: str, word: str = "test", settings: Settings | None = None) -> Target:
    """Return a fresh mock of the API in this process, signed in with a credential word.

    The other account is that of `WORD-other`. Control has one account.
    """
    if api == CONTROL:
        return _control_target(word, settings or Settings())
    vendor = load_vendor(api)
    server = build_server(settings=settings, vendors=[vendor])
    base_url = IN_PROCESS_ORIGIN + server.base_path(api)
    transport = InProcessTransport(server)
    return Target(
        vendor,
        base_url,
        signed_in(vendor, base_url, word, transport),
        transport,
        signed_in(vendor, base_url, f"{word}-other", transport),
        mock_parameters(vendor),
    )


def signed_in(
    vendor: Vendor, base_url: str, word: str, transport: httpx.BaseTransport | None = None
) -> str:
    """Return the credential with which a mock takes a caller for `word`.

    Without a `transport` the mock is served at the URL. Raises httpx.HTTPError.
    """
    if vendor.api.sign_in is None:
        scheme = next(iter(vendor.spec.security_schemes.values()))
        return f"{word}:" if scheme.kind == "basic" else word
    if transport is None:
        with httpx.Client(base_url=base_url, trust_env=False) as client:
            return vendor.api.sign_in(word, client)
    mock = Target(vendor, base_url, "", transport)
    with mock.client(None) as client:
        return vendor.api.sign_in(word, client)


def _control_target(word: str, settings: Settings) -> Target:
    """The control API of a fresh server that wants a token, with a sandbox that was used."""
    server = build_server(settings=replace(settings, token=settings.token or word))
    transport = InProcessTransport(server)
    for vendor in server.vendors:
        base_url = IN_PROCESS_ORIGIN + server.base_path(vendor.api.name)
        credential = signed_in(vendor, base_url, "test", transport)
        with Target(vendor, base_url, credential, transport).client() as client:
            client.get(vendor.api.first_call.path)
    vendor = control_vendor(server.control_context)
    base_url = IN_PROCESS_ORIGIN + vendor.spec.base_path
    return Target(vendor, base_url, server.settings.token or word, _Ending(transport))


class _Ending(httpx.BaseTransport):
    """A transport without streams that stay open, which nobody could check to their end."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        ending = raw_target(request).replace(b"follow=true", b"follow=false")
        request.extensions = {**request.extensions, "target": ending}
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()
