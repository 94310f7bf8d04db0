"""What is tested: a mock in this process, or a service behind a URL."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from contract_tests.target.forwarder import Forwarder
from contract_tests.target.profiles import FULL, Profile
from mock_server.app import build_server
from mock_server.control.api.vendor import NAME as CONTROL
from mock_server.control.api.vendor import control_vendor
from mock_server.discovery import Vendor, load_vendor
from mock_server.in_process import InProcessTransport
from mock_server.openapi.security import SecurityScheme
from mock_server.settings import Settings

#: The origin under which a mock in this process is called; Schemathesis has it built in.
IN_PROCESS_ORIGIN = "http://testserver"
#: The seconds within which a service has to take a connection.
_PATIENCE = 10.0


class Unreachable(Exception):
    """The target does not answer, or lets nobody in; the message says so in one line."""


#: Who calls: one of the target's two accounts, or nobody.
Account = Literal["first", "other"] | None


@dataclass(frozen=True, slots=True)
class Target:
    """A service to test, and how to sign in to it.

    `base_url` is what the spec's paths are appended to. `app` is the way to it: an ASGI
    application of this process, through which every call goes. `credential` is what the spec's
    first security scheme takes: `user:password`, a token, or a key; `other_credential` that of a
    second account, which must see nothing of the first one's. `parameters` are the values of path
    parameters that say whose records are meant, and are the same in every call.
    """

    vendor: Vendor
    base_url: str
    credential: str
    app: ASGIApp
    other_credential: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    profile: Profile = FULL

    @property
    def scheme_name(self) -> str:
        """The name of the spec's first security scheme."""
        return next(iter(self.vendor.spec.security_schemes))

    @property
    def scheme(self) -> SecurityScheme:
        """The spec's first security scheme."""
        return self.vendor.spec.security_schemes[self.scheme_name]

    def client(self, account: Account = "first") -> httpx.Client:
        """Return a client of the target that signs in as one of its accounts, or as nobody.

        Its base URL is the target's; it follows no redirects. Raises LookupError if there is no
        such account, and nothing else until it is used.
        """
        options = {} if account is None else self._signed_in_as(account)
        transport = InProcessTransport(self.app)
        return httpx.Client(base_url=self.base_url, timeout=30.0, transport=transport, **options)

    def _signed_in_as(self, account: Literal["first", "other"]) -> dict[str, Any]:
        credential = self.credential if account == "first" else self.other_credential
        if credential is None:
            raise LookupError("the target has no other account")
        return self.scheme.present(credential).options


def mock_target(api: str, word: str = "test", settings: Settings | None = None) -> Target:
    """Return a fresh mock of the API in this process, signed in with a credential word.

    The other account is that of `WORD-other`. Control has one account.
    """
    if api == CONTROL:
        return _control_target(word, settings or Settings())
    vendor = load_vendor(api)
    server = build_server(settings=settings, vendors=[vendor])
    base_url = IN_PROCESS_ORIGIN + server.base_path(api)
    return Target(
        vendor,
        base_url,
        signed_in(vendor, base_url, word, server),
        server,
        signed_in(vendor, base_url, f"{word}-other", server),
        mock_parameters(vendor),
    )


def mock_parameters(vendor: Vendor) -> Mapping[str, str]:
    """Return the path parameters of a mock's first call, which say whose records there are."""
    path = vendor.api.first_call.path.partition("?")[0]
    found = vendor.spec.find("get", path)
    return {} if found is None else found[1]


def _control_target(word: str, settings: Settings) -> Target:
    """The control API of a fresh server that wants a token, with a sandbox that was used."""
    server = build_server(settings=replace(settings, token=settings.token or word))
    for vendor in server.vendors:
        base_url = IN_PROCESS_ORIGIN + server.base_path(vendor.api.name)
        mock = Target(vendor, base_url, signed_in(vendor, base_url, "test", server), server)
        with mock.client() as client:
            client.get(vendor.api.first_call.path)
    vendor = control_vendor(server.world)
    base_url = IN_PROCESS_ORIGIN + vendor.spec.base_path
    return Target(vendor, base_url, server.settings.token or word, _ending(server))


def _ending(app: ASGIApp) -> ASGIApp:
    """The application without streams that stay open, which nobody could check to their end."""

    async def ending(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query = scope["query_string"].replace(b"follow=true", b"follow=false")
            scope = {**scope, "query_string": query}
        await app(scope, receive, send)

    return ending


def url_target(
    api: str,
    url: str,
    credential: str,
    other_credential: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Target:
    """Return a service behind a URL; raises Unreachable if nothing answers there.

    Without `parameters` they are those of a mock.
    """
    vendor = load_vendor(api)
    base_url = url.rstrip("/")
    try:
        parts = httpx.URL(base_url)
        if not parts.host or parts.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol("it is no URL that begins with http:// or https://")
        app = Forwarder(str(parts.copy_with(raw_path=b"/")))
        fixed = mock_parameters(vendor) if parameters is None else dict(parameters)
        target = Target(vendor, base_url, credential, app, other_credential, fixed)
        # A connection is opened and nothing sent: no request is safe on every service.
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.host, port), timeout=_PATIENCE).close()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
        raise Unreachable(f"{url} does not answer: {problem}") from problem
    return target


def signed_in(vendor: Vendor, base_url: str, word: str, app: ASGIApp | None = None) -> str:
    """Return the credential with which a mock takes a caller for `word`."""
    if vendor.api.sign_in is None:
        scheme = next(iter(vendor.spec.security_schemes.values()))
        return f"{word}:" if scheme.kind == "basic" else word
    transport = InProcessTransport(app) if app is not None else None
    with httpx.Client(base_url=base_url, transport=transport) as client:
        return vendor.api.sign_in(word, client)
