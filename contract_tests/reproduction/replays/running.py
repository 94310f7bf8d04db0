"""What the pytest modules of a report need to make their calls again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import EllipsisType
from urllib.parse import quote

import httpx

from contract_tests.cli.options import CREDENTIAL, OTHER_CREDENTIAL
from contract_tests.exchange.conformance import problems
from contract_tests.exchange.trace import MISSING, Answer
from contract_tests.target.mock import mock_target
from contract_tests.target.service import url_target
from contract_tests.target.target import Account, Target
from mock_server.engine.replies import encode_json
from mock_server.openapi.document import SpecIndex

TARGET = "CONTRACT_TESTS_TARGET"
_UNAUTHENTICATED = 401


class CannotReplay(Exception):
    """The calls did not come to the one in question; the message says why, in one line."""


@dataclass(frozen=True, repr=False)
class Replayed(Answer):
    """An answer to a call that was made again."""

    call: str
    spec: SpecIndex

    def __repr__(self) -> str:
        return f"{self.call} answered {self.status}: {self.content[:500]!r}"

    def part(self, pointer: str) -> str:
        """Return what a JSON pointer leads to in the body, as a part of a URL."""
        found = self.at(pointer)
        if found is MISSING:
            raise CannotReplay(f"{self.call} answered without {pointer}")
        return quote(found if isinstance(found, str) else encode_json(found).decode(), safe="")

    def problems(self, operation_id: str) -> list[str]:
        """Return every way in which the answer breaks the spec."""
        return problems(self.spec, operation_id, self.status, self.headers, self.content)


class Replayer:
    """Makes calls to a target exactly as they were."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._clients: dict[Account, httpx.Client] = {}

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        account: Account = "first",
        answered: int | EllipsisType | None = ...,
    ) -> Replayed:
        """Make a call, `url` being what follows the base URL, and return its answer.

        `answered` is the status without which it makes no sense to go on, None if any will do;
        unless it is given, any but 401. Raises CannotReplay.
        """
        client = self._client(account)
        request = client.build_request(method, "", headers=headers, content=content)
        signed = request.url.query
        path = httpx.URL(self._target.base_url).raw_path.rstrip(b"/") + url.encode()
        if signed:
            path += (b"&" if b"?" in path else b"?") + signed
        request.url = request.url.copy_with(raw_path=path)
        answer = client.send(request)
        told = f"{method} {url}"
        refused = account is not None and answer.status_code == _UNAUTHENTICATED
        if answered is ...:
            if refused:
                raise CannotReplay(f"{told} was refused the credential in {CREDENTIAL}")
        elif answered not in (None, answer.status_code):
            raise CannotReplay(f"{told} answered {answer.status_code}, and not {answered}")
        sent = {name.lower(): value for name, value in answer.headers.items()}
        return Replayed(answer.status_code, sent, answer.content, told, self._target.vendor.spec)

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()
        self._target.close()

    def _client(self, account: Account) -> httpx.Client:
        if account not in self._clients:
            self._clients[account] = self._target.client(account)
        return self._clients[account]


def replay_target(api: str, url: str | None) -> Target:
    """Return what calls are made to again; see `replaying`."""
    url = os.environ.get(TARGET) or url
    credential = os.environ.get(CREDENTIAL)
    if url is None:
        return mock_target(api, credential or "test")
    if credential:
        return url_target(api, url, credential, os.environ.get(OTHER_CREDENTIAL))
    raise CannotReplay(f"{CREDENTIAL} is not set, and {url} wants a credential")


@contextmanager
def replaying(api: str, url: str | None = None) -> Iterator[Replayer]:
    """Give what makes calls to a service, or to a fresh mock in this process without a URL.

    The environment has the credentials, and may name another URL. Raises CannotReplay if it lacks
    them, and Unreachable.
    """
    replayer = Replayer(replay_target(api, url))
    try:
        yield replayer
    finally:
        replayer.close()
