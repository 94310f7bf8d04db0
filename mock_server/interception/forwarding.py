"""Scheme and host as a proxy in front of the mock reports them."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.http import parse_options_header


class TrustedForwarding:
    """Takes scheme and host of each request from its `Forwarded` or `X-Forwarded-…` headers.

    For servers that only a proxy can reach, as a caller could write these headers too. Of several
    proxies, the first one counts: it is the one that the caller has spoken to. RFC 7239's
    `Forwarded` comes before the older headers, and what neither says stays as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        if scope["type"] == "http":
            sent = {
                name: value.decode("latin-1")
                for name, value in reversed(scope["headers"])
                if name in {b"forwarded", b"x-forwarded-proto", b"x-forwarded-host"}
            }
            if sent:
                scope = _as_forwarded(scope, sent)
        await self._app(scope, receive, send)


def _as_forwarded(scope: Scope, sent: dict[str | bytes, str]) -> Scope:
    proto = _first(sent.get(b"x-forwarded-proto", ""))
    host = _first(sent.get(b"x-forwarded-host", ""))
    if b"forwarded" in sent:
        _, parameters = parse_options_header(f"forwarded; {_first(sent[b'forwarded'])}")
        proto, host = parameters.get("proto", proto), parameters.get("host", host)
    if proto.lower() in {"http", "https"}:
        scope = {**scope, "scheme": proto.lower()}
    if host:
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope = {**scope, "headers": [(b"host", host.encode("latin-1", "replace")), *others]}
    return scope


def _first(value: str) -> str:
    """The first element of a header that is a list."""
    return value.partition(",")[0].strip()
