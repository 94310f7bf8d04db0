"""A proxy before a mock on a real socket, which does what deployments do without being wrong."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

import brotli
import httpx

from mock_server.app import build_server
from mock_server.live import LiveServer

Headers = list[tuple[bytes, bytes]]
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@dataclass
class Reply:
    """What the proxy answers by itself, or what the mock answered."""

    status: int = 200
    headers: Headers = field(default_factory=list)
    body: bytes = b""


def html(status=503, text=b"<html><body>Sorry</body></html>"):
    """What a load balancer or a login page answers."""
    return Reply(status, [(b"content-type", b"text/html; charset=utf-8")], text)


def redirect(status, location):
    """A redirect that has nothing to do with the API."""
    return Reply(status, [(b"location", location.encode())])


class Proxy:
    """An application that stands before another one; `calls` are methods and paths in their order.

    `instead` is asked for each call, by its number from 1, whether the proxy answers by itself.
    `after` may change what the mock answered. `coding` is how answers are coded, whoever asks.
    """

    def __init__(self, app, coding=""):
        self._app = app
        self.coding = coding
        self.calls: list[tuple[str, str]] = []
        self.instead: Callable[[int, str, str], Reply | None] = lambda *_: None
        self.after: Callable[[int, str, str, Reply], None] = lambda *_: None

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        self.calls.append((method, path))
        number = len(self.calls)
        reply = self.instead(number, method, path)
        if reply is None:
            reply = Reply()

            async def hold(message):
                if message["type"] == "http.response.start":
                    reply.status, reply.headers = message["status"], list(message["headers"])
                else:
                    reply.body += message.get("body", b"")

            await self._app(scope, receive, hold)
            self.after(number, method, path, reply)
        headers = [pair for pair in reply.headers if pair[0] != b"content-length"]
        body = reply.body
        if self.coding and body:
            body = CODINGS[self.coding](body)
            headers.append((b"content-encoding", self.coding.encode()))
        if reply.status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": body if method != "HEAD" else b""})


@contextmanager
def proxied(api, coding=""):
    """Give a proxy before a mock of an API, and the URL that the spec's paths are appended to."""
    server = build_server([api])
    proxy = Proxy(server, coding)
    with LiveServer(proxy) as live:
        yield proxy, live.url + server.base_path(api)


def listed(url, path, credential, **query):
    """The records of a list of Cliniko's, as an account sees them."""
    answer = httpx.get(f"{url}/{path}", auth=(credential, ""), params=query)
    return answer.json()[path]
