"""The toy as a target of the contract suite."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from contract_tests.target.target import IN_PROCESS_ORIGIN, Target
from mock_server.discovery import Vendor
from mock_server.engine.api import Api, ErrorTable, FirstCall, Operations
from mock_server.engine.errors import NEUTRAL_ERRORS
from mock_server.in_process import InProcessTransport
from mock_server.openapi.document import SpecIndex, load_document
from tests.contract_tests.toy.app import App

_PATH = Path(__file__).with_name("toy.yaml")


def _never(*_: object) -> None:
    raise AssertionError("nothing of the mock serves the toy")


@cache
def toy_vendor() -> Vendor:
    """Return what the suite takes for a vendor: the spec, and where the lifecycle stands."""
    api = Api(
        "toy",
        Operations(),
        ErrorTable(dict.fromkeys(NEUTRAL_ERRORS, _never)),
        sandbox_key_of=_never,
        seed=_never,
        first_call=FirstCall("/main/items"),
    )
    spec = SpecIndex("toy", load_document(_PATH))
    return Vendor(api, spec, _PATH, __name__.rpartition(".")[0])


@dataclass
class _Answer:
    """What a session asks of a response."""

    status_code: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


class _Client:
    """Calls an application that never waits, many times faster than a client of httpx."""

    def __init__(self, app: App, credential: str | None) -> None:
        self._app = app
        self._signed = (
            [] if credential is None else [(b"authorization", f"Bearer {credential}".encode())]
        )

    def request(
        self, method: str, url: str, *, headers: dict[str, str], content: bytes | None
    ) -> _Answer:
        path, _, query = url.partition("?")
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "query_string": query.encode(),
            "headers": [*self._signed, *pairs],
        }
        answer = _Answer()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content or b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status_code = message["status"]
                answer.headers = {
                    name.decode(): value.decode() for name, value in message["headers"]
                }
            else:
                answer.content += message["body"]

        try:
            self._app(scope, receive, send).send(None)
        except StopIteration:
            return answer
        raise AssertionError("the toy waits for something")

    def close(self) -> None:
        """Do nothing: there is no connection."""


class _ToyTarget(Target):
    """A toy in this process, called past its transport."""

    def client(self, account: Any = "first") -> Any:
        words = {"first": self.credential, "other": self.other_credential, None: None}
        return _Client(self.transport.app, words[account])


def toy_target(*wrong: str) -> Target:
    """Return a fresh toy in this process that is wrong in these ways."""
    return _ToyTarget(
        toy_vendor(),
        IN_PROCESS_ORIGIN,
        "first-token",
        InProcessTransport(App(*wrong)),
        "other-token",
        {"house": "main"},
    )
