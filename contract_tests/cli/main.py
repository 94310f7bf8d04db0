"""The `contract-tests` command."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from contract_tests.cli.check_answer import add_check_answer
from contract_tests.cli.credentials import WrongCredential
from contract_tests.cli.options import (
    Options,
    WrongUse,
    add_diff_options,
    add_options,
    add_recorded_options,
    read_options,
)
from contract_tests.differential.waivers import WrongWaivers
from contract_tests.findings import Run
from contract_tests.recorded.har import WrongHar
from contract_tests.reports.baseline import Baseline, WrongBaseline
from contract_tests.reports.files import CannotWrite, write_report
from contract_tests.reports.report import Report, report_of
from contract_tests.reports.summary import summary
from mock_server.arguments import WRONG_USE, Parser
from mock_server.discovery import UnknownApi
from mock_server.openapi.document import SpecError
from mock_server.state.clock import Clock

NOTHING_NEW, FOUND, NOT_REACHED = 0, 1, 3
_WRONG = (
    WrongUse,
    WrongCredential,
    WrongBaseline,
    WrongHar,
    WrongWaivers,
    CannotWrite,
    UnknownApi,
    SpecError,
)


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
    run.set_defaults(command=_run)
    add_options(run)
    diff = commands.add_parser("diff", help="compare a target with a mock, or with another target")
    diff.set_defaults(command=_diff)
    add_options(diff)
    add_diff_options(diff)
    recorded = commands.add_parser("recorded", help="hold a HAR file to the spec, and a mock to it")
    recorded.set_defaults(command=_recorded)
    add_recorded_options(recorded)
    sweep = commands.add_parser("sweep", help="take away what a run has left on a target")
    sweep.set_defaults(command=_sweep)
    add_options(sweep)
    add_check_answer(commands)
    where = commands.add_parser("where", help="print the folder that pytest takes as the suite")
    where.set_defaults(command=_where)
    return parser


def _where(_: argparse.Namespace) -> int:
    print(Path(__file__).parents[1])
    return NOTHING_NEW


# Schemathesis takes seconds to import, so that a command imports what it does when it does it.
def _run(given: argparse.Namespace) -> int:
    def run(options: Options) -> list[tuple[Run, str]]:
        from contract_tests.suite import run_suite

        return run_suite(options, sys.stderr)

    return _kept_secret(read_options(given), partial(_reported, run=run))


def _diff(given: argparse.Namespace) -> int:
    def run(options: Options) -> list[tuple[Run, str]]:
        from contract_tests.cli.diff import run_diff

        return run_diff(options, given, sys.stderr)

    return _kept_secret(read_options(given), partial(_reported, run=run))


def _recorded(given: argparse.Namespace) -> int:
    def run(options: Options) -> list[tuple[Run, str]]:
        from contract_tests.cli.recorded import run_recorded

        return run_recorded(options, given)

    return _kept_secret(read_options(given), partial(_reported, run=run))


def _sweep(given: argparse.Namespace) -> int:
    def swept(options: Options) -> int:
        from contract_tests.cli.sweep import run_sweep

        return run_sweep(options)

    return _kept_secret(read_options(given), swept)


def _kept_secret(options: Options, act: Callable[[Options], int]) -> int:
    with options.secrets.kept_from_streams():
        try:
            return act(options)
        except _WRONG:
            raise
        except Exception:  # noqa: BLE001 - Python would print what may hold a credential
            traceback.print_exc()
            return FOUND


def _reported(options: Options, run: Callable[[Options], list[tuple[Run, str]]]) -> int:
    started = Clock().now()
    report = report_of(
        run(options), secrets=options.secrets, baseline=options.baseline, started=started
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


def _update_baseline(report: Report, baseline: Baseline, path: Path) -> None:
    runs = [api.run for api in report.apis]
    baseline.updated(runs, report.gone, report.started.date()).write(path)
    added = sum(each.verdict == "new" for each in report.findings)
    print(f"{path}: {added} added, {len(report.gone)} removed")
