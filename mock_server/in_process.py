"""An `httpx` transport that calls the server directly: no port, no thread, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from types import ModuleType
from typing import Any
from urllib.parse import unquote
from weakref import finalize

import httpx
from starlette.types import ASGIApp

from mock_server.faults.connection import ClientConnection


class InProcessTransport(httpx.BaseTransport):
    """Sends each request of a synchronous `httpx.Client` to an ASGI application.

    `app` is that application. Not for use inside a running event loop; there, `httpx.ASGITransport`
    does it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._end = finalize(self, self._loop.close)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer; what it raises comes through.

        A fault on the line raises what `httpx` raises on a socket: RemoteProtocolError for a
        connection that is closed too early, ReadError for one that is reset. A wait takes no time:
        it raises ReadTimeout if the client would not have waited so long, and is over otherwise.
        """
        return self._loop.run_until_complete(exchange(self.app, request))

    def close(self) -> None:
        """Free the event loop; it is freed as well when nobody has the transport any more."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._end()


async def exchange(
    app: ASGIApp, request: httpx.Request, library: ModuleType = httpx
) -> httpx.Response:
    """Return an application's answer to a request whose body has been read; raises as above.

    `library` is whose request it is: `httpx`, or a namesake of it.
    """
    caller = _Caller(request, library)
    await app(scope_of(request), caller.receive, caller.send)
    answer: httpx.Response = library.Response(
        caller.start["status"],
        headers=caller.start["headers"],
        content=b"".join(caller.chunks),
        request=request,
    )
    return answer


class _Caller(ClientConnection):
    """The caller of one request, who sees of a broken line what `httpx` makes of it."""

    def __init__(self, request: httpx.Request, library: ModuleType) -> None:
        self._request = request
        self._library = library
        self._sent = False
        self.start: dict[str, Any] = {}
        self.chunks: list[bytes] = []

    async def receive(self) -> MutableMapping[str, Any]:
        """Give the application the request, once."""
        if self._sent:
            return {"type": "http.disconnect"}
        self._sent = True
        return {"type": "http.request", "body": self._request.read(), "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Take what the application answers."""
        if message["type"] == "http.response.start":
            self.start.update(message)
        elif message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))

    async def pause(self, seconds: float) -> None:
        """Lose patience if this is longer than the caller waits; nobody waits for real."""
        patience = self._request.extensions.get("timeout", {}).get("read")
        if patience is not None and seconds > patience:
            raise self._library.ReadTimeout(f"no answer within {patience} s", request=self._request)

    async def end(self, why: str, *, reset: bool = False) -> None:
        """Raise what a client on a socket would raise."""
        library = self._library
        kind = library.ReadError if reset else library.RemoteProtocolError
        raise kind(why, request=self._request)


def raw_target(request: httpx.Request) -> bytes:
    """Return the path and the query of a request as they go out."""
    target: bytes = request.extensions.get("target", request.url.raw_path)
    return target


def url_of(origin: httpx.URL, target: bytes) -> httpx.URL:
    """Return the URL of a request whose extension `target` is what goes out.

    It may be longer than httpx's bound for a URL, and spelled in ways that httpx would even out.
    """
    try:
        return origin.copy_with(raw_path=target)
    except httpx.InvalidURL:
        return origin.copy_with(raw_path=target.partition(b"?")[0])


def scope_of(request: httpx.Request) -> dict[str, Any]:
    """Return the ASGI scope of a request, as a server on loopback would make it."""
    url = request.url
    path, _, query = raw_target(request).partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "root_path": "",
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (url.host, url.port or (443 if url.scheme == "https" else 80)),
        "client": ("127.0.0.1", 1),
    }
