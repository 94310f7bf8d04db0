"""Requests and answers between a caller and a service, for what steps in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract_tests.exchange.conformance import is_json, read_json
from contract_tests.target.forwarder import read_body
from contract_tests.target.target import Target
from mock_server.engine.replies import encode_json
from mock_server.lifecycle.pointers import ABSENT
from mock_server.openapi.document import Operation, SpecIndex
from mock_server.openapi.paths import filled

Pairs = tuple[tuple[str, str], ...]
#: Who signed a request: an account of the target, somebody unknown, or nobody.
Who = Literal["first", "other", "stranger", "nobody"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the operation that its method and path mean (empty: none) and what is sent.

    `path` is below the base path, as it was sent; `values` are its path parameters, decoded.
    """

    method: str
    path: str
    query_string: str
    headers: Pairs
    body: bytes
    operation: str = ""
    values: Mapping[str, str] | None = None

    @property
    def query(self) -> Pairs:
        """The query, decoded."""
        return tuple(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The JSON value of the body, or ABSENT."""
        try:
            return read_json(self.body) if self.body else ABSENT
        except ValueError:
            return ABSENT

    @property
    def writes(self) -> bool:
        """Say whether the method is one that may change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def header(self, name: str) -> str | None:
        """Return a header, by its name in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    def with_query(self, pairs: Pairs) -> Asked:
        """Return the request with another query."""
        return replace(self, query_string=urlencode(pairs))

    def with_json(self, value: Any) -> Asked:
        """Return the request with another body."""
        return replace(self, body=encode_json(value))

    def without_header(self, name: str) -> Asked:
        """Return the request without a header."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] != name))

    def with_header(self, name: str, value: str) -> Asked:
        """Return the request with a header, in place of any of that name."""
        return replace(self, headers=(*self.without_header(name).headers, (name, value)))

    def at(self, operation: Operation, values: Mapping[str, str], query: Pairs = ()) -> Asked:
        """Return a request by the same caller for another operation, without a body."""
        headers = tuple(pair for pair in self.headers if not pair[0].startswith("content-"))
        return Asked(
            operation.method.upper(),
            filled(operation.path, values),
            urlencode(query),
            headers,
            b"",
            operation.id,
            values,
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; header names are in lower case."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def json(self) -> Any:
        """The JSON value of the body, or ABSENT."""
        if not self.body or not is_json(self.media_type):
            return ABSENT
        try:
            return read_json(self.body)
        except ValueError:
            return ABSENT

    @property
    def media_type(self) -> str:
        """The media type without its parameters, empty if there is none."""
        for name, value in self.headers:
            if name == b"content-type":
                return value.decode("latin-1").partition(";")[0].strip().lower()
        return ""

    @property
    def succeeded(self) -> bool:
        """Say whether the status is one of success."""
        return 200 <= self.status < 300

    def with_body(self, body: bytes) -> Answered:
        """Return the answer with another body."""
        return replace(self, body=body)

    def with_json(self, value: Any) -> Answered:
        """Return the answer with another JSON value."""
        return self.with_body(encode_json(value))

    def with_header(self, name: bytes, value: bytes | None) -> Answered:
        """Return the answer with a header replaced, or left out."""
        headers = tuple(pair for pair in self.headers if pair[0] != name)
        return replace(self, headers=headers if value is None else (*headers, (name, value)))


class Service:
    """The service behind, and the credentials of its accounts."""

    def __init__(self, app: ASGIApp, target: Target, scope: Scope) -> None:
        self.target = target
        self.spec: SpecIndex = target.vendor.spec
        self._app = app
        self._scope = scope

    async def ask(self, asked: Asked) -> Answered:
        """Send a request, and return the answer."""
        caught = _Caught()
        path = urlsplit(self.target.base_url).path.rstrip("/") + asked.path
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in asked.headers
            if name not in {"content-length", "transfer-encoding"}
        ]
        if asked.body or asked.writes:
            headers.append((b"content-length", b"%d" % len(asked.body)))
        scope = {
            **self._scope,
            "method": asked.method,
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": asked.query_string.encode("latin-1"),
            "headers": headers,
        }
        await self._app(scope, _once(asked.body), caught.send)
        return Answered(caught.status, tuple(caught.headers), b"".join(caught.chunks))

    def who(self, asked: Asked) -> Who:
        """Say who signed a request."""
        name, first = self._proof("first")
        given = asked.header(name)
        if given is None:
            return "nobody"
        if given == first:
            return "first"
        known = self.target.other_credential is not None and given == self._proof("other")[1]
        return "other" if known else "stranger"

    def signed(self, asked: Asked, who: Literal["first", "other"]) -> Asked:
        """Return the request signed by an account."""
        return asked.with_header(*self._proof(who))

    def _proof(self, who: Literal["first", "other"]) -> tuple[str, str]:
        """The header that signs in as an account."""
        target = self.target
        credential = (target.credential if who == "first" else target.other_credential) or ""
        [pair] = target.scheme.present(credential).headers.items()
        return pair[0].lower(), pair[1]


#: Answers a request in place of the service, which it may ask.
Deed = Callable[[Asked, Service], Awaitable[Answered]]


class Between:
    """An ASGI application that has a deed answer each request to a target."""

    def __init__(self, target: Target, deed: Deed) -> None:
        self._target = target
        self._deed = deed
        self._base = urlsplit(target.base_url).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what is not below the target's base path goes by untouched."""
        raw = scope.get("raw_path", b"").decode("latin-1")
        if scope["type"] != "http" or not raw.startswith(self._base):
            await self._target.app(scope, receive, send)
            return
        path = raw[len(self._base) :]
        found = _operation(self._target.vendor.spec, scope["method"], path)
        operation, values = found or ("", {})
        headers = tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
        )
        query = scope["query_string"].decode("latin-1")
        body = await read_body(receive)
        asked = Asked(scope["method"], path, query, headers, body, operation, values)
        answered = await self._deed(asked, Service(self._target.app, self._target, scope))
        head = scope["method"] == "HEAD"
        sent = [pair for pair in answered.headers if head or pair[0] != b"content-length"]
        if not head and answered.status not in {204, 304}:
            sent.append((b"content-length", b"%d" % len(answered.body)))
        await send(
            {"type": "http.response.start", "status": answered.status, "headers": list(sent)}
        )
        await send({"type": "http.response.body", "body": answered.body})


class _Caught:
    """What a service answered."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(bytes(n).lower(), bytes(v)) for n, v in message["headers"]]
        elif message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


@lru_cache(maxsize=4096)
def _operation(spec: SpecIndex, method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The operation of a method and a path, with the values of its path parameters."""
    for candidate in dict.fromkeys((path, path.rstrip("/"), f"{path}/")):
        found = spec.find(method, candidate)
        if found is not None:
            return found[0].id, found[1]
    return None
