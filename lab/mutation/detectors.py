"""Those who look for defects: Schemathesis as it comes, and our suite, with and without writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import SchemathesisError
from schemathesis.engine import events, from_schema

from contract_tests.findings import Finding, Run
from contract_tests.fuzzing.config import PHASES, presented
from contract_tests.fuzzing.run import run_conformance
from contract_tests.fuzzing.transport import SchemathesisTransport, application, carried_by
from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.profiles import READ_ONLY
from contract_tests.target.target import Target
from mock_server.console.served import served_document

#: What tells findings apart that are also made where there is no defect.
Key = tuple[str, str]
_SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class SeedOutcome:
    """What one run saw: who found something first (empty: nobody), and what it took.

    `part` is the part of the suite that found it: a property and its case, or a phase and an
    operation.
    `writes` counts the requests by methods that are not safe.
    """

    by: str
    finding: str
    seconds: float
    requests: int
    writes: int = 0
    part: tuple[str, ...] = ()

    @property
    def caught(self) -> bool:
        """Say whether something was found."""
        return bool(self.by)


class _Counter(httpx.BaseTransport):
    """Counts what goes to a target."""

    def __init__(self, target: Target) -> None:
        self._transport = target.transport
        self.requests = 0
        self.writes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        self.writes += request.method not in _SAFE
        return self._transport.handle_request(request)


class _Enough(Exception):
    """Something was found, which is all that is asked."""


def suite(
    fresh: Callable[[], Target],
    seed: int,
    *,
    ahead: Iterable[SeedOutcome] = (),
    writes: bool = True,
) -> SeedOutcome:
    """Return what our suite finds: properties first, then conformance if they find nothing.

    `fresh` gives a new target for each of the two. Every finding counts: there are none on a sound
    service, or the mutation program says so. The parts of the suite that found the outcomes `ahead`
    are tried before the whole of it: the case, and then all of its property, as some defects take
    a right request before.
    """
    started = time.perf_counter()
    known = [(each.by, each.part) for each in ahead if each.caught]
    parts = dict.fromkeys([*known, *((by, part[:1]) for by, part in known if by == "properties")])
    whole: tuple[tuple[str, tuple[str, ...]], ...] = (("properties", ()), ("conformance", ()))
    requests = written = 0
    for by, part in (*parts, *whole):
        target = fresh()
        counter = _Counter(target)
        target = replace(target, transport=counter)
        if not writes:
            target = replace(target, profile=READ_ONLY)
        run = _properties if by == "properties" else _conformance
        found = run(target, seed, part, writes)
        requests, written = requests + counter.requests, written + counter.writes
        if found is not None:
            seconds = time.perf_counter() - started
            return SeedOutcome(by, found[0][:300], seconds, requests, written, found[1])
    return SeedOutcome("", "", time.perf_counter() - started, requests, written)


_Found = tuple[str, tuple[str, ...]]


def _properties(target: Target, seed: int, part: tuple[str, ...], writes: bool) -> _Found | None:
    case = part[1] if len(part) > 1 else ""
    plan = Plan(writes=writes, first=True, only=part[:1], case=case)
    run = run_properties(target, seed=seed, plan=plan)
    if not run.findings:
        return None
    # A finding may be about something else than the property that was tried when it was made.
    tried = run.properties[-1]
    return _text(run.findings[0]), (tried.name, tried.last)


def _conformance(target: Target, seed: int, part: tuple[str, ...], _: bool) -> _Found | None:
    seen: list[Finding] = []
    phases, operations = (part[:1], part[1:]) if part else (None, ())

    def tick(run: Run) -> None:
        seen.extend(run.findings[:1])
        if seen:
            raise _Enough

    with suppress(_Enough):
        run = run_conformance(target, seed=seed, phases=phases, operations=operations, tick=tick)
        seen += run.findings
    if not seen:
        return None
    known = {
        f"{each.method.upper()} {each.path}": each.id
        for each in target.vendor.spec.operations.values()
    }
    operation, phase = known.get(seen[0].operation), seen[0].phase
    if phase not in PHASES:
        return _text(seen[0]), ()
    # Sequences need the operations before it.
    alone = phase != "stateful" and operation is not None
    return _text(seen[0]), (phase, str(operation)) if alone else (phase,)


def _text(finding: Finding) -> str:
    return f"{finding.check}: {finding.message}"


def findings_of_suite(
    fresh: Callable[[], Target], seed: int, *, writes: bool = True
) -> list[Finding]:
    """Return everything that our suite finds."""

    def allowed() -> Target:
        return fresh() if writes else replace(fresh(), profile=READ_ONLY)

    run = run_properties(allowed(), seed=seed, plan=Plan(writes=writes))
    return [*run.findings, *run_conformance(allowed(), seed=seed).findings]


def stock(
    fresh: Callable[[], Target],
    seed: int,
    *,
    known: frozenset[Key] = frozenset(),
    max_examples: int = 20,
    first: bool = True,
) -> tuple[SeedOutcome, frozenset[Key]]:
    """Return what Schemathesis finds as it comes, with all phases and checks, and all its keys.

    It knows the document and a credential, and nothing else of this project. It finds fault
    with services that keep to their document (references to records that are not there, for
    one): those findings are `known`. With `first`, it ends at the first finding that is not.
    """
    started = time.perf_counter()
    target = fresh()
    counter = _Counter(target)
    carrier = SchemathesisTransport(replace(target, transport=counter), lambda: None)
    path = urlsplit(target.base_url).path.rstrip("/")
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "cache": {"enabled": False},
            "continue-on-failure": True,
            "generation": {"database": "none", "max-examples": max_examples},
            "parameters": {f"path.{name}": each for name, each in target.parameters.items()},
            "auth": {"openapi": {target.scheme_name: presented(target.scheme, target.credential)}},
        }
    )
    document = served_document(target.vendor, path)
    schema: Any = schemathesis.openapi.from_dict(document, config=config)
    schema.app = application
    schema.location = f"{path}/openapi.json"
    keys: set[Key] = set()
    caught = ""
    try:
        with carried_by(carrier):
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
    seconds = time.perf_counter() - started
    by = "stock" if caught else ""
    return SeedOutcome(by, caught, seconds, counter.requests, counter.writes), frozenset(keys)


def _failures(event: Any) -> Iterable[tuple[Key, str]]:
    if isinstance(event, events.ScenarioFinished):
        for case_id, checks in event.recorder.checks.items():
            operation = event.recorder.cases[case_id].value.operation.label
            for check in checks:
                if check.failure_info is not None:
                    yield (check.name, operation), str(check.failure_info.failure.message)
    elif isinstance(event, events.NonFatalError):
        yield (type(event.value).__name__, event.label), str(event.value)
