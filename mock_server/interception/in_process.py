"""Answer a Python program's calls to the vendors' hosts in its own process, without a port."""

from __future__ import annotations

import asyncio
import errno
import http.client
import importlib
import importlib.util
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.app import MockServer, build_server
from mock_server.engine.pipeline import SANDBOX_HEADER
from mock_server.interception.front import HostRouter, refusal
from mock_server.interception.hosts import AllowedHosts, VendorHosts
from mock_server.interception.record import InterceptionRecord
from mock_server.live import server_config
from mock_server.server_loop import LoopTransport, ServerLoop
from mock_server.settings import Settings

_PORTS = {"http": 80, "https": 443}
_lock = threading.Lock()
#: Those whose block runs; calls go to the one that was begun last.
_active: list[Interception] = []
_replaced = ExitStack()


class HostRefused(ConnectionRefusedError):
    """A call would have left this machine; the message says how to let it through."""

    def __init__(self, text: str) -> None:
        super().__init__(errno.ECONNREFUSED, f"mock_server: {text}")


@contextmanager
def intercept(
    *apis: str,
    sandbox: str | None = None,
    allow_hosts: Iterable[str] = (),
    settings: Settings | None = None,
) -> Iterator[Interception]:
    """Answer this process's calls to the vendors' own hosts while the block runs.

    `apis` names them, all if none is. With `sandbox` all calls reach that one, whatever their key;
    else any key opens one. `allow_hosts` are called for real (`*` for all), and so is this machine;
    other hosts are refused with what the library raises where nobody listens. Calls of `httpx`,
    `httpx2`, `requests`, `urllib3`, `urllib.request`, `http.client` and `aiohttp` are answered, in
    all threads. Raises UsageError for options that cannot be meant.
    """
    server = build_server(apis, settings or Settings(hide_keys=True))
    loop = ServerLoop()
    try:
        interception = Interception(server, loop, sandbox=sandbox, allow_hosts=allow_hosts)
        server.sandboxes.listen(interception.record.note)
        with interception.installed():
            yield interception
    finally:
        loop.close()


class Interception:
    """Answers calls to the hosts of a server's vendors; see `intercept`.

    `server` has the sandboxes with their journals, `record` counts by operation and host.
    """

    def __init__(
        self,
        server: MockServer,
        loop: ServerLoop,
        *,
        sandbox: str | None = None,
        allow_hosts: Iterable[str] = (),
    ) -> None:
        self.server = server
        self.record = InterceptionRecord(server.control_context.specs)
        self._loop = loop
        self._sandbox = sandbox
        self._hosts = VendorHosts(server.vendors)
        self._allowed = AllowedHosts(allow_hosts, self._hosts)
        self._router = HostRouter(server, self._hosts, self._allowed, self.record, others="refuse")
        self._configs = {
            scheme: server_config(self._as(scheme), lifespan="off") for scheme in _PORTS
        }
        self._state = uvicorn.Server(self._configs["https"]).server_state

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Answer calls while the block runs; afterwards everything is as it was before."""
        with _lock:
            if not _active:
                _replace_all(_replaced)
            _active.append(self)
        try:
            yield
        finally:
            with _lock:
                _active.remove(self)
                if not _active:
                    _replaced.close()
            self._loop.wait(self._hang_up())

    def answers(self, scheme: str, host: str, port: int | None) -> bool:
        """Say whether calls there are answered here; False lets them through.

        Raises HostRefused for what would leave, and for a vendor's host that is called otherwise
        than the vendor is.
        """
        port = port or _PORTS.get(scheme)
        vendor = self._hosts.find(host)
        if vendor is None:
            if host in self._allowed:
                return False
            text = refusal(host, "allow_hosts=")
        elif (vendor.scheme, vendor.port) == (scheme, port):
            return True
        else:
            text = f"{host} is served over {vendor.scheme} at port {vendor.port} alone"
        self.record.refused[host, text] += 1
        raise HostRefused(text)

    def connect(self, scheme: str) -> socket.socket:
        """Return a connected socket, at whose other end HTTP is spoken, as behind TLS."""
        client, server = _pair()
        self._loop.wait(self._speak(scheme, server))
        return client

    def transport(self, library: ModuleType) -> LoopTransport:
        """Return a transport of `httpx`, or of a namesake of it, whose calls are answered here."""
        return LoopTransport(self._as("https"), self._loop, library)

    def _as(self, scheme: str) -> ASGIApp:
        """The server, called in a scheme, in the sandbox that is set."""
        more = [(SANDBOX_HEADER.encode(), self._sandbox.encode())] if self._sandbox else []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            headers = [*scope["headers"], *more]
            await self._router({**scope, "scheme": scheme, "headers": headers}, receive, send)

        return app

    async def _speak(self, scheme: str, end: socket.socket) -> None:
        config = self._configs[scheme]
        if not config.loaded:
            config.load()
        make: Callable[..., asyncio.Protocol] = config.http_protocol_class
        protocol = make(config=config, server_state=self._state, app_state={})
        await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, end)

    async def _hang_up(self) -> None:
        """Close the connections that clients have kept."""
        for connection in list(self._state.connections):
            connection.transport.abort()
        # Aborting is done in the loop's next turn.
        await asyncio.sleep(0)


class _ClientEnd(socket.socket):
    """The client's end of a pair: shows a reset, which pairs of sockets do not have themselves."""

    was_reset = False

    def recv(self, *args: Any) -> bytes:
        """Receive; raises ConnectionResetError at the end if there was a reset."""
        received = super().recv(*args)
        self._judge(received)
        return received

    def recv_into(self, *args: Any) -> int:
        """Receive into a buffer; raises as `recv`."""
        received = super().recv_into(*args)
        self._judge(received)
        return received

    def _judge(self, received: bytes | int) -> None:
        if self.was_reset and not received:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


