"""Those who look for defects: Schemathesis as it comes, and our suite, with and without writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import SchemathesisError
from schemathesis.engine import events, from_schema
from schemathesis.python.asgi import shutdown_lifespans
from starlette.types import Receive, Scope, Send

from contract_tests.conformance import run_conformance
from contract_tests.findings import Finding, Run
from contract_tests.profiles import READ_ONLY
from contract_tests.properties import Plan, run_properties
from contract_tests.targets import Target
from mock_server.console.pages import served_document

#: What tells findings apart that are also made where there is no defect.
Key = tuple[str, str]
_SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run saw: who found something first (empty: nobody), and what it took.

    `writes` counts the requests by methods that are not safe.
    """

    by: str
    finding: str
    seconds: float
    requests: int
    writes: int = 0

    @property
    def caught(self) -> bool:
        """Say whether something was found."""
        return bool(self.by)


class _Counter:
    """Counts what goes to a target."""

    def __init__(self, target: Target) -> None:
        self._app = target.app
        self.requests = 0
        self.writes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.requests += 1
            self.writes += scope["method"] not in _SAFE
        await self._app(scope, receive, send)


class _Enough(Exception):
    """Something was found, which is all that is asked."""


def ours(
    fresh: Callable[[], Target],
    seed: int,
    *,
    conformance: bool = True,
    writes: bool = True,
) -> Outcome:
    """Return what our suite finds: properties first, then conformance if they find nothing.

    `fresh` gives a new target for each of the two. Every finding counts: there are none on a sound
    service, or the test of power says so.
    """
    started = time.perf_counter()
    requests = written = 0
    for name, run in (("properties", _properties), ("conformance", _conformance)):
        if name == "conformance" and not conformance:
            continue
        target = fresh()
        counter = _Counter(target)
        target = replace(target, app=counter)
        if not writes:
            target = replace(target, profile=READ_ONLY)
        found = run(target, seed, writes)
        requests, written = requests + counter.requests, written + counter.writes
        if found is not None:
            text = f"{found.check}: {found.message}"[:300]
            return Outcome(name, text, time.perf_counter() - started, requests, written)
    return Outcome("", "", time.perf_counter() - started, requests, written)


def _properties(target: Target, seed: int, writes: bool) -> Finding | None:
    plan = Plan(writes=writes, first=True)
    return next(iter(run_properties(target, seed=seed, plan=plan).findings), None)


def _conformance(target: Target, seed: int, _: bool) -> Finding | None:
    seen: list[Finding] = []

    def tick(run: Run) -> None:
        seen.extend(run.findings[:1])
        if seen:
            raise _Enough

    with suppress(_Enough):
        seen += run_conformance(target, seed=seed, tick=tick).findings
    return next(iter(seen), None)


def findings_of_ours(fresh: Callable[[], Target], seed: int) -> list[Finding]:
    """Return everything that our suite finds."""
    run = run_properties(fresh(), seed=seed)
    return [*run.findings, *run_conformance(fresh(), seed=seed).findings]


def plain(
    fresh: Callable[[], Target],
    seed: int,
    *,
    known: frozenset[Key] = frozenset(),
    max_examples: int = 20,
    first: bool = True,
) -> tuple[Outcome, frozenset[Key]]:
    """Return what Schemathesis finds as it comes, with all phases and checks, and all its keys.

    It knows the document and a credential, and nothing else of ours. It finds fault with services
    that keep to their document (references to records that are not there, for one): those
    findings are `known`. With `first`, it ends at the first finding that is not.
    """
    started = time.perf_counter()
    target = fresh()
    counter = _Counter(target)
    path = urlsplit(target.base_url).path.rstrip("/")
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "cache": {"enabled": False},
            "continue-on-failure": True,
            "generation": {"database": "none", "max-examples": max_examples},
            "parameters": {f"path.{name}": each for name, each in target.parameters.items()},
            "auth": {"openapi": {target.scheme_name: _auth(target)}},
        }
    )
    document = served_document(target.vendor, path)
    schema: Any = schemathesis.openapi.from_dict(document, config=config)
    schema.app = counter
    schema.location = f"{path}/openapi.json"
    keys: set[Key] = set()
    caught = ""
    try:
        stream = from_schema(schema).execute()
        for event in stream:
            for key, message in _failures(event):
                keys.add(key)
                if key not in known and not caught:
                    caught = f"{key[0]}: {key[1]}: {message}"[:300]
            if caught and first:
                break
        stream.stop()
    except SchemathesisError as problem:
        caught = caught or f"schemathesis: {problem}"
    finally:
        shutdown_lifespans()
    seconds = time.perf_counter() - started
    by = "plain" if caught else ""
    return Outcome(by, caught, seconds, counter.requests, counter.writes), frozenset(keys)


def _failures(event: Any) -> Iterable[tuple[Key, str]]:
    if isinstance(event, events.ScenarioFinished):
        for case_id, checks in event.recorder.checks.items():
            operation = event.recorder.cases[case_id].value.operation.label
            for check in checks:
                if check.failure_info is not None:
                    yield (check.name, operation), str(check.failure_info.failure.message)
    elif isinstance(event, events.NonFatalError):
        yield (type(event.value).__name__, event.label), str(event.value)


def _auth(target: Target) -> dict[str, str]:
    scheme, credential = target.scheme, target.credential
    if scheme["type"] == "apiKey":
        return {"api_key": credential}
    if scheme.get("scheme") == "basic":
        user, _, password = credential.partition(":")
        return {"username": user, "password": password}
    return {"bearer": credential}
