"""HTTP/1.1 on a socket, with bounds on what a caller may send before anything answers it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from mock_server.descriptors import Descriptors

#: The longest request target and the longest headers in all, in bytes.
MAX_TARGET = 16 << 10
MAX_HEADERS = 64 << 10
READ_TIMEOUT = 30.0
#: How a client begins that speaks HTTP/2 without having asked (RFC 9113, section 3.4).
_HTTP_2 = b"PRI * HTTP/2.0\r\n"
_logger = logging.getLogger(__name__)


def warn_of_http_2() -> None:
    """Log that a client spoke HTTP/2 alone."""
    _logger.warning("a client speaks HTTP/2 alone; HTTP/1.1 is served")


class BoundedHttp(HttpToolsProtocol):
    """Uvicorn's protocol; what is too long or takes too long is refused, and the connection closed.

    `read_timeout` is the time, in seconds, that a request may take from its first byte (or from the
    connection) to its last. The target's host is the one that counts, and there must be one host
    (RFC 9112, section 3.2). A request to change to another protocol is answered as what it is
    without that. One of the last of the `descriptors` is refused at once. `http_2_seen` is called
    for a client that speaks HTTP/2 alone.
    """

    def __init__(
        self,
        *args: Any,
        read_timeout: float = READ_TIMEOUT,
        descriptors: Descriptors | None = None,
        http_2_seen: Callable[[], object] = warn_of_http_2,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._http_2_seen = http_2_seen
        self._read_timeout = read_timeout
        self._descriptors = descriptors
        self._deadline: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head = 0
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, for so long."""
        super().connection_made(transport)
        opened = transport.get_extra_info("socket")
        if self._descriptors and opened and self._descriptors.are_used_up(opened.fileno()):
            self._refuse(503, "the server has no connection left")
        else:
            self._start_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in bytes, unless the connection was given up."""
        if self._refused:
            return
        if data.startswith(_HTTP_2):
            self._http_2_seen()
            self._refuse(505, "HTTP/1.1 is served, not HTTP/2")
            return
        super().data_received(data)
        if self._in_head:
            # What is before the end of the headers is kept by the parser, piece by piece.
            self._head += len(data)
            if self._head > MAX_TARGET + MAX_HEADERS:
                self._refuse(431, "the headers are too long")

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._in_head = True
        self._head = 0
        self._start_waiting()

    def on_headers_complete(self) -> None:
        """Hold the head of a request to the bounds, and begin to answer it."""
        self._in_head = False
        problem = self._problem()
        if problem is None:
            super().on_headers_complete()
        else:
            self._refuse(*problem)

    def on_body(self, body: bytes) -> None:
        """Take in a part of the body."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait no longer: the request is whole."""
        self._stop_waiting()
        if not self._refused:
            super().on_message_complete()

    def _problem(self) -> tuple[int, str] | None:
        """What is wrong with the head, after its target's host took the place of the header's."""
        if len(self.url) > MAX_TARGET:
            return 414, "the target is too long"
        if sum(len(name) + len(value) for name, value in self.headers) > MAX_HEADERS:
            return 431, "the headers are too long"
        hosts = [number for number, pair in enumerate(self.headers) if pair[0] == b"host"]
        if len(hosts) > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            return 400, "there must be one Host"
        if hosts and not self.url.startswith(b"/"):
            try:
                target = httptools.parse_url(self.url)
            except httptools.HttpParserError:
                return 400, "the target is not a URL"
            if target.host:
                name = b"[%b]" % target.host if b":" in target.host else target.host
                host = b"%b:%d" % (name, target.port) if target.port else name
                self.headers[hosts[0]] = (b"host", host)
        return None

    def _start_waiting(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._read_timeout, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self._refuse(408, "the request did not come to an end in time")

    def _refuse(self, status: int, text: str) -> None:
        """Close the connection, after a refusal if no answer has begun."""
        self._refused = True
        self._stop_waiting()
        content = f"{text}\n".encode()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(
                STATUS_LINE[status]
                + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
                + b"content-length: %d\r\n\r\n%b" % (len(content), content)
            )
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: to answer without the upgrade is what RFC 9110 (7.8) has for it."""


def protocol(
    read_timeout: float,
    descriptors: Descriptors,
    http_2_seen: Callable[[], object] = warn_of_http_2,
) -> Callable[..., BoundedHttp]:
    """Return what makes the protocol of a connection."""
    return partial(
        BoundedHttp, read_timeout=read_timeout, descriptors=descriptors, http_2_seen=http_2_seen
    )


class NoCancellations(logging.Filter):
    """Leaves out that answers were broken off, which is what stopping a server does."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a line is wanted."""
        kind = record.exc_info[0] if record.exc_info else None
        return kind is None or not issubclass(kind, asyncio.CancelledError)
