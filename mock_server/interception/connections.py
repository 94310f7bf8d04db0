"""The connections of an intercepting proxy, until uvicorn speaks HTTP on them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import h11
import uvicorn
from uvicorn.server import ServerState

from mock_server.interception.certificates import Authority
from mock_server.interception.front import REFUSED_HEADER, refusal
from mock_server.interception.hosts import AllowedHosts, VendorHosts, is_loopback
from mock_server.interception.record import InterceptionRecord

_HANDSHAKE_SECONDS = 10.0
_TURNS = 5
#: How TLS says that the other side does not accept a certificate, as OpenSSL words it.
_DISTRUST = ("UNKNOWN_CA", "CERTIFICATE_UNKNOWN", "BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE")


@dataclass
class ProxyState:
    """What the connections of a proxy share.

    `config` serves requests whose target is a path, `absolute` those whose target is a whole URL.
    """

    config: uvicorn.Config
    absolute: uvicorn.Config
    authority: Authority
    hosts: VendorHosts
    allowed: AllowedHosts
    record: InterceptionRecord
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    transports: list[asyncio.Transport] = field(default_factory=list)

    def hold(self, transport: asyncio.Transport) -> None:
        """Take note of a connection, so that `close` ends it whatever it is used for by then."""
        self.transports = [each for each in self.transports if not each.is_closing()]
        self.transports.append(transport)

    async def close(self) -> None:
        """End all connections, and wait until they have."""
        for transport in self.transports:
            transport.abort()
        # Aborting is done in the loop's next turn, and under TLS in the one after.
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine beside the others."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def speak_http(
        self,
        transport: asyncio.Transport,
        received: bytes,
        server_state: ServerState,
        *,
        absolute: bool = False,
    ) -> None:
        """Let uvicorn speak HTTP on a transport, beginning with what was received already."""
        config = self.absolute if absolute else self.config
        make: Callable[..., asyncio.Protocol] = config.http_protocol_class
        protocol = make(config=config, server_state=server_state, app_state={})
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if received:
            protocol.data_received(received)


class ProxyConnection(asyncio.Protocol):
    """A connection of which it is not known yet what is spoken on it.

    The client speaks to a proxy, or to this server itself. It has the parameters of uvicorn's
    protocols.
    """

    def __init__(
        self,
        interception: ProxyState,
        *,
        config: uvicorn.Config,  # noqa: ARG002 - the interception has those that count
        server_state: ServerState,
        app_state: dict[str, Any],  # noqa: ARG002 - there is no lifespan
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._interception = interception
        self._server_state = server_state
        self._transport: asyncio.Transport
        self._parser = h11.Connection(h11.SERVER)
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._interception.hold(self._transport)

    def data_received(self, data: bytes) -> None:
        """Look for the first request, which says what the connection is for."""
        self._received += data
        self._parser.receive_data(data)
        try:
            event = self._parser.next_event()
        except h11.RemoteProtocolError:
            # Uvicorn has the words for what is no HTTP.
            self._speak_http()
            return
        if isinstance(event, h11.Request):
            if event.method == b"CONNECT":
                self._transport.pause_reading()
                self._interception.spawn(self._connect(event))
            else:
                self._speak_http(absolute=not event.target.startswith(b"/"))

    def _speak_http(self, *, absolute: bool = False) -> None:
        self._interception.speak_http(
            self._transport, self._received, self._server_state, absolute=absolute
        )

    async def _speak_tls(self, host: str, client: str) -> None:
        """Do TLS's handshake as a host, then let uvicorn answer; `client` is what it is called."""
        loop = asyncio.get_running_loop()
        handshake = _Handshake(self._interception, host, client)
        with handshake.judged(self._transport.abort):
            secured = await loop.start_tls(
                self._transport,
                handshake,
                handshake.context,
                server_side=True,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS,
            )
            if secured is not None:
                handshake.hand_over(secured, self._server_state)

    async def _connect(self, request: h11.Request) -> None:
        """Answer CONNECT: intercept a vendor's host, let an allowed one through, refuse others."""
        headers = dict(request.headers)
        try:
            target = urlsplit(f"//{request.target.decode('ascii')}")
            host, port = target.hostname or "", target.port
        except (UnicodeDecodeError, ValueError):
            host, port = "", None
        if not host or port is None:
            self._refuse(400, "", "CONNECT needs a host and a port")
            return
        vendor = self._interception.hosts.find(host)
        if vendor is not None and port == vendor.port:
            self._send(h11.Response(status_code=200, headers=[], reason=b"Connection established"))
            await self._speak_tls(host, headers.get(b"user-agent", b"").decode("latin-1"))
        elif vendor is not None:
            text = f"{host} is mocked at port {vendor.port} alone, not at {port}"
            self._refuse(502, host, text)
        elif host in self._interception.allowed:
            await self._tunnel(host, port)
        else:
            self._refuse(502, host, refusal(host))

    async def _tunnel(self, host: str, port: int) -> None:
        """Pass bytes between the client and a host."""
        loop = asyncio.get_running_loop()
        # This machine is called by its address, so that its name is not looked up either.
        address = "127.0.0.1" if host.endswith("localhost") and is_loopback(host) else host
        relay = _Relay(self._transport)
        try:
            beyond, _ = await loop.create_connection(lambda: relay, address, port)
        except (OSError, UnicodeError) as problem:
            self._refuse(502, host, f"{host}:{port} cannot be reached: {problem}")
            return
        self._interception.hold(beyond)
        self._send(h11.Response(status_code=200, headers=[], reason=b"Connection established"))
        self._transport.set_protocol(_Relay(beyond))
        self._transport.resume_reading()

    def _refuse(self, status: int, host: str, text: str) -> None:
        """Answer with an error, and close; clients that hide the body show the reason."""
        self._interception.record.refused[host, text] += 1
        body = f"mock-server: {text}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            (REFUSED_HEADER, host or "-"),
        ]
        reason = f"mock-server: {text}".encode("ascii", "replace")
        # At once, as some clients show their callers no more than what comes with the headers.
        self._send(
            h11.Response(status_code=status, headers=headers, reason=reason),
            h11.Data(data=body),
            h11.EndOfMessage(),
        )
        self._transport.close()

    def _send(self, *events: h11.Event) -> None:
        self._transport.write(b"".join(self._parser.send(each) or b"" for each in events))


