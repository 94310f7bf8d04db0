"""The live stream of a journal: server-sent events that go on as exchanges happen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from functools import lru_cache, partial
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.control.api.journal import event, gap
from mock_server.control.context import ControlContext
from mock_server.engine.replies import encode_json
from mock_server.state.sandbox import Sandbox

_PATH = re.compile(r".*/sandboxes/([^/]+)/events")
_SINCE = re.compile(r"[0-9]{0,18}")
_LARGEST = (1 << 53) - 1
#: Seconds after which a reader is shown that the stream lives.
_QUIET = 15
#: Followers of a sandbox are shown the same exchanges, so the newest are encoded once.
_SHARED = 8


class LiveEvents:
    """Answers `…/events?follow=true` itself, for the engine cannot stream; passes on the rest."""

    def __init__(self, app: ASGIApp, context: ControlContext) -> None:
        self._app = app
        self._context = context
        self._event = lru_cache(_SHARED)(partial(event, context))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        sandbox = self._followed(scope)
        if sandbox is None:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        query = parse_qs(scope["query_string"].decode("latin-1"))
        since = (
            headers.get(b"last-event-id", b"").decode("latin-1") or query.get("since", ["0"])[-1]
        )
        unknown = query.keys() - {"follow", "since"}
        if unknown or not _SINCE.fullmatch(since) or int(since or 0) > _LARGEST:
            # The engine knows how to refuse that.
            await self._app(scope, receive, send)
            return
        body = self._follow(sandbox, int(since or 0))
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
        return self._context.sandboxes.use(match[1])

    async def _follow(self, sandbox: Sandbox, since: int) -> AsyncIterator[str]:
        """The events held, then those to come; a comment now and then shows that it lives.

        Nothing waits here for a slow reader: it reads on in the journal, and where that no longer
        holds what comes next, there is a `gap`. A `reset` says that numbers begin again, an `end`
        that the sandbox is gone.
        """
        journal, news = sandbox.journal, asyncio.Event()
        # An exchange may come from another thread's transport; the event belongs to this loop.
        loop = asyncio.get_running_loop()
        stop = journal.watch(lambda: loop.call_soon_threadsafe(news.set))
        generation, last = journal.generation, since
        try:
            while True:
                news.clear()
                if journal.generation != generation:
                    generation, last = journal.generation, 0
                    yield "event: reset\ndata: {}\n\n"
                elif last < journal.dropped:
                    yield gap(last + 1, journal.dropped)
                    last = max(last, journal.dropped)
                elif last < journal.last:
                    exchange = journal.get(last + 1)
                    last = exchange.number
                    yield self._event(exchange)
                elif journal.ended is not None:
                    yield f"event: end\ndata: {encode_json({'reason': journal.ended}).decode()}\n\n"
                    return
                else:
                    try:
                        await asyncio.wait_for(news.wait(), _QUIET)
                    except TimeoutError:
                        yield ": still here\n\n"
        finally:
            stop()
