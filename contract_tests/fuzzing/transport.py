"""The way of Schemathesis' requests to a target: in this thread, and past the environment.

By itself it would hand every request to an event loop in another thread, which takes longer than
the mock takes to answer, and look for credentials in the user's `.netrc`.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import httpx
import requests
from requests.adapters import HTTPAdapter
from schemathesis.python import asgi
from starlette.types import ASGIApp, Message
from urllib3 import HTTPHeaderDict, HTTPResponse

#: A service that does not answer so many requests in a row is gone.
_GIVES_UP_AFTER = 3
#: It names a request by chance, and would make each run's bytes other ones.
_CASE_ID = "X-Schemathesis-TestCaseId"
_BOUNDARY = re.compile("multipart/form-data; boundary=([0-9a-f]{32})")
_READING = ("GET", "HEAD")
_CREATED = 201
_REFUSED = 400


class SchemathesisTransport(HTTPAdapter):
    """Carries requests to an application, and says when it is gone.

    `answers` and `failures` count; `problem` is what the last failure was. `changed` is called
    when a request was accepted that may have changed or removed something, `gone` when one after
    the other is not answered. Raises what the application raises.
    """

    def __init__(self, app: ASGIApp, changed: Callable[[], None]) -> None:
        super().__init__()
        self._app = app
        self._changed = changed
        self._runner = asyncio.Runner()
        self._failures_in_a_row = 0
        self.answers = 0
        self.failures = 0
        self.problem = ""
        self.gone: Callable[[], None] = lambda: None

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Return the application's answer to one request."""
        request.headers.pop(_CASE_ID, None)
        _settle_boundary(request)
        answer = _Exchange(request)
        try:
            self._runner.get_loop().run_until_complete(answer.made_by(self._app))
        except httpx.TransportError as problem:
            self.failures += 1
            self._failures_in_a_row += 1
            self.problem = f"{type(problem).__name__}: {problem}"
            if self._failures_in_a_row >= _GIVES_UP_AFTER:
                self.gone()
            raise
        self.answers += 1
        self._failures_in_a_row = 0
        if (
            request.method not in _READING
            and answer.status < _REFUSED
            and answer.status != _CREATED
        ):
            self._changed()
        return self.build_response(request, answer.raw)

    def close(self) -> None:
        """Do nothing: sessions come and go, and the line stays."""

    def end(self) -> None:
        """Free the event loop."""
        self._runner.close()


class _Exchange:
    """One request as an application sees it, and its answer."""

    def __init__(self, request: requests.PreparedRequest) -> None:
        self._method = str(request.method)
        parts = urlsplit(str(request.url))
        body = request.body or b""
        self._body = body.encode() if isinstance(body, str) else body
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self._method,
            "scheme": parts.scheme,
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [
                (b"host", parts.netloc.encode()),
                *(
                    (name.lower().encode("latin-1"), _bytes(value))
                    for name, value in request.headers.items()
                ),
            ],
            "server": (parts.hostname, parts.port or 80),
            "client": ("127.0.0.1", 1),
        }
        self._asked = False
        self._chunks: list[bytes] = []
        self._headers: list[tuple[str, str]] = []
        self.status = 0

    async def made_by(self, app: ASGIApp) -> None:
        """Let an application answer."""
        await app(self._scope, self._receive, self._send)

    @property
    def raw(self) -> HTTPResponse:
        """The answer as `requests` reads it from a connection."""
        body = b"" if self._method == "HEAD" else b"".join(self._chunks)
        return HTTPResponse(
            io.BytesIO(body),
            headers=HTTPHeaderDict(self._headers),
            status=self.status,
            version=11,
            preload_content=False,
            request_method=self._method,
        )

    async def _receive(self) -> Message:
        if self._asked:
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message.get("headers", [])
            ]
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))


class _Client(asgi.ASGIClient):
    """A session of `requests` whose every request goes over a line."""

    def __init__(self, line: SchemathesisTransport) -> None:
        requests.Session.__init__(self)
        self.base_url = f"http://{asgi.HOST}"
        self.trust_env = False
        self.mount("http://", line)
        self.mount("https://", line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def carried_by(line: SchemathesisTransport) -> Iterator[None]:
    """Have Schemathesis call every application over a line while the block runs."""

    def client(app: object, **_: object) -> _Client:
        del app
        return _Client(line)

    with patch.object(asgi, "get_client", client):
        yield


def _settle_boundary(request: requests.PreparedRequest) -> None:
    """Separate a form's parts by what follows from them; by itself it is drawn by chance."""
    found = _BOUNDARY.fullmatch(str(request.headers.get("Content-Type", "")))
    if found is None or not isinstance(request.body, bytes):
        return
    drawn = found[1].encode()
    settled = hashlib.sha256(request.body.replace(drawn, b"")).hexdigest()[: len(drawn)]
    request.body = request.body.replace(drawn, settled.encode())
    request.headers["Content-Type"] = f"multipart/form-data; boundary={settled}"


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
