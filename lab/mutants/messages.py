"""Requests and answers between a caller and a service, for what steps in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from contract_tests.exchange.conformance import is_json, read_json
from contract_tests.target.target import Target
from mock_server.engine.replies import encode_json
from mock_server.in_process import raw_target, url_of
from mock_server.lifecycle.pointers import ABSENT
from mock_server.openapi.document import OperationSpec, SpecIndex
from mock_server.openapi.paths import filled

Pairs = tuple[tuple[str, str], ...]
#: Who signed a request: an account of the target, somebody unknown, or nobody.
Who = Literal["first", "other", "invalid_credential", "nobody"]


@dataclass(frozen=True, slots=True)
class Request:
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

    def with_query(self, pairs: Pairs) -> Request:
        """Return the request with another query."""
        return replace(self, query_string=urlencode(pairs))

    def with_json(self, value: Any) -> Request:
        """Return the request with another body."""
        return replace(self, body=encode_json(value))

    def without_header(self, name: str) -> Request:
        """Return the request without a header."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] != name))

    def with_header(self, name: str, value: str) -> Request:
        """Return the request with a header, in place of any of that name."""
        return replace(self, headers=(*self.without_header(name).headers, (name, value)))

    def at(self, operation: OperationSpec, values: Mapping[str, str], query: Pairs = ()) -> Request:
        """Return a request by the same caller for another operation, without a body."""
        headers = tuple(pair for pair in self.headers if not pair[0].startswith("content-"))
        return Request(
            operation.method.upper(),
            filled(operation.path, values),
            urlencode(query),
            headers,
            b"",
            operation.id,
            values,
        )


@dataclass(frozen=True, slots=True)
class Response:
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

    def with_body(self, body: bytes) -> Response:
        """Return the answer with another body."""
        return replace(self, body=body)

    def with_json(self, value: Any) -> Response:
        """Return the answer with another JSON value."""
        return self.with_body(encode_json(value))

    def with_header(self, name: bytes, value: bytes | None) -> Response:
        """Return the answer with a header replaced, or left out."""
        headers = tuple(pair for pair in self.headers if pair[0] != name)
        return replace(self, headers=headers if value is None else (*headers, (name, value)))


class Service:
    """The service behind, and the credentials of its accounts."""

    def __init__(self, target: Target, extensions: Mapping[str, Any]) -> None:
        self.target = target
        self.spec: SpecIndex = target.vendor.spec
        self._origin = httpx.URL(target.base_url)
        self._extensions = extensions

    def send(self, request: Request) -> Response:
        """Send a request, and return the answer, decoded."""
        path = self._origin.raw_path.rstrip(b"/") + request.path.encode("ascii")
        if request.query_string:
            path += b"?" + request.query_string.encode("latin-1")
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers
            if name not in {"content-length", "transfer-encoding"}
        ]
        if request.body or request.writes:
            headers.append((b"content-length", b"%d" % len(request.body)))
        sent = httpx.Request(
            request.method,
            url_of(self._origin, path),
            headers=headers,
            content=request.body,
            extensions={**self._extensions, "target": path},
        )
        given = self.target.transport.handle_request(sent)
        content = given.read()
        named = [(name.lower(), value) for name, value in given.headers.raw]
        kept = tuple(pair for pair in named if pair[0] != b"content-encoding")
        return Response(given.status_code, kept, content)

    def who(self, request: Request) -> Who:
        """Say who signed a request."""
        name, first = self._proof("first")
        given = request.header(name)
        if given is None:
            return "nobody"
        if given == first:
            return "first"
        known = self.target.other_credential is not None and given == self._proof("other")[1]
        return "other" if known else "invalid_credential"

    def signed(self, request: Request, who: Literal["first", "other"]) -> Request:
        """Return the request signed by an account."""
        return request.with_header(*self._proof(who))

    def _proof(self, who: Literal["first", "other"]) -> tuple[str, str]:
        """The header that signs in as an account."""
        target = self.target
        credential = (target.credential if who == "first" else target.other_credential) or ""
        [pair] = target.scheme.present(credential).headers.items()
        return pair[0].lower(), pair[1]


#: Answers a request in place of the service, which it may ask.
Interceptor = Callable[[Request, Service], Response]


class InterceptingTransport(httpx.BaseTransport):
    """A transport that has an interceptor answer each request to a target."""

    def __init__(self, target: Target, intercept: Interceptor) -> None:
        self._target = target
        self._intercept = intercept
        self._base = urlsplit(target.base_url).path.rstrip("/")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; what is not below the target's base path goes by untouched."""
        raw = raw_target(request).decode("latin-1")
        if not raw.startswith(self._base):
            return self._target.transport.handle_request(request)
        path, _, query = raw[len(self._base) :].partition("?")
        operation, values = _operation(self._target.vendor.spec, request.method, path) or ("", {})
        headers = tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in request.headers.raw
        )
        read = Request(request.method, path, query, headers, request.read(), operation, values)
        response = self._intercept(read, Service(self._target, request.extensions))
        length = b"%d" % len(response.body)
        return httpx.Response(
            response.status,
            headers=[
                (name, length if name == b"content-length" and request.method != "HEAD" else value)
                for name, value in response.headers
            ],
            content=response.body,
            request=request,
        )

    def close(self) -> None:
        """Close the way to the target."""
        self._target.close()


@lru_cache(maxsize=4096)
def _operation(spec: SpecIndex, method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The operation of a method and a path, with the values of its path parameters."""
    for candidate in dict.fromkeys((path, path.rstrip("/"), f"{path}/")):
        found = spec.find(method, candidate)
        if found is not None:
            return found[0].id, found[1]
    return None