class _ServerEnd(socket.socket):
    """The server's end of a pair: what would make a closing a reset is noted at the other end."""

    client: _ClientEnd

    def setsockopt(self, *args: Any) -> None:
        """Set an option; a linger time makes the closing a reset, as a fault does it."""
        if args[:2] == (socket.SOL_SOCKET, socket.SO_LINGER):
            self.client.was_reset = True
        super().setsockopt(*args)


def _pair() -> tuple[_ClientEnd, _ServerEnd]:
    one, other = socket.socketpair()
    client, server = _ClientEnd(fileno=one.detach()), _ServerEnd(fileno=other.detach())
    server.client = client
    server.setblocking(False)
    return client, server


def _answering(scheme: str, host: str, port: int | None) -> Interception | None:
    """The interception that answers a call, None if the call is let through."""
    if not _active:
        # The block has ended while a thread was about to call.
        return None
    newest = _active[-1]
    return newest if newest.answers(scheme, host.strip("[]"), port) else None


def _replace_all(replaced: ExitStack) -> None:
    """Replace how each library that is installed connects; closing `replaced` undoes it."""
    _replace_connect(replaced, http.client)
    for name in ("httpx", "httpx2"):
        if importlib.util.find_spec(name):
            _replace_httpx(replaced, importlib.import_module(name))
    if importlib.util.find_spec("urllib3"):
        _replace_connect(replaced, importlib.import_module("urllib3.connection"))
    if importlib.util.find_spec("aiohttp"):
        _replace_aiohttp(replaced, importlib.import_module("aiohttp"))


def _replace(replaced: ExitStack, owner: type[Any], name: str, value: object) -> None:
    replaced.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)


def _replace_connect(replaced: ExitStack, library: ModuleType) -> None:
    """Replace `connect` of `http.client`'s connections, or of urllib3's, which are made of them."""

    def replacement(scheme: str, original: Callable[[Any], None]) -> Callable[[Any], None]:
        def connect(connection: Any) -> None:
            tunnel: str | None = connection._tunnel_host  # noqa: SLF001 - there is no other name
            if tunnel is None:
                answering = _answering(scheme, connection.host, connection.port)
            else:
                # Through a proxy of the environment's, which nothing needs here.
                answering = _answering("https", tunnel, connection._tunnel_port)  # noqa: SLF001
            if answering is None:
                original(connection)
                return
            timeout = connection.timeout
            connection.sock = answering.connect(scheme)
            if not isinstance(timeout, int | float | None):
                # A mark of the library's for what the process has set.
                timeout = socket.getdefaulttimeout()
            connection.sock.settimeout(timeout)
            # What urllib3 notes of TLS, and warns of where it is not so.
            connection.is_verified = True

        return connect

    for scheme, name in (("http", "HTTPConnection"), ("https", "HTTPSConnection")):
        owner = getattr(library, name)
        _replace(replaced, owner, "connect", replacement(scheme, owner.connect))


def _replace_httpx(replaced: ExitStack, library: ModuleType) -> None:
    """Replace what the transports that clients have by default do with a request."""
    sync, concurrent = library.HTTPTransport, library.AsyncHTTPTransport
    handle, handle_async = sync.handle_request, concurrent.handle_async_request

    def answering(request: Any) -> Interception | None:
        try:
            return _answering(request.url.scheme, request.url.host, request.url.port)
        except HostRefused as refused:
            raise library.ConnectError(str(refused), request=request) from refused

    def handle_request(transport: Any, request: Any) -> Any:
        found = answering(request)
        if found is None:
            return handle(transport, request)
        return found.transport(library).handle_request(request)

    async def handle_async_request(transport: Any, request: Any) -> Any:
        found = answering(request)
        if found is None:
            return await handle_async(transport, request)
        return await found.transport(library).handle_async_request(request)

    _replace(replaced, sync, "handle_request", handle_request)
    _replace(replaced, concurrent, "handle_async_request", handle_async_request)


def _replace_aiohttp(replaced: ExitStack, library: ModuleType) -> None:
    """Replace how its connector connects, which decides for itself whether through a proxy."""
    connector = library.TCPConnector
    original = connector._create_connection  # noqa: SLF001 - it has no public place for this

    async def create_connection(self: Any, request: Any, *args: Any) -> Any:
        url = request.url
        try:
            found = _answering(url.scheme, url.host, url.port)
        except HostRefused as refused:
            raise library.ClientConnectorError(request.connection_key, refused) from refused
        if found is None:
            return await original(self, request, *args)
        loop = asyncio.get_running_loop()
        end = found.connect(url.scheme)
        _, protocol = await loop.create_connection(self._factory, sock=end)
        return protocol

    _replace(replaced, connector, "_create_connection", create_connection)
