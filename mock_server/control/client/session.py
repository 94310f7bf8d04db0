"""Calls of the control API, over a URL or in process."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import HTTPException
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import orjson

from mock_server.usage import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

DEFAULT_URL = "http://127.0.0.1:8080"
_FIRST_FAILURE = 300
#: Cases of a large API take half a minute, on a busy machine longer.
_FILE_SECONDS = 300.0
#: Has a line for each answer, at the level DEBUG; the commands show it with `-v`.
LOG = logging.getLogger("mock_server.control.client")


class ControlError(UsageError):
    """Control refused, or could not be reached; the message is one line.

    `status` is None if there was no answer. `fields` has what is wrong with properties of the body,
    `problems` every mistake of a seed: its JSON pointer, and what is wrong there.
    """

    def __init__(
        self,
        message: str,
        status: int | None = None,
        fields: Mapping[str, str] | None = None,
        problems: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.fields = dict(fields or {})
        self.problems = problems


class _Answer(NamedTuple):
    """What came back; the body may be endless, and is to be closed."""

    status: int
    body: IO[bytes]


#: Sends a request, with the seconds to wait for it; raises OSError or HTTPException.
_Sender = Callable[[Request, float | None], _Answer]


class ControlSession:
    """Calls of the control API of the server at `url`, with its token if it has one.

    With `app`, that application is called in place of the server. Raises ControlError for what is
    no URL, and for a token that no header can carry.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        token: str | None = None,
        *,
        app: ASGIApp | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.url = url.rstrip("/")
        _require_url(url)
        if token is not None and not (token.isascii() and token.isprintable()):
            raise ControlError("a control token consists of printable ASCII characters")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout = timeout
        self._send, self._close = (_over_http, _nothing) if app is None else _in_process(app)

    def close(self) -> None:
        """Free what calling an application in process takes."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(
        self,
        method: str,
        *path: str,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the JSON of an answer, None if it is empty; raises ControlError.

        `path` is in parts, each of which may hold any character. What is None in `query` is left
        out.
        """
        request = self._request(method, path, query or {})
        if body is not None:
            # The engine, which not every call needs, takes a while to import.
            from mock_server.engine.replies import encode_json

            request.data = encode_json(body)
            request.add_header("Content-Type", "application/json")
        content = self._content(request, self._timeout)
        try:
            return orjson.loads(content) if content else None
        except ValueError as problem:
            raise ControlError(
                f"{self.url} is not a mock server: its answer is not JSON"
            ) from problem

    def file(self, *path: str, query: Mapping[str, Any]) -> bytes:
        """Return the content of a file, which may take minutes to be made; raises ControlError."""
        return self._content(self._request("GET", path, query), _FILE_SECONDS)

    def _content(self, request: Request, timeout: float) -> bytes:
        try:
            answer = self._send(request, timeout)
            with answer.body:
                LOG.debug("%s %s %d", request.get_method(), request.full_url, answer.status)
                content = answer.body.read()
        except (OSError, HTTPException, ValueError) as problem:
            raise ControlError(f"{self.url} does not answer: {_reason(problem)}") from problem
        if answer.status >= _FIRST_FAILURE:
            raise _error_of(request.full_url, answer.status, content)
        return content

    def lines(self, *path: str, query: Mapping[str, str]) -> Iterator[str]:
        """Yield the lines of an endless answer; raises ControlError if the server goes away."""
        request = self._request("GET", path, query)
        try:
            answer = self._send(request, None)
            with answer.body:
                LOG.debug("GET %s %d", request.full_url, answer.status)
                if answer.status >= _FIRST_FAILURE:
                    raise _error_of(request.full_url, answer.status, answer.body.read())
                for line in answer.body:
                    yield line.rstrip(b"\r\n").decode()
        except (OSError, HTTPException) as problem:
            message = f"{self.url} has ended the connection: {_reason(problem)}"
            raise ControlError(message) from problem

    def _request(self, method: str, path: Iterable[str], query: Mapping[str, Any]) -> Request:
        url = f"{self.url}/_mock" + "".join(f"/{quote(part, safe='')}" for part in path)
        if asked := {name: item for name, item in query.items() if item is not None}:
            url += "?" + urlencode(asked, doseq=True)
        # The URL has been held to HTTP.
        return Request(url, headers=self._headers, method=method)  # noqa: S310


def _require_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError as problem:
        raise ControlError(f"{url} is not a URL: {problem}") from problem
    if not known:
        raise ControlError(f"{url} is not a URL such as {DEFAULT_URL}")


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirect, which could lead the token to another host."""

    def redirect_request(self, *_: Any) -> None:
        """Return no request."""


# Importing `httpx` takes longer than all the rest of a command does.
_OPENER = build_opener(_NoRedirects)


def _over_http(request: Request, timeout: float | None) -> _Answer:
    try:
        answer = _OPENER.open(request, timeout=timeout)
    except HTTPError as refusal:
        answer = refusal
    return _Answer(answer.status, answer)


def _in_process(app: ASGIApp) -> tuple[_Sender, Callable[[], None]]:
    import httpx

    from mock_server.in_process import InProcessTransport

    client = httpx.Client(transport=InProcessTransport(app))

    def send(request: Request, timeout: float | None) -> _Answer:
        content, headers = request.data, dict(request.header_items())
        try:
            answer = client.request(
                request.get_method(),
                request.full_url,
                content=content,  # type: ignore[arg-type]  # bytes or nothing, as set above
                headers=headers,
                timeout=timeout,
            )
        except httpx.HTTPError as problem:
            raise URLError(str(problem)) from problem
        return _Answer(answer.status_code, io.BytesIO(answer.content))

    return send, client.close


def _nothing() -> None:
    """Close nothing: each call over the network has a connection of its own."""


def _reason(problem: Exception) -> object:
    return problem.reason if isinstance(problem, URLError) else problem


def _error_of(url: str, status: int, content: bytes) -> ControlError:
    try:
        body = orjson.loads(content)
        return ControlError(
            str(body["error"]),
            status,
            body.get("fields"),
            tuple((each["pointer"], each["message"]) for each in body.get("problems", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return ControlError(f"{url} answers {status}", status)
