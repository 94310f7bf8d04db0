"""An `httpx` transport that calls the server directly: no port, no thread, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

import httpx
from starlette.types import ASGIApp


class InProcessTransport(httpx.BaseTransport):
    """Sends each request of a synchronous `httpx.Client` to an ASGI application.

    Not for use inside a running event loop; there, `httpx.ASGITransport` does it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._runner = asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer; what it raises comes through."""
        return self._runner.run(self._exchange(request))

    def close(self) -> None:
        """Free the event loop."""
        self._runner.close()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        sent = False
        start: dict[str, Any] = {}
        chunks: list[bytes] = []

        async def receive() -> MutableMapping[str, Any]:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await self._app(scope_of(request), receive, send)
        return httpx.Response(
            start["status"], headers=start["headers"], content=b"".join(chunks), request=request
        )


def scope_of(request: httpx.Request) -> dict[str, Any]:
    """Return the ASGI scope of a request, as a server on loopback would make it."""
    url = request.url
    path, _, query = url.raw_path.partition(b"?")
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
