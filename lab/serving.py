"""Serve a target's transport on a socket of this machine, so that it is called over HTTP."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import anyio.to_thread
import httpx
from starlette.types import Receive, Scope, Send

from contract_tests.target.target import Target
from mock_server.live import LiveServer


@contextmanager
def served(target: Target) -> Iterator[str]:
    """Give the URL that the spec's paths are appended to, as long as the block runs.

    Requests come one after the other to the transport. Where it raises httpx.TransportError, the
    connection is closed without an answer.
    """
    # A connection that is closed on purpose is no error of the server.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    with LiveServer(_Application(target.transport), date_header=False) as live:
        yield live.url + httpx.URL(target.base_url).path.rstrip("/")


class _Application:
    """An ASGI application that answers as a transport does."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport
        self._one_by_one = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a lifespan is none."""
        if scope["type"] != "http":
            return
        content = b""
        while True:
            message = await receive()
            content += message.get("body", b"")
            if not message.get("more_body"):
                break
        target = scope["raw_path"].partition(b"?")[0]
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        request = httpx.Request(
            scope["method"],
            httpx.URL("http://testserver").copy_with(raw_path=target),
            headers=scope["headers"],
            content=content,
            extensions={"target": target},
        )
        try:
            response, body = await anyio.to_thread.run_sync(self._answered, request)
        except httpx.TransportError:
            # Fewer bytes than announced: the server closes the connection.
            await send({"type": "http.response.start", "status": 200,
                        "headers": [(b"content-length", b"1")]})  # fmt: skip
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            return
        await send({"type": "http.response.start", "status": response.status_code,
                    "headers": response.headers.raw})  # fmt: skip
        await send({"type": "http.response.body", "body": body})

    def _answered(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """The answer, and its body as it is coded, which `read` would decode."""
        with self._one_by_one:
            response = self._transport.handle_request(request)
            return response, b"".join(cast("httpx.SyncByteStream", response.stream))
