"""The live stream of a journal: server-sent events that go on as exchanges happen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.control.api.journal import event, events, gap
from mock_server.control.context import ControlContext
from mock_server.journal.exchange import Exchange
from mock_server.state.sandbox import Sandbox

_PATH = re.compile(r".*/sandboxes/([^/]+)/events")
#: A reader this far behind loses the oldest events and is told so.
_WAITING = 1000


class LiveEvents:
    """Answers `…/events?follow=true` itself, for the engine cannot stream; passes on the rest."""

    def __init__(self, app: ASGIApp, context: ControlContext) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        sandbox = self._followed(scope)
        if sandbox is None:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        query = parse_qs(scope["query_string"].decode("latin-1"))
        since = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("since", ["0"])[0]
        body = self._follow(sandbox, int(since) if since.isdecimal() else 0)
        response = StreamingResponse(
            body, media_type="text/event-stream", headers={"cache-control": "no-store"}
        )
        try:
            await response(scope, receive, send)
        except ClientDisconnect:
            return

    def _followed(self, scope: Scope) -> Sandbox | None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        match = _PATH.fullmatch(scope["path"])
        follow = parse_qs(scope["query_string"].decode("latin-1")).get("follow", [""])[-1]
        if match is None or follow != "true":
            return None
        return self._context.sandboxes.find(match[1])

    async def _follow(self, sandbox: Sandbox, since: int) -> AsyncIterator[str]:
        """The events held, then those to come; a comment now and then shows that it lives."""
        waiting: asyncio.Queue[Exchange] = asyncio.Queue(_WAITING)
        loop = asyncio.get_running_loop()

        def put(exchange: Exchange) -> None:
            if waiting.full():
                waiting.get_nowait()
            waiting.put_nowait(exchange)

        # An exchange may come from another thread's transport; the queue belongs to this loop.
        def announce(exchange: Exchange) -> None:
            loop.call_soon_threadsafe(put, exchange)

        stop = sandbox.journal.listen(announce)
        try:
            last = sandbox.journal.last
            for text in events(self._context, sandbox, since):
                yield text
            while True:
                try:
                    exchange = await asyncio.wait_for(waiting.get(), 15)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if exchange.number > last:
                    if exchange.number > last + 1:
                        yield gap(last + 1, exchange.number - 1)
                    last = exchange.number
                    yield event(self._context, exchange)
        finally:
            stop()
