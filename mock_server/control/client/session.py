"""Calls of the control API, over a URL or in process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx
import orjson

from mock_server.usage import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

DEFAULT_URL = "http://127.0.0.1:8080"
_FIRST_ERROR = 400


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


class Session:
    """A connection to the control API of the server at `url`, with its token if it has one."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        token: str | None = None,
        *,
        app: ASGIApp | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.url = url.rstrip("/")
        try:
            self.http = httpx.Client(
                base_url=f"{self.url}/_mock",
                headers={"Authorization": f"Bearer {token}"} if token else {},
                transport=None if app is None else _in_process(app),
                timeout=timeout,
            )
        except (httpx.InvalidURL, ValueError) as problem:
            raise ControlError(f"{url} is not a URL: {problem}") from problem
        if self.http.base_url.scheme not in {"http", "https"} or not self.http.base_url.host:
            raise ControlError(f"{url} is not a URL such as {DEFAULT_URL}")

    def close(self) -> None:
        """Close the connection."""
        self.http.close()

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
        options: dict[str, Any] = {}
        if body is not None:
            # The engine, which not every call needs, takes a while to import.
            from mock_server.engine.replies import encode_json

            options["content"] = encode_json(body)
            options["headers"] = {"Content-Type": "application/json"}
        if query:
            options["params"] = {name: item for name, item in query.items() if item is not None}
        try:
            answer = self.http.request(method, _url(path), **options)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise ControlError(f"{self.url} does not answer: {problem}") from problem
        if answer.status_code >= _FIRST_ERROR:
            raise _error_of(answer)
        try:
            return orjson.loads(answer.content) if answer.content else None
        except ValueError as problem:
            raise ControlError(
                f"{self.url} is not a mock server: its answer is not JSON"
            ) from problem

    def lines(self, *path: str, query: Mapping[str, str]) -> Iterator[str]:
        """Yield the lines of an endless answer; raises ControlError if the server goes away."""
        try:
            with self.http.stream("GET", _url(path), params=query, timeout=None) as answer:
                if answer.status_code >= _FIRST_ERROR:
                    answer.read()
                    raise _error_of(answer)
                yield from answer.iter_lines()
        except httpx.HTTPError as problem:
            raise ControlError(f"{self.url} has ended the connection: {problem}") from problem


def _url(path: Iterable[str]) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in path)


def _in_process(app: ASGIApp) -> httpx.BaseTransport:
    from mock_server.in_process import InProcessTransport

    return InProcessTransport(app)


def _error_of(answer: httpx.Response) -> ControlError:
    try:
        body = answer.json()
        return ControlError(
            str(body["error"]),
            answer.status_code,
            body.get("fields"),
            tuple((each["pointer"], each["message"]) for each in body.get("problems", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return ControlError(f"{answer.url} answers {answer.status_code}", answer.status_code)
