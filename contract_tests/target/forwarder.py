"""An ASGI application that hands each request on to a service behind a URL."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import finalize

import httpx
from starlette.types import Receive, Scope, Send

#: What concerns one connection and not the message (RFC 9110, section 7.6.1), and `host`, which is
#: the origin's.
_OF_THE_CONNECTION = frozenset(
    {
        b"connection", b"host", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
        b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip
_Headers = list[tuple[bytes, bytes]]


class Forwarder:
    """Sends each request to the service at `origin` (scheme, host and port), and to no other.

    What goes out is what came in, byte for byte, but for the headers that concern a connection. It
    follows no redirects, keeps no cookies, repeats nothing, and takes neither proxies nor
    credentials from the environment. `transport` replaces the network, `timeout` is in seconds.
    Connections are kept until `close`, or until nobody has the forwarder any more. Raises
    httpx.TransportError if the service does not answer, and httpx.InvalidURL.
    """

    def __init__(
        self, origin: str, timeout: float = 30.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._origin = httpx.URL(origin)
        self._timeout = httpx.Timeout(timeout).as_dict()
        # A client would keep cookies; a transport only sends. It is a blocking one because callers
        # come one after the other from event loops of their own, each of which may end.
        self._transport = transport or httpx.HTTPTransport(trust_env=False)
        self.close = finalize(self, self._transport.close)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; there is nothing to start and nothing to end."""
        if scope["type"] != "http":
            return
        request = httpx.Request(
            scope["method"],
            self._origin,
            headers=_end_to_end(scope["headers"]),
            content=await read_body(receive) or None,
            extensions={"target": _request_target(scope), "timeout": self._timeout},
        )
        answer = self._transport.handle_request(request)
        try:
            body = b"".join(answer.iter_raw())
        finally:
            answer.close()
        headers = [(name.lower(), value) for name, value in _end_to_end(answer.headers.raw)]
        await send(
            {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request."""
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _request_target(scope: Scope) -> bytes:
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def _end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> _Headers:
    """The headers without those of the connection, and those that `connection` names as such."""
    pairs = list(headers)
    named = {
        word.strip().lower()
        for name, value in pairs
        if name.lower() == b"connection"
        for word in value.split(b",")
    }
    return [
        (name, value)
        for name, value in pairs
        if name.lower() not in _OF_THE_CONNECTION and name.lower() not in named
    ]
