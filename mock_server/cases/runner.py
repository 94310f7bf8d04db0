"""Run the calls of cases against mocks in this process, which nothing else sees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from mock_server.app import build_server
from mock_server.cases.model import Call, Case, Expected, Step
from mock_server.discovery import Vendor
from mock_server.in_process import InProcessTransport
from mock_server.openapi.pointers import join, resolve
from mock_server.settings import Settings
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State

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
        self._api = vendor.api.name
        # As long as the tags of cases are, of letters that nothing else repeats; one for each mock,
        # so that what an answer derives from its request differs too.
        self._tag = "cyyyy" if second else "czzzz"
        self._schemes = vendor.spec.security_schemes
        self._after: dict[str, tuple[dict[str, str], Sandbox, State]] = {}
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

    def answer_after_setup(self, case: Case) -> httpx.Response:
        """Return what the mock answers to a case on the state that its setup leaves.

        The setup is run once for all cases that have the same, with another tag of the same length,
        which the answer is rid of. Raises SetupFailed.
        """
        variables, sandbox, state = self._state_after(case)
        sandbox.go_to(state)
        own = {**variables_of(case, variables["key"]), "tag": self._tag}
        answer = self.send(case.call, {**variables, **own})
        return httpx.Response(
            answer.status_code,
            headers={"Content-Type": answer.headers.get("content-type", "")},
            content=answer.content.replace(self._tag.encode(), case.tag.encode()),
        )

    def _state_after(self, case: Case) -> tuple[dict[str, str], Sandbox, State]:
        setup = repr(case.setup)
        if setup not in self._after:
            key = f"test-setup-{len(self._after)}"
            name = self._server.control_context.policy.sandbox(key)
            sandbox = self._server.sandboxes.open(name)
            sandbox.enter(self._api)
            variables = {**variables_of(case, key), "tag": self._tag}
            self.run(case.setup, variables)
            self._after[setup] = variables, sandbox, sandbox.state
        return self._after[setup]


def variables_of(case: Case, key: str) -> dict[str, str]:
    """Return the variables that a case begins with."""
    long = {name: "x" * count for name, count in case.long_texts.items()}
    return {"key": key, "tag": case.tag, **RESERVED, **long}


#: Keys that are refused: one of no account, and those that mean a condition of the account.
RESERVED = {"unknown": "nobody", "forbidden": "test-forbidden", "limited": "test-limited"}


def answered(mock: Mock, case: Case, key: str) -> httpx.Response:
    """Return what the mock answers to the calls of a case one by one; raises SetupFailed."""
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
    """Where two JSON values differ, and where they name the server.

    Of lists that differ nothing is said: other records have other properties.
    """
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from _differences(one[name], other[name], join(at, name))
    elif one != other or type(one) is not type(other) or _BASE in str(one):
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
