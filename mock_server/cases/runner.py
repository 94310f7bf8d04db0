"""Run the calls of cases against mocks in this process, which nothing else sees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx

from mock_server.app import build_server
from mock_server.cases.model import Call, Case, Expected, Step
from mock_server.discovery import Vendor
from mock_server.in_process import InProcessTransport
from mock_server.openapi.pointers import join, resolve
from mock_server.settings import Settings

_BASE = "http://mock"
_INSTANTS = (datetime(2026, 3, 1, 9, 30, tzinfo=UTC), datetime(2027, 7, 2, 18, 45, 10, tzinfo=UTC))
#: Longer answers would bury the cases that they belong to.
_LONGEST = 4_000


class SetupFailed(Exception):
    """A call that a case needs first did not succeed, or gave no such value."""


class SignIn:
    """The call that gets a token where the key itself is no credential, found by watching it."""

    def __init__(self, vendor: Vendor, send: httpx.Client) -> None:
        seen: list[tuple[httpx.Request, Any]] = []

        def watch(answer: httpx.Response) -> None:
            answer.read()
            seen.append((answer.request, answer.json()))

        send.event_hooks = {"response": [watch]}
        token = vendor.api.sign_in("test-word", send) if vendor.api.sign_in is not None else ""
        send.event_hooks = {}
        request, answer = seen[-1]
        base = send.base_url.path.rstrip("/")
        self.step = Step(
            Call(
                request.method,
                request.url.path.removeprefix(base),
                headers=(("Content-Type", request.headers["content-type"]),),
                body=request.read().decode().replace("test-word", "{{key}}"),
                credential=None,
            ),
            {"token": next(at for at, value in _leaves(answer, "") if value == token)},
        )


class Mock:
    """A mock of one API, and how its calls are sent; `second` has other ids and another time."""

    def __init__(self, vendor: Vendor, seed: int, *, second: bool = False) -> None:
        settings = Settings(
            persona="long_ids" if second else "typical",
            seed=seed + second,
            clock=_INSTANTS[second],
            max_sandboxes=100_000,
        )
        self._server = build_server(settings=settings, vendors=[vendor])
        base = f"{_BASE}{self._server.base_path(vendor.api.name)}/"
        self.client = httpx.Client(transport=InProcessTransport(self._server), base_url=base)
        self._schemes = vendor.spec.security_schemes
        self.max_body = settings.max_body

    def run(self, steps: Iterable[Step], variables: dict[str, str]) -> None:
        """Send calls that must succeed, and put what they give among the variables.

        Raises SetupFailed.
        """
        for step in steps:
            answer = self.send(step.call, variables)
            if answer.is_error or answer.is_redirect:
                raise SetupFailed(f"{step.call.method} {step.call.path}: {answer.status_code}")
            for name, pointer in step.captures.items():
                try:
                    variables[name] = str(resolve(answer.json(), pointer))
                except (LookupError, ValueError) as problem:
                    raise SetupFailed(f"{step.call.path}: nothing at {pointer}") from problem

    def send(self, call: Call, variables: Mapping[str, str]) -> httpx.Response:
        """Send one call."""
        call = call.filled(variables)
        headers = list(call.headers)
        query: list[tuple[str, str | int | float | bool | None]] = [*call.query]
        if call.credential is not None and call.scheme:
            presented = self._schemes[call.scheme].present(variables[call.credential])
            headers += presented.headers.items()
            query += presented.query.items()
        # As bytes, since a path with odd characters must go out as it is written.
        request = self.client.build_request(
            call.method,
            call.path.lstrip("/"),
            params=query or None,
            headers=headers,
            content=None if call.body is None else call.body.encode(),
        )
        return self.client.send(request)

    def forget(self, sandbox: str) -> None:
        """Close a sandbox that is not needed any more."""
        with suppress(KeyError, LookupError):
            self._server.sandboxes.close(sandbox)


def variables_of(case: Case, key: str) -> dict[str, str]:
    """Return the variables that a case begins with."""
    long = {name: "x" * count for name, count in case.long_texts.items()}
    return {"key": key, "tag": case.tag, **RESERVED, **long}


#: Keys that are refused: one of no account, and those that mean a condition of the account.
RESERVED = {"unknown": "nobody", "forbidden": "test-forbidden", "limited": "test-limited"}


def answered(mock: Mock, case: Case, key: str) -> httpx.Response:
    """Return what the mock answers to a case, its setup included; raises SetupFailed."""
    variables = variables_of(case, key)
    mock.run(case.setup, variables)
    return mock.send(case.call, variables)


def expectation(first: httpx.Response, second: httpx.Response) -> Expected | None:
    """Return what two answers to one case have in common; None if their statuses differ.

    Of an answer longer than 4,000 bytes only the status is expected.
    """
    if first.status_code != second.status_code:
        return None
    media_type = first.headers.get("content-type", "").partition(";")[0]
    if max(len(first.content), len(second.content)) > _LONGEST:
        return Expected(first.status_code, media_type, None)
    try:
        body, other = json.loads(first.content), json.loads(second.content)
    except ValueError:
        same = first.content == second.content
        return Expected(first.status_code, media_type, first.text if same else None)
    varies = tuple(_differences(body, other, ""))
    return Expected(first.status_code, media_type, body, varies)


def _differences(one: Any, other: Any, at: str) -> Iterable[str]:
    """Where two JSON values differ, as deep as can be said."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from _differences(one[name], other[name], join(at, name))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from _differences(mine, its, join(at, index))
    elif one != other or type(one) is not type(other):
        yield at


def _leaves(value: Any, at: str) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, join(at, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, join(at, index))
    else:
        yield at, value
