"""What is tested: a mock in this process, or a service behind a URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.app import build_server
from mock_server.control.api import NAME as CONTROL
from mock_server.control.api import control_vendor
from mock_server.discovery import Vendor, load_vendor
from mock_server.engine.spec import Json
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings

#: The origin under which a mock in this process is called; Schemathesis has it built in.
IN_PROCESS_ORIGIN = "http://testserver"


class Unreachable(Exception):
    """The target does not answer; the message says so in one line."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service to test, and how to sign in to it.

    `base_url` is what the spec's paths are appended to. `credential` is what the spec's first
    security scheme takes: `user:password`, a token, or a key. `app` is the ASGI application if
    the service runs in this process.
    """

    vendor: Vendor
    base_url: str
    credential: str
    app: ASGIApp | None = None

    @property
    def scheme_name(self) -> str:
        """The name of the spec's first security scheme."""
        return next(iter(self.vendor.spec.security_schemes))

    @property
    def scheme(self) -> Json:
        """The spec's first security scheme."""
        return self.vendor.spec.security_schemes[self.scheme_name]

    def client(self) -> httpx.Client:
        """Return a client of the target that signs in; raises nothing until it is used."""
        options: dict[str, Any] = {"base_url": self.base_url, "timeout": 30.0}
        if self.app is not None:
            options["transport"] = InProcessTransport(self.app)
        scheme = self.scheme
        if scheme["type"] == "apiKey":
            place = {"cookie": "cookies", "header": "headers", "query": "params"}[scheme["in"]]
            options[place] = {scheme["name"]: self.credential}
        elif scheme.get("scheme") == "basic":
            user, _, password = self.credential.partition(":")
            options["auth"] = httpx.BasicAuth(user, password)
        else:
            options["headers"] = {"Authorization": f"Bearer {self.credential}"}
        return httpx.Client(**options)


def mock_target(api: str, word: str = "test", settings: Settings | None = None) -> Target:
    """Return a fresh mock of the API in this process, signed in with a credential word."""
    if api == CONTROL:
        return _control_target(word, settings or Settings())
    vendor = load_vendor(api)
    server = build_server(settings=settings, vendors=[vendor])
    base_url = IN_PROCESS_ORIGIN + server.base_path(api)
    return Target(vendor, base_url, signed_in(vendor, base_url, word, server), server)


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


def url_target(api: str, url: str, credential: str) -> Target:
    """Return a service behind a URL; raises Unreachable if nothing answers there."""
    vendor = load_vendor(api)
    target = Target(vendor, url.rstrip("/"), credential)
    try:
        with target.client() as client:
            client.get("/")
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise Unreachable(f"{url} does not answer: {problem}") from problem
    return target


def signed_in(vendor: Vendor, base_url: str, word: str, app: ASGIApp | None = None) -> str:
    """Return the credential with which a mock takes a caller for `word`."""
    if vendor.api.sign_in is None:
        scheme = next(iter(vendor.spec.security_schemes.values()))
        return f"{word}:" if scheme.get("scheme") == "basic" else word
    transport = InProcessTransport(app) if app is not None else None
    with httpx.Client(base_url=base_url, transport=transport) as client:
        return vendor.api.sign_in(word, client)
