"""Run everything there is against each API in turn."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from typing import TextIO

from contract_tests.conformance import run_conformance
from contract_tests.findings import Finding, Run
from contract_tests.options import Options
from contract_tests.reports.progress import Progress
from contract_tests.targets import Target, Unreachable, mock_target, signed_in, url_target
from mock_server.control.api import NAME as CONTROL
from mock_server.discovery import UnknownApi, api_names, load_vendor
from mock_server.engine.spec import SpecError


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
    run = run_conformance(
        _target(name, options),
        seed=options.seed,
        max_examples=options.max_examples,
        progress=progress.line,
        tick=progress.tick,
    )
    run.target, run.profile = options.target, options.profile
    return run


def _target(name: str, options: Options) -> Target:
    if options.on_mock:
        return mock_target(name, options.credential or "test")
    if name == CONTROL:
        raise UnknownApi("control is tested in a mock of this process only")
    credential = options.credential or signed_in(load_vendor(name), options.target, "test")
    return url_target(
        name, options.target, credential, options.other_credential, options.parameters or None
    )