async def accept_tls(
    interception: ProxyState, listener: socket.socket, server_state: ServerState
) -> None:
    """Answer clients that take us for the vendor, and begin with TLS, until cancelled."""
    loop = asyncio.get_running_loop()
    listener.setblocking(False)

    async def answer(connection: socket.socket) -> None:
        handshake = _Handshake(interception)
        with handshake.judged(connection.close):
            transport, _ = await loop.connect_accepted_socket(
                lambda: handshake,
                connection,
                ssl=handshake.context,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS,
            )
            interception.hold(transport)
            handshake.hand_over(transport, server_state)

    while True:
        connection, _ = await loop.sock_accept(listener)
        interception.spawn(answer(connection))


class _Handshake(asyncio.Protocol):
    """A handshake of TLS; keeps what arrives right behind it.

    The certificate is of the host that the client asks for, else of `host`; `client` is what the
    client calls itself.
    """

    def __init__(self, interception: ProxyState, host: str = "localhost", client: str = "") -> None:
        self._interception = interception
        self._host = host
        self._client = client
        self._received = b""
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.sni_callback = self._choose

    def _choose(self, secured: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        self._host = (name or self._host).lower()
        try:
            secured.context = self._interception.authority.context(self._host)
        except (ValueError, UnicodeError):
            return int(ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
        return None

    def data_received(self, data: bytes) -> None:
        """Keep it."""
        self._received += data

    def hand_over(self, transport: asyncio.Transport, server_state: ServerState) -> None:
        """Let uvicorn speak HTTP from here on."""
        if not transport.is_closing():
            self._interception.speak_http(transport, self._received, server_state)

    @contextmanager
    def judged(self, give_up: Callable[[], object]) -> Iterator[None]:
        """Take note if the client refuses the certificate, and give up where there is no TLS."""
        try:
            yield
        except ssl.SSLError as problem:
            if any(word in str(problem.reason) for word in _DISTRUST):
                self._interception.record.note_distrust(self._host, self._client)
            give_up()
        except OSError:
            give_up()


class _Relay(asyncio.Protocol):
    """Passes what one transport receives to another one, no faster than that takes it."""

    def __init__(self, other: asyncio.Transport) -> None:
        self._other = other

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        self._other.write(data)

    def eof_received(self) -> bool:
        """Pass on that no more comes; what comes the other way still passes."""
        if self._other.can_write_eof() and not self._other.is_closing():
            self._other.write_eof()
        return True

    def connection_lost(self, _: Exception | None) -> None:
        """End the other side, after what was written to it."""
        self._other.close()

    def pause_writing(self) -> None:
        """Let the other side wait."""
        self._other.pause_reading()

    def resume_writing(self) -> None:
        """Let the other side go on."""
        if not self._other.is_closing():
            self._other.resume_reading()
