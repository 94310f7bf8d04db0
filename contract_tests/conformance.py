"""Schemathesis, wrapped: the only module that knows its engine, which is not a public API."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import schemathesis
from hypothesis import strategies as st
from jsonschema_rs import Draft202012
from PIL import Image
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import SchemathesisError
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode
from schemathesis.generation.jsonschema.builder import build
from schemathesis.generation.jsonschema.context import Alphabet
from schemathesis.generation.meta import TestPhase
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    RejectedPositiveData,
    UseAfterFree,
)

from contract_tests.encoded import with_formats
from contract_tests.findings import Finding, Run
from contract_tests.forms import Forms
from contract_tests.references import References
from contract_tests.refusals import Refusals
from contract_tests.removals import Removals
from contract_tests.targets import Target
from mock_server.console.pages import served_document
from mock_server.engine.spec import Json

PHASES = ("examples", "coverage", "fuzzing", "stateful")


def run_conformance(
    target: Target,
    *,
    seed: int = 1,
    max_examples: int = 30,
    phases: Iterable[str] = PHASES,
    progress: Callable[[str], None] = lambda _: None,
    tick: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Fuzz a target with every check of Schemathesis, and return what was found.

    The same seed sends the same requests to a target in the same state. `progress` is told, in a
    few words, whenever a phase ends, and `tick` is shown the run after every few requests.
    """
    _register_formats()
    run = Run(target.vendor.api.name, seed)
    started = time.perf_counter()
    try:
        removals = Removals(target.vendor.spec)
        schema = _schema(target, seed, max_examples, tuple(phases))
        _overrule(schema, target, removals)
        with _references_filled(target), _removals_noted(removals):
            for event in from_schema(schema).execute():
                _take(event, run, progress)
                tick(run)
    except SchemathesisError as problem:
        run.findings.append(Finding("schemathesis", "", str(problem), "setup"))
    run.seconds = time.perf_counter() - started
    return run


def _schema(target: Target, seed: int, max_examples: int, phases: tuple[str, ...]) -> Any:
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "workers": 1,
            "continue-on-failure": True,
            "request-timeout": 30.0,
            # What one run learns must not change what the next one sends.
            "cache": {"enabled": False},
            "generation": {
                "database": "none",
                "max-examples": max_examples,
                # The databases behind these services store no NUL, so no schema admits it.
                "allow-x00": False,
            },
            # Words from the mock's own source would change the requests whenever it changes, and
            # they end up in files.
            "analysis": {"constants": {"enabled": False}},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
            "auth": {"openapi": _auth(target)},
        }
    )
    document = with_formats(
        served_document(target.vendor, target.base_url), target.vendor.spec, _register_encoded
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = target.app
    schema.location = f"{target.base_url}/openapi.json"
    return schema


def _auth(target: Target) -> dict[str, dict[str, str]]:
    """The credential under each scheme that some operation tries first."""
    spec = target.vendor.spec
    first = {
        operation.security[0][0] for operation in spec.operations.values() if operation.security
    }
    return {
        name: _presented(scheme, target.credential)
        for name, scheme in spec.security_schemes.items()
        if name in first
    }


def _presented(scheme: Json, credential: str) -> dict[str, str]:
    if scheme["type"] == "apiKey":
        return {"api_key": credential}
    if scheme.get("scheme") == "basic":
        user, _, password = credential.partition(":")
        return {"username": user, "password": password}
    return {"bearer": credential}


@contextmanager
def _references_filled(target: Target) -> Iterator[None]:
    """Fill references while the block runs; Schemathesis takes this hook for all schemas only."""
    references = References(target)

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
                    living = references.living(reference, generated)
                    # A number that is listed as one is text in a path that takes text.
                    case.path_parameters[parameter.name] = type(generated)(living)
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
        references.close()


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


def _overrule(schema: Any, target: Target, removals: Removals) -> None:
    """Drop the verdicts that are wrong about what was sent, or about what only the state knows."""
    refusals, forms = Refusals(target.vendor.spec), Forms(target.vendor.spec)

    @schema.hook  # type: ignore[untyped-decorator]  # a schema is Any here, its class is private
    def filter_failure(context: HookContext, failure: Any, case: Any, response: Any) -> bool:
        del context
        operation_id = case.operation.definition.raw["operationId"]
        if isinstance(failure, RejectedPositiveData):
            return not refusals.depend_on_state(
                operation_id, response.status_code, response.content
            )
        if isinstance(failure, UseAfterFree):
            return not (
                refusals.say_not_found(operation_id, response.status_code)
                or removals.asks_for_archived(operation_id, case.query)
            )
        if isinstance(failure, EnsureResourceAvailability):
            return not removals.archived(case.path_parameters)
        if isinstance(failure, AcceptedNegativeData) and _only_body_is_negative(case):
            return not forms.valid_as_sent(operation_id, case.media_type, case.body)
        return True


def _only_body_is_negative(case: Any) -> bool:
    negative = [
        location
        for location, component in case.meta.components.items()
        if component.mode == GenerationMode.NEGATIVE
    ]
    return negative == [ParameterLocation.BODY]


def _take(event: Any, run: Run, progress: Callable[[str], None]) -> None:
    """Enter an event of the engine into the run."""
    if isinstance(event, events.ScenarioFinished):
        _take_scenario(event, run)
    elif isinstance(event, events.NonFatalError):
        phase = event.phase.name if event.phase else ""
        run.findings.append(Finding("error", event.label, str(event.info), phase))
    elif isinstance(event, events.FatalError):
        run.findings.append(Finding("error", "", repr(event.exception), "engine"))
    elif isinstance(event, events.PhaseFinished):
        progress(
            f"{event.phase.name.value}: {event.status.value}, {run.requests} requests, "
            f"{len(run.findings)} findings so far"
        )


def _take_scenario(event: events.ScenarioFinished, run: Run) -> None:
    recorder = event.recorder
    run.requests += len(recorder.interactions)
    if event.skip_reason:
        run.skipped.append(f"{event.phase.value}: {event.label}: {event.skip_reason}")
    for case_id, checks in recorder.checks.items():
        run.checks += len(checks)
        operation = recorder.cases[case_id].value.operation.label
        for check in checks:
            run.checked[operation, check.name] += 1
            if check.failure_info is None:
                continue
            finding = Finding(
                check.name,
                operation,
                str(check.failure_info.failure.message),
                event.phase.value,
                check.failure_info.code_sample,
            )
            run.add([finding])


@cache
def _register_formats() -> None:
    """Teach Schemathesis the formats of strings that these specs use."""
    whole = st.one_of(st.integers(1, 200), st.integers(-(1 << 63), (1 << 63) - 1))
    schemathesis.openapi.format("int64", whole.map(str))
    schemathesis.openapi.format("int32", st.integers(-(1 << 31), (1 << 31) - 1).map(str))
    decimal = st.decimals(-10_000, 10_000, places=2, allow_nan=False)
    schemathesis.openapi.format("decimal", decimal.map(lambda number: format(number, "f")))
    # The files that these vendors take are images, and some of them look whether it is one.
    images = [_image(kind) for kind in ("png", "jpeg", "gif", "webp")]
    schemathesis.openapi.format("binary", st.sampled_from(images))


def _register_encoded(name: str, schema: Json) -> None:
    """Teach Schemathesis what a string carries that is the JSON of a value of the schema."""
    carried = build(schema, draft=Draft202012, formats={}, alphabet=Alphabet(allow_x00=False))
    schemathesis.openapi.format(name, carried.map(json.dumps))


def _image(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1), "teal").save(buffer, kind)
    return buffer.getvalue()
