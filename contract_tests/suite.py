"""Run everything there is against each API in turn."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TextIO

import httpx

from contract_tests.findings import Finding, Run
from contract_tests.fuzzing.config import LEVELS
from contract_tests.fuzzing.run import run_conformance
from contract_tests.options import Options
from contract_tests.properties.preflight import Lapsed, Preflight
from contract_tests.properties.run import Plan, run_properties
from contract_tests.reports.progress import Progress
from contract_tests.target.cleanup import sweep
from contract_tests.target.guard import BlockedByGuard, Guard, guarded
from contract_tests.target.interruption import held
from contract_tests.target.ledger import Ledger
from contract_tests.target.mock import CONTROL, mock_target, signed_in
from contract_tests.target.profiles import FULL, PROFILES, OutOfTime, pace_of
from contract_tests.target.run_tag import RunTag
from contract_tests.target.service import url_target
from contract_tests.target.target import Target, Unreachable, mock_parameters
from contract_tests.target.write_policy import OwnRecords
from mock_server.discovery import UnknownApi, Vendor, api_names, load_lifecycle, load_vendor
from mock_server.lifecycle.model import Lifecycle
from mock_server.state.clock import Clock
from mock_server.usage import UsageError, suggestion

#: How often a read is sent again that a proxy did not get through.
REPEATS = 2
#: How many seconds a run may take to delete what it has left, when its time is up.
_TO_DELETE = 60.0
#: How often the cases of every property are tried, and which share of them, by level.
_ROUNDS = {"smoke": (1, 0.5), "default": (2, 1.0)}


def run_suite(options: Options, progress: TextIO) -> list[tuple[Run, str]]:
    """Return each API's run, and why its target was unreachable, or nothing.

    What goes wrong with one API does not keep the others from being tested; an interrupted run
    (KeyboardInterrupt) is the last one. Raises UsageError before anything is sent to an API that it
    is about.
    """
    outcomes: list[tuple[Run, str]] = []
    for name in names_of(options):
        shown = Progress(name, progress, options.verbosity)
        outcomes.append(_outcome(name, options, shown))
        if outcomes[-1][0].interrupted:
            break
    return outcomes


def names_of(options: Options) -> Sequence[str]:
    """Return the APIs that are tested: those named, or all; control in a mock alone."""
    if options.names:
        return options.names
    return [*api_names(), CONTROL] if options.on_mock else api_names()


def _outcome(name: str, options: Options, progress: Progress) -> tuple[Run, str]:
    run = Run(name, options.seed, options.target, options.profile)
    started = time.perf_counter()
    try:
        _run(run, options, progress)
    except Unreachable as problem:
        progress.line(str(problem))
        # What was found before it went away counts all the same.
        if not run.findings:
            return run, str(problem)
        run.add([Finding("transport", "", str(problem), "suite")])
    except UsageError:
        raise
    except KeyboardInterrupt:
        run.interrupted = run.interrupted or "before anything was tried"
    except Exception:  # noqa: BLE001 - a crash with one API must not hide what another one does
        run.add([Finding("crash", "", traceback.format_exc(), "suite")])
    finally:
        run.seconds = time.perf_counter() - started
        progress.end()
    if run.requests == 0 and not run.findings and not run.interrupted:
        run.add(
            [Finding("nothing_sent", "", "no request was sent, so nothing was tested", "suite")]
        )
    return run, ""


def _run(run: Run, options: Options, progress: Progress) -> None:
    """Make all parts of a run; what they see is in it, whatever ends this."""
    with opened(run.api, options, run_tag(options)) as target:
        _announce_pace(options, target, progress)
        for part in (
            partial(run_properties, plan=plan_of(options, target), progress=progress.step),
            partial(
                run_conformance,
                level=LEVELS[options.level],
                max_examples=options.max_examples,
                progress=progress.line,
            ),
        ):
            seen = Run(run.api, options.seed)
            try:
                part(
                    target,
                    seed=options.seed,
                    into=seen,
                    tick=ticking(options, target, progress.tick),
                )
            except KeyboardInterrupt:
                with held():
                    run.skipped += left_behind(target)
                raise
            except Lapsed as lapsed:
                seen.add([Finding("credential_lapsed", "", str(lapsed), "suite")])
                return
            finally:
                run.take(seen)
                _take_noise(run, target)
        run.skipped += left_behind(target)


def left_behind(target: Target) -> list[str]:
    """Delete what a run with a ledger has left, and return a line for what could not be deleted.

    Most is gone by then; what it takes to shorten a sequence is not, nor what was made when the
    time was up.
    """
    guard = target.transport
    policy = guard.policy if isinstance(guard, Guard) else None
    lifecycle = load_lifecycle(target.vendor)
    if not isinstance(guard, Guard) or not isinstance(policy, OwnRecords) or lifecycle is None:
        return []
    lines: list[str] = []
    guard.extend(_TO_DELETE)
    try:
        swept = sweep(target, lifecycle, policy.ledger)
        lines += [f"left on the target: {each}" for each in swept if each.outcome == "stays"]
    except (httpx.HTTPError, OutOfTime, BlockedByGuard, Unreachable) as problem:
        lines.append(f"left on the target: what a sweep would delete: {problem}")
    return lines


def _announce_pace(options: Options, target: Target, progress: Progress) -> None:
    """Say beforehand what slows a run on a service, and how long it may take."""
    if options.on_mock:
        return
    pace = pace_of(options.rate, target.vendor.api.rate_limit)
    limit = "no limit"
    if pace:
        thousand = timedelta(seconds=round(1000 * pace.seconds / pace.requests))
        limit = (
            f"at most {pace.requests} requests in {pace.seconds:g} seconds, "
            f"so that 1,000 requests take {thousand} at least"
        )
    source = "--rate" if options.rate else "the vendor's documented limit; --rate sets another"
    end = (
        f"; ends after {timedelta(seconds=options.max_time)} (--max-time)"
        if options.max_time
        else ""
    )
    progress.line(f"pace: {limit} ({source}){end}")


def _take_noise(run: Run, target: Target) -> None:
    """Report the calls that were lost on the way, once each."""
    if isinstance(target.transport, Guard):
        run.skipped += [f"noise: {each}" for each in dict.fromkeys(target.transport.noise)]
        target.transport.noise.clear()


def ticking(
    options: Options, target: Target, tick: Callable[[Run], None] = lambda _: None
) -> Callable[[Run], None]:
    """Return what is to be shown one part of a run: it raises Lapsed for a service behind a URL."""
    return tick if options.on_mock else Preflight(target).watch(tick)


def plan_of(options: Options, target: Target, only: str = "") -> Plan:
    """Return what of the properties is tried on a target: all that its profile allows, or one."""
    rounds, share = _ROUNDS[options.level]
    return Plan(
        rounds=rounds,
        share=share,
        writes=target.profile.writes != "none",
        touches_foreign_data=target.profile.foreign_credentials,
        only=(only,) if only else (),
    )


def run_tag(options: Options) -> RunTag:
    """Return what marks the records of one run: the seed, and where others are, the time too."""
    now = Clock().now()
    # Two runs may well begin within one second.
    moment = "" if options.on_mock else f"{now:%y%m%d%H%M%S}{now.microsecond // 1000:03}"
    return RunTag.of_seed(options.seed, moment)


@contextmanager
def opened(name: str, options: Options, tag: RunTag) -> Iterator[Target]:
    """Give the target behind the guard of its profile, as long as the block runs.

    What is made there carries the `tag`; if the profile lets a run write its own records alone, the
    ledger of the options has them. Raises UnknownApi, SpecError and Unreachable, the last one too
    if a service refuses a credential.
    """
    profile = PROFILES[options.profile]
    target = replace(target_of(name, options), tag=tag, settle=options.settle)
    rate = target.vendor.api.rate_limit
    pace = None if options.on_mock else pace_of(options.rate, rate)
    policy = None
    if profile.writes == "own":
        lifecycle = load_lifecycle(target.vendor) or Lifecycle(())
        ledger = Ledger(options.ledger)
        ledger.belongs_to(target)
        policy = OwnRecords(lifecycle, ledger, tag, target.parameters)
    try:
        deadline = None if options.max_time is None else time.monotonic() + options.max_time
        repeats = 0 if options.on_mock else REPEATS
        behind, _ = guarded(target, profile, pace, policy, repeats=repeats, deadline=deadline)
        if not options.on_mock:
            Preflight(behind).require()
        yield behind
    finally:
        target.close()


def target_of(name: str, options: Options) -> Target:
    """Return the target that the options name, without a guard; raises as `opened`."""
    if options.on_mock:
        target = mock_target(name, options.credential or "test")
        _check_parameters(options, target.vendor)
        fixed = {**target.parameters, **options.parameters}
        other = target.other_credential
        if options.other_credential is not None:
            other = signed_in(
                target.vendor, target.base_url, options.other_credential, target.transport
            )
        return replace(target, parameters=fixed, other_credential=other)
    if name == CONTROL:
        raise UnknownApi("control is tested in a mock of this process only")
    vendor = load_vendor(name)
    _check_parameters(options, vendor)
    usual = mock_parameters(vendor)
    if options.profile != FULL.name:
        _check_own_account(options, usual)
    try:
        credential = options.credential or signed_in(vendor, options.target, "test")
    except httpx.TransportError as problem:
        raise Unreachable(f"{options.target} does not answer: {problem}") from problem
    fixed = {**usual, **options.parameters}
    other = options.other_credential
    return url_target(name, options.target, credential, other, fixed, options.secrets.add)


def _check_parameters(options: Options, vendor: Vendor) -> None:
    """Raise UsageError for a path parameter that no operation has."""
    known = {
        each.name
        for operation in vendor.spec.operations.values()
        for each in operation.parameters
        if each.location == "path"
    }
    for name in options.parameters:
        if name not in known:
            raise UsageError(f"--parameter: no path has {name!r}; {suggestion(name, known)}")


def _check_own_account(options: Options, usual: Mapping[str, str]) -> None:
    """Raise UsageError unless the options say whose account is meant; for full, a mock's will do.

    What is usual for a mock is somebody else's elsewhere.
    """
    if options.credential is None:
        raise UsageError(f"--credential: say how to sign in to {options.target}, as env:NAME")
    missing = sorted({*usual} - {*options.parameters})
    if missing:
        raise UsageError(f"--parameter {missing[0]}=…: say which one is meant at {options.target}")
