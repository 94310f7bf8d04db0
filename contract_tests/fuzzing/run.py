"""Schemathesis, run against a target: what its engine tells, as findings of ours.

Its engine is not a public API. It and what belongs to it are known in this room alone.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import httpx
import schemathesis
from schemathesis.core.errors import SchemathesisError
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import JsonSchemaError
from schemathesis.python.asgi import HOST

from contract_tests.findings import Finding, Run
from contract_tests.fuzzing.config import DEFAULT, Level, fuzzed_schema, unsent_media_types
from contract_tests.fuzzing.existing_ids import ExistingIds
from contract_tests.fuzzing.false_positives import overrule
from contract_tests.fuzzing.recorder import with_reproduction
from contract_tests.fuzzing.removals import Removals
from contract_tests.fuzzing.transport import SchemathesisTransport, carried_by
from contract_tests.garbage_collection import seldom_collected
from contract_tests.target.guard import BlockedByGuard, unambiguous
from contract_tests.target.target import Target, Unreachable
from mock_server.discovery import load_lifecycle
from mock_server.lifecycle.model import Lifecycle

_MISSING = re.compile(r'"(.+)" is a required property')


#: The check of findings about requests that were not answered.
_LOST = "transport"


@seldom_collected()
def run_conformance(
    target: Target,
    *,
    seed: int = 1,
    level: Level = DEFAULT,
    max_examples: int | None = None,
    phases: tuple[str, ...] | None = None,
    operations: tuple[str, ...] = (),
    into: Run | None = None,
    progress: Callable[[str], None] = lambda _: None,
    tick: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Fuzz a target with every check of Schemathesis that its profile allows.

    The same seed sends the same bytes to a target in the same state. `max_examples` and `phases`
    replace those of the level; `operations` are the ids of those to fuzz, all if none is named.
    What is found goes into the run `into`, so that it is there whatever ends this. `progress` is
    called, with a few words, whenever a phase ends, and `tick` is shown the run after every few
    requests. Raises Unreachable if nothing ever answers.
    """
    level = replace(
        level,
        max_examples=max_examples or level.max_examples,
        phases=level.phases if phases is None else tuple(phases),
    )
    run = into or Run(target.vendor.api.name, seed, profile=target.profile.name)
    started = time.perf_counter()
    references = ExistingIds(target)
    adapter = SchemathesisTransport(target, references.forget)
    removals = Removals(target.vendor.spec)
    try:
        run.add(unsent_media_types(target))
        schema = fuzzed_schema(target, seed, level, operations)
        overrule(schema, target.vendor.spec, removals)
        with (
            carried_by(adapter),
            references_filled(target, references),
            _removals_noted(removals),
        ):
            stream = from_schema(schema).execute()
            adapter.gone = stream.stop
            for event in stream:
                _take(event, run, target, progress, adapter)
                tick(run)
                # What the transport ends because nobody answers is reported as an interruption too.
                if isinstance(event, events.Interrupted) and not adapter.gave_up:
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        run.interrupted = "in the checks of Schemathesis"
        raise
    except SchemathesisError as problem:
        run.findings.append(Finding("schemathesis", "", str(problem), "setup"))
    finally:
        references.close()
        _take_lost(run, adapter)
    if adapter.failures and not adapter.answers:
        raise Unreachable(f"{target.base_url} does not answer: {adapter.problem}")
    if adapter.late:
        run.skipped.append(f"conformance: {adapter.late}, so not all of it was tried")
    run.seconds = time.perf_counter() - started
    return run


@contextmanager
def references_filled(target: Target, references: ExistingIds) -> Iterator[None]:
    """Fill references while the block runs; Schemathesis takes this hook for all schemas only."""

    def before_call(context: HookContext, case: Any, kwargs: dict[str, Any]) -> None:
        del context, kwargs
        meta = case.meta
        if meta is not None and meta.generation.mode != GenerationMode.POSITIVE:
            return
        # A link of the stateful phase has put the record there that it is about.
        if meta is None or meta.phase.name != TestPhase.STATEFUL:
            for parameter in case.operation.path_parameters:
                reference = parameter.definition.get("x-references")
                if reference is not None and parameter.name in case.path_parameters:
                    generated = case.path_parameters[parameter.name]
                    # What Schemathesis generates is quoted, what is listed is not. A number that is
                    # listed as one is text in a path that takes text.
                    if isinstance(generated, str):
                        existing = str(references.existing(reference, unquote(generated)))
                        case.path_parameters[parameter.name] = quote(existing, safe="")
                    else:
                        existing = references.existing(reference, generated)
                        case.path_parameters[parameter.name] = type(generated)(existing)
        if not target.profile.undeclared:
            for name, value in (case.path_parameters or {}).items():
                if isinstance(value, str):
                    # They are quoted already.
                    case.path_parameters[name] = quote(unambiguous(unquote(value)), safe="")
        for parameter in case.operation.headers:
            if parameter.definition.get("x-unique") and parameter.name in case.headers:
                case.headers[parameter.name] = references.unique()
        if isinstance(case.body, dict | list):
            filled = references.fill(case.operation.definition.raw["operationId"], case.body)
            # Schemathesis judges a body anew when it is assigned, and takes files for invalid then.
            if filled != case.body:
                case.body = filled

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before_call)


