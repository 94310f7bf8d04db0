"""A mock whose answers are twisted on the wire, served on a real socket."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from mock_server.app import build_server
from mock_server.live import LiveServer


@dataclass
class Message:
    """A request and its answer; a twist changes the answer in place."""

    method: str
    path: str
    request_headers: dict[bytes, bytes]
    status: int = 0
    headers: dict[bytes, bytes] = None
    body: bytes = b""

    def is_for(self, method: str, pattern: str) -> bool:
        """Whether it is a call of that method to a path that the pattern matches to its end."""
        return self.method == method and re.search(f"{pattern}$", self.path) is not None


class Twisted:
    """An application whose requests and answers pass through two functions."""

    def __init__(self, app) -> None:
        self._app = app
        self.before: Callable[[Message], None] = lambda _: None
        self.after: Callable[[Message], None] = lambda _: None

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        message = Message(scope["method"], scope["path"], dict(scope["headers"]))
        self.before(message)
        scope = {**scope, "headers": list(message.request_headers.items())}

        async def hold(part):
            if part["type"] == "http.response.start":
                message.status, message.headers = part["status"], dict(part["headers"])
            else:
                message.body += part.get("body", b"")

        await self._app(scope, receive, hold)
        self.after(message)
        message.headers.pop(b"content-length", None)
        headers = list(message.headers.items())
        if message.status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(message.body)))
        await send({"type": "http.response.start", "status": message.status, "headers": headers})
        body = b"" if message.method == "HEAD" or message.status in (204, 304) else message.body
        await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(api):
    """Give a twisted mock of an API and the URL that its paths are appended to."""
    server = build_server([api])
    twisted = Twisted(server)
    with LiveServer(twisted) as live:
        yield twisted, live.url + server.base_path(api)
