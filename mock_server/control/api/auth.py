"""Who may come in: with a token whoever has it, without one this machine's own programs."""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.engine.replies import Wire, encode_json
from mock_server.engine.transport import send_wire

_HIDDEN = re.compile(rb"%2f|%5c|/(?:\.|%2e){1,2}(?:/|$)|//|\\", re.IGNORECASE)
#: Names that the domain name system gives to nobody else than this machine.
_OWN_SUFFIXES = ("localhost", "test")
#: What a proxy says of the one that it calls for; whoever is behind one is not known to be here.
_FORWARDING = frozenset(
    {
        b"forwarded",
        b"via",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-real-ip",
    }
)
#: Requests of other pages than control's own, as browsers tell.
_OWN_FETCHES = frozenset({"same-origin", "none"})


class ControlAuthMiddleware:
    """Lets calls through to the control application below `prefix`, or refuses them.

    Only a path that is spelled out counts, so that nothing in front of the server can take it for
    another's. Without a token, the caller has to be on this machine, to have asked for it by a name
    of its own (a web page may have another name point here), and not to be another site's page.
    """

    def __init__(self, app: ASGIApp, prefix: str, token: str | None) -> None:
        self._app = app
        self._prefix = prefix
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is None:

            async def marked(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = [*message.get("headers", ()), (b"x-content-type-options", b"nosniff")]
                    message = {**message, "headers": headers}
                await send(message)

            await self._app(scope, receive, marked)
        else:
            await send_wire(_wire(*refusal), scope["method"], send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        raw = scope.get("raw_path") or scope["path"].encode()
        if not raw.startswith(f"{self._prefix}/".encode()) or _HIDDEN.search(raw):
            return 404, "there is no such path"
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if self._token is not None:
            kind, _, presented = headers.get(b"authorization", "").partition(" ")
            known = hmac.compare_digest(presented.strip().encode(), self._token.encode())
            if kind.lower() != "bearer" or not known:
                return 401, "the token is missing or wrong"
            return None
        if _FORWARDING & headers.keys():
            return 403, "control is not for calls through a proxy; start the server with a token"
        client = scope.get("client")
        if client and _is_address(client[0]) and not is_loopback(client[0]):
            return 403, "control is for this machine only; start the server with a token"
        host = headers.get(b"host", "")
        if not _is_own_name(_name_of(host)):
            return 403, "control is called by a name of this machine only, such as localhost"
        origin = headers.get(b"origin")
        fetched_by = headers.get(b"sec-fetch-site", "none")
        if fetched_by not in _OWN_FETCHES or (origin is not None and _host_of(origin) != host):
            return 403, "control is not for other sites' pages"
        return None


def is_loopback(host: str) -> bool:
    """Say whether a host is an address of this machine's own; no other name than localhost is."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_own_name(host: str) -> bool:
    """Say whether nobody else can have a web page that is called by this name."""
    if _is_address(host):
        return is_loopback(host)
    return host.rpartition(".")[2] in _OWN_SUFFIXES or host == socket.gethostname().lower()


def _host_of(origin: str) -> str | None:
    """The host and port of an origin; None if it is no URL."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _name_of(host: str) -> str:
    """The name or address in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().rstrip(".")


def _wire(status: int, text: str) -> Wire:
    body = encode_json({"error": text})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return Wire(status, headers, body)
