"""One ASGI application for all hosts: the vendors', this machine's, and those that are refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.app import MockServer
from mock_server.interception.hosts import AllowedHosts, VendorHosts, is_loopback
from mock_server.interception.record import InterceptionRecord

#: Marks the answers that say why a host is refused.
REFUSED_HEADER = "x-mock-refused"
#: Headers of one connection, which a proxy does not pass on (RFC 9110, section 7.6.1).
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


def refusal(host: str, option: str = "--allow-host ") -> str:
    """Say why a host is refused, and which option, with the host behind it, lets it through."""
    return f"{host} is refused, so that nothing leaves this machine; {option}{host} lets it through"


class HostRouter:
    """Sends each request on by its `Host`: a vendor's to its API, at the native path.

    This machine's names with one of `ports` lead to the whole server, control included. With
    `others` "server" all other names do too; with "refuse" they are called if they are allowed, and
    else get 502. A vendor's host answers only in its own scheme
    (HTTPS), as a client that asks otherwise would fail at the vendor.
    """

    def __init__(
        self,
        server: MockServer,
        hosts: VendorHosts,
        allowed: AllowedHosts,
        record: InterceptionRecord,
        *,
        ports: Iterable[int] = (),
        others: Literal["server", "refuse"],
    ) -> None:
        self._server = server
        self._hosts = hosts
        self._allowed = allowed
        self._record = record
        self._ports = frozenset(ports)
        self._others = others
        self._known: dict[tuple[bytes, str], ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        app: ASGIApp = self._server
        if scope["type"] == "http":
            host = next((value for name, value in scope["headers"] if name == b"host"), b"")
            app = self._known.get((host, scope["scheme"])) or self._route(host, scope["scheme"])
        await app(scope, receive, send)

    def _route(self, header: bytes, scheme: str) -> ASGIApp:
        host, port = _parts_of(header.decode("latin-1"))
        vendor = self._hosts.find(host)
        if vendor is not None:
            if vendor.scheme != scheme:
                text = f"{host} is served over {vendor.scheme} alone: call {vendor.scheme}://{host}"
                return _Refusal(host, text, self._record)
            # Known ones only: anybody may send any number of others.
            self._known[header, scheme] = self._server.applications[vendor.api]
            return self._known[header, scheme]
        if self._others == "server" or not host or (is_loopback(host) and port in self._ports):
            return self._server
        if host in self._allowed:
            return forward
        return _Refusal(host, refusal(host), self._record)


class _Refusal:
    """Answers 502 and says why."""

    def __init__(self, host: str, text: str, record: InterceptionRecord) -> None:
        self._host, self._text, self._record = host, text, record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._record.refused[self._host, self._text] += 1
        headers = {REFUSED_HEADER: self._host.encode("ascii", "replace").decode()}
        answer = PlainTextResponse(f"mock-server: {self._text}\n", 502, headers)
        await answer(scope, receive, send)


class AbsoluteForm:
    """Takes scheme, host and path from request targets that are whole URLs, as proxies get them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        if scope["type"] == "http" and not scope["raw_path"].startswith(b"/"):
            target = urlsplit(scope["raw_path"].decode("latin-1"))
            if target.scheme in {"http", "https"} and target.netloc:
                host = target.netloc.rpartition("@")[2].encode("latin-1")
                others = [(name, value) for name, value in scope["headers"] if name != b"host"]
                path = target.path or "/"
                scope = {
                    **scope,
                    "scheme": target.scheme,
                    "headers": [(b"host", host), *others],
                    "raw_path": path.encode("latin-1"),
                    "path": unquote(path),
                }
        await self._app(scope, receive, send)


async def forward(scope: Scope, receive: Receive, send: Send) -> None:
    """Send a plain HTTP request to the host that it names, and answer with what comes back."""
    request = Request(scope, receive)
    headers = [
        (name, value)
        for name, value in request.headers.items()
        if name not in _HOP_BY_HOP and name != "content-length"
    ]
    async with httpx.AsyncClient(trust_env=False, timeout=None) as client:  # noqa: S113 - its own
        sent = client.build_request(
            request.method, str(request.url), headers=headers, content=await request.body()
        )
        try:
            answer = await client.send(sent, stream=True)
        except httpx.HTTPError as problem:
            text = f"mock-server: {request.url.hostname} cannot be reached: {problem}\n"
            await PlainTextResponse(text, 502)(scope, receive, send)
            return

        async def body() -> AsyncIterator[bytes]:
            async for chunk in answer.aiter_raw():
                yield chunk

        passed = StreamingResponse(body(), answer.status_code)
        passed.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.decode("latin-1").lower() not in _HOP_BY_HOP
        ]
        await passed(scope, receive, send)


def _parts_of(header: str) -> tuple[str, int | None]:
    """Host and port of a `Host` header; the whole of one that is no host."""
    try:
        parts = urlsplit(f"//{header}")
        return parts.hostname or "", parts.port
    except ValueError:
        return header, None
