"""The way of Schemathesis' requests to a target: in this thread, and past the environment.

By itself it would hand every request to an event loop in another thread, which takes longer than
the mock takes to answer, and look for credentials in the user's `.netrc`.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import requests
from requests.adapters import HTTPAdapter
from schemathesis.python import asgi
from urllib3 import HTTPHeaderDict, HTTPResponse

from contract_tests.target.profiles import OutOfTime
from contract_tests.target.target import Target
from mock_server.in_process import url_of

#: A service that does not answer so many requests in a row is gone.
_GIVES_UP_AFTER = 3
#: It names a request by chance, and would make each run's bytes other ones.
_CASE_ID = "X-Schemathesis-TestCaseId"
_BOUNDARY = re.compile("multipart/form-data; boundary=([0-9a-f]{32})")
_READING = ("GET", "HEAD")
_CREATED = 201
_REFUSED = 400
_UNAUTHORIZED = 401
#: The header of an answer that stands for one that did not arrive.
LOST = "x-contract-tests-lost"
#: What of an answer tells how its body came over the connection.
_OF_THE_BODY = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
_TIMEOUT = httpx.Timeout(30.0).as_dict()


class SchemathesisTransport(HTTPAdapter):
    """Carries requests to a target, whatever host they name, and says when the target is gone.

    `answers` and `failures` count; `problem` is what the last failure was, `late` why the time was
    up. `changed` is called when a request was accepted that may have changed or removed something,
    `gone` when one after the other is not answered. A call that a service does not answer is in
    `lost`, and gets an answer with the header LOST, of which no check may say anything; a mock of
    this process must answer all. Raises what the transport raises.
    """

    def __init__(self, target: Target, changed: Callable[[], None]) -> None:
        super().__init__()
        self._transport = target.transport
        self._must_answer = target.in_process
        self._origin = httpx.URL(target.base_url)
        self._changed = changed
        self._failures_in_a_row = 0
        self.answers = 0
        self.failures = 0
        self.problem = ""
        self.lost: list[str] = []
        self.late = ""
        #: Whether it has called `gone`.
        self.gave_up = False
        self.gone: Callable[[], None] = lambda: None

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Return the target's answer to one request."""
        request.headers.pop(_CASE_ID, None)
        _settle_boundary(request)
        sent = _as_httpx(request, self._origin)
        try:
            answer = self._transport.handle_request(sent)
            answer.read()
        except OutOfTime as late:
            self.late = str(late)
            self._give_up()
            raise
        except httpx.TransportError as problem:
            self.failures += 1
            self._failures_in_a_row += 1
            self.problem = f"{type(problem).__name__}: {problem}"
            # Schemathesis reads it, and no client has put it there.
            problem.request = sent
            if self._failures_in_a_row >= _GIVES_UP_AFTER:
                self._give_up()
                raise
            if self._must_answer:
                raise
            self.lost.append(self.problem)
            return self.build_response(request, _no_answer(request))
        self.answers += 1
        self._failures_in_a_row = 0
        if (
            request.method not in _READING
            and answer.status_code < _REFUSED
            and answer.status_code != _CREATED
        ):
            self._changed()
        return self.build_response(request, _as_urllib3(request, answer))

    def _give_up(self) -> None:
        self.gave_up = True
        self.gone()

    def close(self) -> None:
        """Do nothing: sessions come and go, and the transport stays."""


def _as_httpx(request: requests.PreparedRequest, origin: httpx.URL) -> httpx.Request:
    parts = urlsplit(str(request.url))
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return httpx.Request(
        str(request.method),
        url_of(origin, target.encode()),
        headers=[(name.encode(), _bytes(value)) for name, value in request.headers.items()],
        content=_bytes(request.body or b"", "utf-8"),
        extensions={"target": target.encode(), "timeout": _TIMEOUT},
    )


def _as_urllib3(request: requests.PreparedRequest, answer: httpx.Response) -> HTTPResponse:
    """An answer, which is decoded, as `requests` reads it from a connection."""
    head = request.method == "HEAD"
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in answer.headers.raw
        if head or name.lower() not in _OF_THE_BODY
    ]
    content = b"" if head else answer.content
    return HTTPResponse(
        io.BytesIO(content),
        headers=HTTPHeaderDict(headers),
        status=answer.status_code,
        version=11,
        preload_content=False,
        request_method=request.method,
    )


def _no_answer(request: requests.PreparedRequest) -> HTTPResponse:
    """Stand for an answer that did not arrive.

    Were it raised, Hypothesis would try the call again and find that it is answered otherwise. A
    check that calls a service without a credential goes by the status alone.
    """
    return HTTPResponse(
        io.BytesIO(),
        headers=HTTPHeaderDict([(LOST, "1")]),
        status=_UNAUTHORIZED,
        version=11,
        preload_content=False,
        request_method=request.method,
    )


class _Client(asgi.ASGIClient):
    """A session of `requests` whose every request goes over one transport."""

    def __init__(self, adapter: SchemathesisTransport) -> None:
        requests.Session.__init__(self)
        self.base_url = f"http://{asgi.HOST}"
        self.trust_env = False
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def application(*_: object) -> None:
    """Stand for the application of a schema, without which its requests go over the network."""
    raise AssertionError("requests go over the transport of the target")


@contextmanager
def carried_by(adapter: SchemathesisTransport) -> Iterator[None]:
    """Have Schemathesis call every application over a transport while the block runs."""

    def client(app: object, **_: object) -> _Client:
        del app
        return _Client(adapter)

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


def _bytes(value: Any, encoding: str = "latin-1") -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(encoding)
