"""Serve an application on a real socket, in the foreground or beside a test."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.bounded_http import READ_TIMEOUT, NoCancellations, protocol, warn_of_http_2
from mock_server.descriptors import Descriptors, raise_limit
from mock_server.faults.connection import connection_of
from mock_server.usage import UsageError

_BACKLOG = 2048
_NO_CANCELLATIONS = NoCancellations()
#: Those of the process, whose limit is read when the first server is made.
_descriptors = cache(Descriptors)
#: The signals that end a server.
ENDING = (signal.SIGINT, signal.SIGTERM)


class PortUnavailable(UsageError):
    """The address cannot be listened on; the message says which and why, in one line."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address, port 0 choosing a free one.

    Callers may connect from then on; they wait until something serves. Raises PortUnavailable.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as problem:
        listener.close()
        raise PortUnavailable(f"cannot listen on {host}:{port}: {problem}") from problem
    return listener


def hold_signals(how: int) -> None:
    """Hold back the signals that end a server, or let them through (`signal.SIG_UNBLOCK`)."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(how, ENDING)


class _Server(uvicorn.Server):
    """A server that says in one line that it can accept no more connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections."""
        asyncio.get_running_loop().set_exception_handler(_descriptors().on_exception)
        await super().startup(sockets)


class Server(_Server):
    """A server that takes the signals which were held back until it could handle them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while the block runs."""
        with super().capture_signals():
            hold_signals(signal.SIG_UNBLOCK)
            yield


def serve(app: ASGIApp, listener: socket.socket, read_timeout: float = READ_TIMEOUT) -> None:
    """Serve until the process is asked to stop; a request has so many seconds to come in."""
    raise_limit()
    Server(server_config(app, read_timeout)).run(sockets=[listener])


class LiveServer:
    """Serves an application from a thread while the `with` block runs.

    `url` is its origin, without a slash at the end. Answers have a `Date`, unless the application
    gives its own (`date_header`).
    """

    def __init__(
        self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, date_header: bool = True
    ) -> None:
        self._listener = listen(host, port)
        host, port = self._listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._server = _Server(server_config(app, date_header=date_header))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listener.close()


def server_config(
    app: ASGIApp,
    read_timeout: float = READ_TIMEOUT,
    *,
    http: Any = None,
    http_2_seen: Callable[[], object] = warn_of_http_2,
    **options: Any,
) -> uvicorn.Config:
    """Return how an application is served; `http` and `options` are more of uvicorn's.

    `http_2_seen` is called for a client that speaks HTTP/2 alone.
    """
    config = uvicorn.Config(
        _closing_when_cancelled(app),
        http=http or protocol(read_timeout, _descriptors(), http_2_seen),  # type: ignore[arg-type]  # it is called like the class
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        # Who may report another scheme than the connection's is said by an option, not assumed.
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        **options,
    )
    # Logging is configured by then.
    logging.getLogger("uvicorn.error").addFilter(_NO_CANCELLATIONS)
    return config


def _closing_when_cancelled(app: ASGIApp) -> ASGIApp:
    """An application whose callers lose their connection if the server stops before its answer.

    Uvicorn would answer 500, which a caller takes for the vendor's.
    """

    async def closing(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            if scope["type"] != "http":
                raise
            await connection_of(send).end("the server stops")

    return closing
