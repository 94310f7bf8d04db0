"""One event loop on which everything of a server happens, and `httpx` transports to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import ModuleType
from typing import Any, TypeVar

import httpx
from starlette.types import ASGIApp

from mock_server.in_process import exchange

T = TypeVar("T")


class ServerLoop:
    """A running event loop in a thread of its own.

    Operations do not await, so whatever happens on this loop is atomic: calls in process, calls on
    the socket, and what a test does to its sandbox never meet half-way, from whichever thread.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="mock_inventory", daemon=True
        )
        self._thread.start()

    def do(self, function: Callable[[], T]) -> T:
        """Return what a function returns there; it must not wait for anything."""
        if self._loop.is_closed():
            # A report of a teardown looks back when all is over, and nothing else happens.
            return function()

        async def call() -> T:
            return function()

        return self.wait(call())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there to its end, while this thread waits."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def join(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there to its end, while this thread's own loop goes on."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def close(self) -> None:
        """Stop, and wait until it has."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class LoopTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """An `httpx` transport, for clients of both kinds, that calls an application on a loop.

    `library` is `httpx`, or a namesake of it whose requests come here. It serves any number of
    threads and (asyncio) event loops at once; closing a client leaves it open. Faults on the line
    raise what the library raises on a socket, without waiting for real.
    """

    def __init__(self, app: ASGIApp, loop: ServerLoop, library: ModuleType = httpx) -> None:
        self._app = app
        self._loop = loop
        self._library = library

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer."""
        request.read()
        return self._loop.wait(exchange(self._app, request, self._library))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer."""
        await request.aread()
        return await self._loop.join(exchange(self._app, request, self._library))
