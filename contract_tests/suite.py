"""Run everything there is against each API in turn."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

import httpx

from contract_tests.conformance import run_conformance
from contract_tests.findings import Finding, Run
from contract_tests.forwarder import Forwarder
from contract_tests.fuzzing import LEVELS
from contract_tests.guard import guarded
from contract_tests.options import Options
from contract_tests.profiles import PROFILES, pace_of
from contract_tests.properties import Plan, run_properties
from contract_tests.reports.progress import Progress
from contract_tests.targets import (
    Target,
    Unreachable,
    mock_parameters,
    mock_target,
    signed_in,
    url_target,
)
from mock_server.control.api import NAME as CONTROL
from mock_server.discovery import UnknownApi, api_names, load_vendor
from mock_server.engine.spec import SpecError

#: How often every case of every property is tried, by level.
_ROUNDS = {"smoke": 1, "default": 2}


def run_suite(options: Options, progress: TextIO) -> list[tuple[Run, str]]:
    """Return each API's run, and why its target was unreachable, or nothing.

    What goes wrong with one API does not keep the others from being tested. Raises UnknownApi and
    SpecError before anything is sent to an API that they are about.
    """
    return [_outcome(name, options, Progress(name, progress)) for name in _names(options)]


def _names(options: Options) -> Sequence[str]:
    if options.names:
        return options.names
    return [*api_names(), CONTROL] if options.on_mock else api_names()


def _outcome(name: str, options: Options, progress: Progress) -> tuple[Run, str]:
    run = Run(name, options.seed, options.target, options.profile)
    started = time.perf_counter()
    try:
        run = _run(name, options, progress)
    except Unreachable as problem:
        progress.line(str(problem))
        return run, str(problem)
    except (UnknownApi, SpecError):
        raise
    except Exception:  # noqa: BLE001 - a crash with one API must not hide what another one does
        run.seconds = time.perf_counter() - started
        run.add([Finding("crash", "", traceback.format_exc(), "suite")])
    finally:
        progress.end()
    if run.requests == 0 and not run.findings:
        run.add(
            [Finding("nothing_sent", "", "no request was sent, so nothing was tested", "suite")]
        )
    return run, ""


def _run(name: str, options: Options, progress: Progress) -> Run:
    profile = PROFILES[options.profile]
    target = _target(name, options)
    rate = target.vendor.api.rate_limit
    pace = None if options.on_mock else pace_of(options.rate, rate)
    guarded_target, _ = guarded(target, profile, pace)
    try:
        run = run_properties(
            guarded_target,
            seed=options.seed,
            plan=Plan(
                rounds=_ROUNDS[options.level],
                writes=profile.writes != "none",
                wild=profile.strangers,
            ),
            progress=progress.line,
            tick=progress.tick,
        )
        fuzzed = run_conformance(
            guarded_target,
            seed=options.seed,
            level=LEVELS[options.level],
            max_examples=options.max_examples,
            progress=progress.line,
            tick=progress.tick,
        )
        run.take(fuzzed)
    finally:
        if isinstance(target.app, Forwarder):
            target.app.close()
    run.target, run.profile = options.target, options.profile
    return run


def _target(name: str, options: Options) -> Target:
    if options.on_mock:
        target = mock_target(name, options.credential or "test")
        fixed = {**target.parameters, **options.parameters}
        other = target.other_credential
        if options.other_credential is not None:
            other = signed_in(target.vendor, target.base_url, options.other_credential, target.app)
        return replace(target, parameters=fixed, other_credential=other)
    if name == CONTROL:
        raise UnknownApi("control is tested in a mock of this process only")
    vendor = load_vendor(name)
    try:
        credential = options.credential or signed_in(vendor, options.target, "test")
    except httpx.TransportError as problem:
        raise Unreachable(f"{options.target} does not answer: {problem}") from problem
    fixed = {**mock_parameters(vendor), **options.parameters}
    return url_target(name, options.target, credential, options.other_credential, fixed)
