"""Between ASGI and the engine: scopes to requests, and wires to messages."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from mock_server.engine.errors import PayloadTooLarge
from mock_server.engine.messages import Request
from mock_server.engine.replies import Wire

_HOST = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[0-9]+(?:\.[0-9]+){3})|[A-Za-z0-9._-]{1,253})"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
_LAST_PORT = 65535
#: Bytes of headers beyond which they are read anew each time, so that nothing long stays in memory.
_REMEMBERED = 2_048


class ClientGone(Exception):
    """The caller hung up before the request was complete; there is nobody to answer."""


def request_from(scope: Scope, base_path: str) -> Request:
    """Return the request that an ASGI scope describes, its body still unread.

    `base_path` is the API's own native path; it and the mount's path are a part of `base_url`.
    """
    raw = tuple(map(tuple, scope["headers"]))
    size = sum(len(value) for _, value in raw)
    headers = _headers(raw) if size <= _REMEMBERED else _read_headers(raw)
    root = scope.get("root_path", "") + base_path
    server = tuple(scope.get("server") or ("localhost", None))
    raw_path: bytes | None = scope.get("raw_path")
    origin = _origin(scope.get("scheme", "http"), headers.get("host", ""), server)
    return Request(
        method=scope["method"],
        url_path=scope["path"],
        query_string=scope["query_string"].decode("latin-1"),
        base_url=origin + root,
        headers=headers,
        origin=origin,
        raw_path=raw_path.decode("latin-1") if raw_path else quote(scope["path"]),
    )


def _read_headers(raw: tuple[tuple[bytes, bytes], ...]) -> Mapping[str, str]:
    """The headers by their names."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1")
        text = value.decode("latin-1")
        if key in headers:
            text = f"{headers[key]}{'; ' if key == 'cookie' else ', '}{text}"
        headers[key] = text
    return headers


#: Programs send the same headers over and over, so those are shared.
_headers = lru_cache(maxsize=512)(_read_headers)


@lru_cache(maxsize=512)
def _origin(scheme: str, host: str, server: tuple[str, int | None]) -> str:
    """Scheme and host as the caller sees them; the server's address if its Host is no host."""
    if not _is_host(host):
        name, port = server
        host = f"{name}:{port}" if port else name
    return f"{scheme}://{host}"


def _is_host(host: str) -> bool:
    match = _HOST.fullmatch(host)
    if match is None or int(match["port"] or 0) > _LAST_PORT:
        return False
    try:
        if match["six"] is not None:
            ipaddress.IPv6Address(match["six"])
        if match["four"] is not None:
            ipaddress.IPv4Address(match["four"])
    except ValueError:
        return False
    return True


async def read_content(receive: Receive, limit: int) -> bytes:
    """Return the whole body.

    Raises PayloadTooLarge as soon as it is longer than `limit` bytes, and ClientGone.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise PayloadTooLarge(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def send_wire(wire: Wire, method: str, send: Send) -> None:
    """Send an answer; one to HEAD has the headers of GET's and no body."""
    await send({"type": "http.response.start", "status": wire.status, "headers": wire.headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else wire.body})
