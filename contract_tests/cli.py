"""The `contract-tests` command."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from contract_tests.answers import add_check_answer
from contract_tests.conformance import run_conformance
from contract_tests.credentials import WrongCredential
from contract_tests.findings import Finding, Run
from contract_tests.options import Options, WrongUse, add_options, read_options
from contract_tests.reports.baseline import Baseline, WrongBaseline
from contract_tests.reports.files import CannotWrite, write_report
from contract_tests.reports.progress import Progress
from contract_tests.reports.report import Report, report_of
from contract_tests.reports.summary import summary
from contract_tests.targets import Target, Unreachable, mock_target, signed_in, url_target
from mock_server.arguments import WRONG_USE, Parser
from mock_server.control.api import NAME as CONTROL
from mock_server.discovery import UnknownApi, api_names, load_vendor
from mock_server.engine.spec import SpecError
from mock_server.state.clock import Clock

NOTHING_NEW, FOUND, NOT_REACHED = 0, 1, 3
_WRONG = (WrongUse, WrongCredential, WrongBaseline, CannotWrite, UnknownApi, SpecError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 nothing new, 1 findings, 2 wrong use, 3 target unreachable.

    With several APIs, what was found counts for more than what could not be reached.
    """
    given = _parser().parse_args(arguments)
    try:
        status: int = given.command(given)
    except _WRONG as problem:
        print(f"contract-tests: {problem}", file=sys.stderr)
        return WRONG_USE
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="contract-tests",
        description="Hold a mock or a real service to its OpenAPI document.",
        epilog="Ends with 0 if nothing new was found, 1 if something was, 2 after wrong use, and 3 "
        "if the target could not be reached and nothing was found elsewhere.",
    )
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="test a target with every check and property")
    run.set_defaults(command=_run_command)
    add_options(run)
    add_check_answer(commands)
    return parser


def _run_command(given: argparse.Namespace) -> int:
    options = read_options(given)
    with options.secrets.kept_from_streams():
        try:
            return _run_all(options)
        except _WRONG:
            raise
        except Exception:  # noqa: BLE001 - Python would print what may hold a credential
            traceback.print_exc()
            return FOUND


def _run_all(options: Options) -> int:
    names = options.names or tuple(api_names())
    if options.on_mock and not options.names:
        names += (CONTROL,)
    started = Clock().now()
    outcomes = [_outcome(name, options) for name in names]
    report = report_of(
        outcomes, secrets=options.secrets, baseline=options.baseline, started=started
    )
    print(summary(report, str(options.report or "")), end="", flush=True)
    if options.report is not None:
        write_report(report, options.report)
        print(f"report: {options.report}")
    if options.update_baseline and options.baseline_path is not None:
        _update_baseline(report, options.baseline, options.baseline_path)
        return FOUND if any(each.verdict == "expired" for each in report.findings) else NOTHING_NEW
    if report.fails:
        return FOUND
    return NOT_REACHED if report.unreachable else NOTHING_NEW


def _outcome(name: str, options: Options) -> tuple[Run, str]:
    """One API's run, and why its target was unreachable, or nothing."""
    progress = Progress(name, sys.stderr)
    started = time.perf_counter()
    try:
        run = _run(name, options, progress)
    except Unreachable as problem:
        progress.line(str(problem))
        return Run(name, options.seed, options.target, options.profile), str(problem)
    except (UnknownApi, SpecError):
        raise
    except Exception:  # noqa: BLE001 - a crash with one API must not hide what another one does
        run = Run(name, options.seed, options.target, options.profile)
        run.seconds = time.perf_counter() - started
        run.add([Finding("crash", "", traceback.format_exc(), "suite")])
    finally:
        progress.end()
    if run.requests == 0 and not run.findings:
        run.add([Finding("nothing_sent", "", "no request was sent, so nothing was tested", "run")])
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


def _update_baseline(report: Report, baseline: Baseline, path: Path) -> None:
    runs = [api.run for api in report.apis]
    updated = baseline.updated(runs, report.gone, report.started.date())
    updated.write(path)
    added = sum(each.verdict == "new" for each in report.findings)
    print(f"{path}: {added} added, {len(report.gone)} removed")
