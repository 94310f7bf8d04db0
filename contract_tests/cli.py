"""The `contract-tests` command."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from contract_tests.answers import add_check_answer
from contract_tests.credentials import WrongCredential
from contract_tests.options import Options, WrongUse, add_options, read_options
from contract_tests.reports.baseline import Baseline, WrongBaseline
from contract_tests.reports.files import CannotWrite, write_report
from contract_tests.reports.report import Report, report_of
from contract_tests.reports.summary import summary
from mock_server.arguments import WRONG_USE, Parser
from mock_server.discovery import UnknownApi
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
    run.set_defaults(command=_run)
    add_options(run)
    add_check_answer(commands)
    return parser


def _run(given: argparse.Namespace) -> int:
    options = read_options(given)
    with options.secrets.kept_from_streams():
        try:
            return _run_and_report(options)
        except _WRONG:
            raise
        except Exception:  # noqa: BLE001 - Python would print what may hold a credential
            traceback.print_exc()
            return FOUND


def _run_and_report(options: Options) -> int:
    # Schemathesis takes seconds to import, and no other command needs it.
    from contract_tests.suite import run_suite

    started = Clock().now()
    report = report_of(
        run_suite(options, sys.stderr),
        secrets=options.secrets,
        baseline=options.baseline,
        started=started,
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
