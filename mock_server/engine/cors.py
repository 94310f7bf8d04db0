"""Cross-origin requests: what lets a page of another origin call an API (Fetch standard, CORS)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFLIGHT = "access-control-request-method"


@dataclass(frozen=True, slots=True)
class CorsPolicy:
    """Whose pages may call: `*` for everybody's, or origins such as `http://localhost:3000`.

    `paths` are the beginnings of the paths, below the API's mount, for which it holds.
    """

    origins: tuple[str, ...] = ("*",)
    paths: tuple[str, ...] = ("/",)

    def allows(self, origin: str) -> str | None:
        """Return what to answer a page of that origin with, or None."""
        if "*" in self.origins:
            return "*"
        return origin if origin in self.origins else None


class CorsMiddleware:
    """Answers preflight requests, and lets pages read the answers of an application.

    Every method and every header that a page asks for is allowed, for the API behind it refuses
    what it does not take. With `*`, answers say so to every caller, as Laravel's do (Laravel 8
    source, `HandleCors`).
    """

    def __init__(self, application: ASGIApp, policy: CorsPolicy) -> None:
        self._application = application
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        path = scope["path"].removeprefix(scope.get("root_path", "")) if "path" in scope else ""
        if scope["type"] != "http" or not path.startswith(self._policy.paths):
            await self._application(scope, receive, send)
            return
        headers = Headers(scope=scope)
        allowed = self._policy.allows(headers.get("origin", ""))
        if scope["method"] == "OPTIONS" and _PREFLIGHT in headers:
            await _answer_preflight(headers, allowed, send)
            return

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(raw=list(message["headers"]))
                _allow(answer, allowed)
                message = {**message, "headers": answer.raw}
            await send(message)

        await self._application(scope, receive, send_allowed)


def _allow(answer: MutableHeaders, allowed: str | None) -> None:
    if allowed is not None:
        answer["access-control-allow-origin"] = allowed
    if allowed != "*":
        answer.add_vary_header("Origin")


async def _answer_preflight(headers: Headers, allowed: str | None, send: Send) -> None:
    answer = MutableHeaders()
    _allow(answer, allowed)
    if allowed is not None:
        answer["access-control-allow-methods"] = headers[_PREFLIGHT].upper()
        if asked := headers.get("access-control-request-headers"):
            answer["access-control-allow-headers"] = asked
        answer["access-control-max-age"] = "0"
    for name in (_PREFLIGHT, "access-control-request-headers"):
        answer.add_vary_header(name.title())
    await send({"type": "http.response.start", "status": 204, "headers": answer.raw})
    await send({"type": "http.response.body", "body": b""})
