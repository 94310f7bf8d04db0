"""Who may come in: with a token whoever has it, without one this machine's own programs."""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.console.pages import LOGIN, PageGuard
from mock_server.engine.replies import Wire, encode_json
from mock_server.engine.transport import send_wire
from mock_server.openapi.security import parse_cookies

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
_COOKIE = "mock_server_console"
#: The longest form with a token, in bytes.
_LONGEST_FORM = 64 << 10
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
        headers = _headers_of(scope)
        if self._token is not None:
            if _presents(headers, self._token):
                return None
            if not _has_session(headers, self._token):
                return 401, "the token is missing or wrong"
            # A cookie comes with what other pages make a browser send, a header does not.
            return None if _is_own_page(headers) else (403, "control is not for other sites' pages")
        if _FORWARDING & headers.keys():
            return 403, "control is not for calls through a proxy; start the server with a token"
        client = scope.get("client")
        if client and _is_address(client[0]) and not is_loopback(client[0]):
            return 403, "control is for this machine only; start the server with a token"
        if not _is_own_name(_name_of(headers.get(b"host", ""))):
            return 403, "control is called by a name of this machine only, such as localhost"
        return None if _is_own_page(headers) else (403, "control is not for other sites' pages")


def page_guard(token: str | None) -> PageGuard:
    """Return what says why the console's page is not for a caller.

    Without a token it has to be asked for by a name of this machine, which no other page has.
    """

    def guard(scope: Scope) -> str | None:
        headers = _headers_of(scope)
        if token is not None:
            known = _presents(headers, token) or _has_session(headers, token)
            return None if known else LOGIN
        if _is_own_name(_name_of(headers.get(b"host", ""))):
            return None
        return "start the server with a token to open the console by this name"

    return guard


def login_routes(prefix: str, token: str | None) -> list[BaseRoute]:
    """Return the routes that begin and end a session of the console, none without a token.

    The cookie has no path of its own: a browser sends it below where it was set, which is `prefix`
    behind whatever a proxy puts in front.
    """
    if token is None:
        return []

    async def log_in(request: Request) -> Response:
        if not _is_own_page(_headers_of(request.scope)):
            return PlainTextResponse("this form is on the console's own page\n", status_code=403)
        form = parse_qs(bytes(await _beginning(request)).decode("latin-1"))
        presented = form.get("token", [""])[0].strip()
        if not hmac.compare_digest(presented.encode(), token.encode()):
            return RedirectResponse("console/?refused", status_code=303)
        answer = RedirectResponse("console/", status_code=303)
        secure = request.url.scheme == "https"
        answer.set_cookie(
            _COOKIE, _session_of(token), path=None, secure=secure, httponly=True, samesite="strict"
        )
        return answer

    async def log_out(request: Request) -> Response:
        answer = RedirectResponse("console/", status_code=303)
        if _is_own_page(_headers_of(request.scope)):
            answer.set_cookie(_COOKIE, "", max_age=0, path=None, httponly=True, samesite="strict")
        return answer

    return [
        Route(f"{prefix}/login", log_in, methods=["POST"]),
        Route(f"{prefix}/logout", log_out, methods=["POST"]),
    ]


async def _beginning(request: Request) -> bytearray:
    """The body of a request, or as much of it as a token can take."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LONGEST_FORM:
            break
    return content


def _headers_of(scope: Scope) -> dict[bytes, str]:
    return {name: value.decode("latin-1") for name, value in scope["headers"]}


def _presents(headers: Mapping[bytes, str], token: str) -> bool:
    kind, _, presented = headers.get(b"authorization", "").partition(" ")
    known = hmac.compare_digest(presented.strip().encode(), token.encode())
    return kind.lower() == "bearer" and known


def _session_of(token: str) -> str:
    """What the cookie of a session has: only who knows the token can make it."""
    return hmac.new(token.encode(), b"mock-server console", "sha256").hexdigest()


def _has_session(headers: Mapping[bytes, str], token: str) -> bool:
    presented = parse_cookies(headers.get(b"cookie", "")).get(_COOKIE, "")
    return hmac.compare_digest(presented.encode(), _session_of(token).encode())


def _is_own_page(headers: Mapping[bytes, str]) -> bool:
    """Say whether a request may come from a page of this server, or from no page at all."""
    origin = headers.get(b"origin")
    if headers.get(b"sec-fetch-site", "none") not in _OWN_FETCHES:
        return False
    return origin is None or _host_of(origin) == headers.get(b"host", "")


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
