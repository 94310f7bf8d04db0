"""A line about each request to a server, as `mock-server serve` prints it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.app import MockServer
from mock_server.console.pages import HEALTH, PREFIX
from mock_server.journal.exchange import Exchange
from mock_server.journal.redaction import redacted_query, secret_parameters

#: What is asked for without anybody's asking: a page's own files, and whether the server is there.
_SILENT = (f"{PREFIX}/console/static/", HEALTH)
_LONGEST_PROBLEM = 300
#: What the journals hear of the request that is being answered.
_heard: ContextVar[list[tuple[str, Exchange]]] = ContextVar("heard")


class RequestLog:
    """Answers as `app` does, of which `server` is the whole or a part, with a line to `write` each.

    A line has method, path, status, operation, sandbox, milliseconds and what was wrong; with
    `as_json` it is a JSON object. Credentials are left out: of a key that does not begin with
    `test`, no part is shown.
    """

    def __init__(
        self,
        app: ASGIApp,
        server: MockServer,
        write: Callable[[str], object],
        *,
        as_json: bool = False,
    ) -> None:
        self._app = app
        self._server = server
        self._write = write
        self._as_json = as_json
        server.sandboxes.listen(self._hear)

    @staticmethod
    def _hear(sandbox: str, exchange: Exchange) -> None:
        heard = _heard.get(None)
        if heard is not None:
            heard.append((sandbox, exchange))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        if scope["type"] != "http" or scope["path"].startswith(_SILENT):
            await self._app(scope, receive, send)
            return
        status: int | None = None

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        heard: list[tuple[str, Exchange]] = []
        token = _heard.set(heard)
        started = time.perf_counter()
        # The router changes the scope, so what was called is read before.
        called = scope["method"], _path(scope), scope["query_string"].decode("latin-1")
        try:
            await self._app(scope, receive, sending)
        finally:
            _heard.reset(token)
            took = (time.perf_counter() - started) * 1000
            entry = self._entry(*called, status, took, heard)
            self._write(json.dumps(entry) if self._as_json else _line(entry))

    def _entry(
        self,
        method: str,
        path: str,
        query: str,
        status: int | None,
        milliseconds: float,
        heard: list[tuple[str, Exchange]],
    ) -> dict[str, Any]:
        sandbox, exchange = heard[0] if heard else ("", None)
        spec = self._server.control_context.specs.get(exchange.api) if exchange else None
        query = redacted_query(query, secret_parameters(spec))
        return {
            "method": method,
            "path": f"{path}?{query}" if query else path,
            "status": status,
            "operation": exchange.operation if exchange else None,
            "sandbox": _shown(sandbox) if sandbox else None,
            "milliseconds": round(milliseconds, 1),
            "problem": self._problem(sandbox, exchange) if exchange else None,
        }

    def _problem(self, sandbox: str, exchange: Exchange) -> str | None:
        if exchange.fault:
            return f"fault: {exchange.fault}"
        if exchange.problem:
            text = f"blocked, the answer was off the contract: {exchange.problem}"
        elif exchange.error == "Unauthenticated" and not sandbox:
            text = self._why_refused()
        elif exchange.error == "NotMocked":
            text = "the mock does not serve this"
        elif exchange.violations:
            text = "; ".join(exchange.violations)
        else:
            return exchange.error
        return text if len(text) <= _LONGEST_PROBLEM else f"{text[:_LONGEST_PROBLEM]}…"

    def _why_refused(self) -> str:
        if self._server.settings.accept_any_credential:
            return "no key was sent, or one that cannot be read"
        return (
            "no key was sent, or one that opens no sandbox: keys begin with `test`, or use "
            "--credentials any"
        )


def _path(scope: Scope) -> str:
    """The path as it was sent, which has no line breaks."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1") if raw else json.dumps(scope["path"])[1:-1]


def _shown(sandbox: str) -> str:
    return sandbox if sandbox.startswith(("test", "key-")) else "(another key)"


def _line(entry: dict[str, Any]) -> str:
    parts = [
        entry["method"],
        entry["path"],
        str(entry["status"] or "(no answer)"),
        entry["operation"] or "-",
        entry["sandbox"] or "-",
        f"{entry['milliseconds']} ms",
    ]
    text = " ".join(parts)
    return f"{text}: {' '.join(entry['problem'].split())}" if entry["problem"] else text
