"""A server with an intercepting proxy in front, on two ports of this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Literal, Self, cast

from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from mock_server.app import MockServer
from mock_server.interception.certificates import Authority
from mock_server.interception.connections import ProxyConnection, ProxyState, accept_tls
from mock_server.interception.forwarding import TrustedForwarding
from mock_server.interception.front import AbsoluteForm, HostRouter
from mock_server.interception.hosts import AllowedHosts, VendorHosts
from mock_server.interception.record import InterceptionRecord
from mock_server.live import Server, listen, serve, server_config

LOOPBACK = "127.0.0.1"
#: Puts something in front of an application, such as a log.
Wrap = Callable[[ASGIApp], ASGIApp]
_STOP_SECONDS = 10


def _as_it_is(app: ASGIApp) -> ASGIApp:
    return app


class Interceptor:
    """Serves a server under the vendors' hosts, on a port of TLS, and on a proxy's if there is one.

    `others` says what all other hosts are: names of the server, or refused unless allowed.
    """

    def __init__(
        self,
        server: MockServer,
        authority: Authority,
        hosts: VendorHosts,
        allowed: AllowedHosts,
        *,
        proxy: socket.socket | None,
        tls: socket.socket,
        others: Literal["server", "refuse"],
        trust_proxy: bool = False,
        wrap: Wrap = _as_it_is,
    ) -> None:
        self.record = InterceptionRecord(server.control_context.specs)
        server.sandboxes.listen(self.record.note)
        self._plain, self._tls = [proxy] if proxy else [], tls
        ports = [each.getsockname()[1] for each in (*self._plain, tls)]
        app = wrap(HostRouter(server, hosts, allowed, self.record, ports=ports, others=others))
        if trust_proxy:
            app = TrustedForwarding(app)
        self._interception = ProxyState(
            server_config(app, http_2_seen=self.record.note_http_2),
            # h11 keeps whole URLs as targets; faster parsers take them apart.
            server_config(AbsoluteForm(app), http=H11Protocol),
            authority,
            hosts,
            allowed,
            self.record,
        )
        for config in (self._interception.config, self._interception.absolute):
            config.load()
        # Uvicorn calls it with what its own protocols take.
        connection = cast("Any", partial(ProxyConnection, self._interception))
        self._server = Server(server_config(app, http=connection))

    def run(self) -> None:
        """Serve until the process is asked to stop, or `stop` is called from another thread."""
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            runner.run(self._serve())

    def stop(self) -> None:
        """End `run` soon."""
        self._server.should_exit = True

    async def _serve(self) -> None:
        accepting = asyncio.get_running_loop().create_task(
            accept_tls(self._interception, self._tls, self._server.server_state)
        )
        try:
            await self._server.serve(sockets=self._plain)
        finally:
            accepting.cancel()
            await self._interception.close()


class Gateway:
    """Answers calls to the vendors' hosts, and refuses all others, while the `with` block runs.

    `proxy_port` takes what a client asks of a proxy, and calls to the server itself; `tls_port` is
    for clients that were led there in place of the vendor, and begin with TLS. Port 0 chooses a
    free one. All requests pass through what `wrap` makes. Raises PortUnavailable, SpecError and
    BadHost.
    """

    def __init__(
        self,
        server: MockServer,
        authority: Authority,
        *,
        allow_hosts: Sequence[str] = (),
        port: int = 0,
        wrap: Wrap = _as_it_is,
    ) -> None:
        self.hosts = VendorHosts(server.vendors)
        self.allowed = AllowedHosts(allow_hosts, self.hosts)
        self._listeners = [listen(LOOPBACK, port), listen(LOOPBACK, 0)]
        self.proxy_port, self.tls_port = (each.getsockname()[1] for each in self._listeners)
        proxy, tls = self._listeners
        self._interceptor = Interceptor(
            server,
            authority,
            self.hosts,
            self.allowed,
            proxy=proxy,
            tls=tls,
            others="refuse",
            wrap=wrap,
        )
        self.record = self._interceptor.record
        self._thread = threading.Thread(target=self._interceptor.run, daemon=True)

    @property
    def url(self) -> str:
        """The origin of the server itself, and of the proxy."""
        return f"http://{LOOPBACK}:{self.proxy_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._interceptor.stop()
        self._thread.join(timeout=_STOP_SECONDS)
        for listener in self._listeners:
            listener.close()


def serve_hosts(
    server: MockServer,
    listener: socket.socket,
    *,
    authority: Authority | None = None,
    trust_proxy: bool = False,
    wrap: Wrap = _as_it_is,
) -> None:
    """Serve under the vendors' hosts and all others until the process is asked to stop.

    With an `authority`, HTTPS is spoken. With `trust_proxy`, the headers of a proxy in front say
    which scheme and host were called. All requests pass through what `wrap` makes. Raises
    SpecError.
    """
    hosts = VendorHosts(server.vendors)
    allowed = AllowedHosts([], hosts)
    if authority is not None:
        Interceptor(
            server,
            authority,
            hosts,
            allowed,
            proxy=None,
            tls=listener,
            others="server",
            trust_proxy=trust_proxy,
            wrap=wrap,
        ).run()
        return
    app = wrap(HostRouter(server, hosts, allowed, InterceptionRecord(), others="server"))
    serve(TrustedForwarding(app), listener, server.settings.read_timeout)