@contextmanager
def _removals_noted(removals: Removals) -> Iterator[None]:
    """Note what is archived while the block runs."""

    def after_call(context: HookContext, case: Any, response: Any) -> None:
        del context
        operation_id = case.operation.definition.raw["operationId"]
        removals.note(operation_id, case.path_parameters, response.status_code)

    schemathesis.hook(after_call)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(after_call)


def _take(
    event: Any,
    run: Run,
    target: Target,
    progress: Callable[[str], None],
    adapter: SchemathesisTransport,
) -> None:
    """Enter an event of the engine into the run."""
    if isinstance(event, events.ScenarioFinished):
        _take_scenario(event, run, target)
    elif isinstance(event, events.NonFatalError):
        if not adapter.late:
            run.add([_of_error(event)])
    elif isinstance(event, events.FatalError):
        run.findings.append(Finding("error", "", repr(event.exception), "engine"))
    elif isinstance(event, events.SchemaAnalysisWarnings):
        run.skipped.extend(f"schema: {warning.message}" for warning in event.warnings)
    elif isinstance(event, events.PhaseFinished):
        progress(
            f"{event.phase.name.value}: {event.status.value}, {run.requests} requests, "
            f"{len(run.findings)} findings so far"
        )


def _take_lost(run: Run, adapter: SchemathesisTransport) -> None:
    """Enter the calls that were not answered and of which the engine did not report."""
    if not adapter.gave_up:
        run.add_lost([Finding(_LOST, "", each, "engine") for each in adapter.lost])
    elif adapter.failures and not any(each.check == _LOST for each in run.findings):
        # An engine that was stopped tells of nothing more.
        run.add([Finding(_LOST, "", f"the service stopped answering: {adapter.problem}", "engine")])


def _of_error(event: events.NonFatalError) -> Finding:
    phase = event.phase.value if event.phase else ""
    problem: BaseException = event.value
    # What is raised in a hook comes wrapped up.
    while isinstance(problem, SchemathesisError) and problem.__cause__ is not None:
        problem = problem.__cause__
    if isinstance(problem, BlockedByGuard):
        return Finding("guard", event.label, f"a defect of this suite: {problem}", phase)
    if isinstance(problem, httpx.TransportError):
        return Finding(_LOST, event.label, f"{type(problem).__name__}: {problem}", phase)
    return Finding("error", event.label, str(event.info), phase)


def _take_scenario(event: events.ScenarioFinished, run: Run, target: Target) -> None:
    recorder = event.recorder
    run.requests += len(recorder.interactions)
    if event.skip_reason:
        run.skipped.append(f"{event.phase.value}: {event.label}: {event.skip_reason}")
    lifecycle = load_lifecycle(target.vendor) or Lifecycle(())
    called_at = f"http://{HOST}{httpx.URL(target.base_url).path}".rstrip("/")
    for case_id, checks in recorder.checks.items():
        run.checks += len(checks)
        operation = recorder.cases[case_id].value.operation.label
        response = getattr(recorder.interactions.get(case_id), "response", None)
        seconds = response.elapsed / len(checks) if response and checks else 0.0
        for check in checks:
            run.checked[operation, check.name] += 1
            run.took[operation, check.name] = run.took.get((operation, check.name), 0.0) + seconds
            if check.failure_info is None:
                continue
            finding = Finding(
                check.name,
                operation,
                str(check.failure_info.failure),
                event.phase.value,
                check.failure_info.code_sample.replace(called_at, target.base_url),
                _subject(check.failure_info.failure),
            )
            if not any(finding.same_as(other) for other in run.findings):
                run.add([with_reproduction(finding, recorder, case_id, check, target, lifecycle)])


def _subject(failure: Any) -> str:
    """What is wrong, where a message shows values alone: the status, or the place in the body."""
    if not isinstance(failure, JsonSchemaError):
        return str(getattr(failure, "status_code", None) or "")
    path = ["-" if isinstance(part, int) else part for part in failure.instance_path]
    missing = _MISSING.match(failure.validation_message)
    return "".join(f"/{part}" for part in [*path, *(missing.groups() if missing else ())])
