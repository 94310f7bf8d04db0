"""The command `run`, and how a run is reported."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from contract_tests.cli.options import read_options, report_options, target_options
from contract_tests.findings import Run
from contract_tests.options import Options
from contract_tests.reports.files import write_report
from contract_tests.reports.json_report import json_report
from contract_tests.reports.progress import VERBOSE
from contract_tests.reports.report import Report, report_of
from contract_tests.reports.summary import summary
from contract_tests.target.interruption import Interruption
from mock_server.state.clock import Clock
from mock_server.usage import UsageError

NOTHING_NEW, FOUND, NOT_REACHED = 0, 1, 3


@click.command()
@target_options
@report_options
def run(**given: Any) -> int:
    """Test a target with every check and property."""
    options = read_options(given)

    def runs() -> list[tuple[Run, str]]:
        # Schemathesis takes seconds to import, and wrong use is reported before.
        from contract_tests.suite import run_suite

        return run_suite(options, sys.stderr)

    return reported(options, runs)


def reported(options: Options, runs: Callable[[], list[tuple[Run, str]]]) -> int:
    """Make runs, print and write their report, and return the exit code."""
    return without_secrets_shown(options, lambda: _report(options, runs))


def without_secrets_shown(options: Options, act: Callable[[], int]) -> int:
    """Do something that may print; no credential is shown, not even by a crash."""
    with options.secrets.kept_from_streams():
        try:
            return act()
        except (UsageError, click.ClickException, OSError):
            raise
        except Exception:  # noqa: BLE001 - Python would print what may hold a credential
            traceback.print_exc()
            return FOUND


def _report(options: Options, runs: Callable[[], list[tuple[Run, str]]]) -> int:
    started = Clock().now()
    with Interruption() as interruption:
        made = runs()
    report = report_of(made, secrets=options.secrets, baseline=options.baseline, started=started)
    verbose = options.verbosity == VERBOSE
    sys.stdout.write(
        json_report(report)
        if options.as_json
        else summary(report, str(options.report or ""), verbose=verbose)
    )
    sys.stdout.flush()
    if options.report is not None:
        write_report(report, options.report)
        say_of(options, f"report: {options.report}")
    if interruption.exit_code:
        return interruption.exit_code
    if options.update_baseline and options.baseline_path is not None:
        _update_baseline(report, options, options.baseline_path)
        if report.not_tested:
            return NOT_REACHED
        return FOUND if any(each.verdict == "expired" for each in report.findings) else NOTHING_NEW
    if report.fails:
        return FOUND
    return NOT_REACHED if report.unreachable else NOTHING_NEW


def say_of(options: Options, line: str) -> None:
    """Print a line about what was done; where standard output is JSON, on standard error."""
    (sys.stderr if options.as_json else sys.stdout).write(f"{line}\n")


def _update_baseline(report: Report, options: Options, path: Path) -> None:
    runs = [api.run for api in report.apis]
    options.baseline.updated(runs, report.gone, report.started.date()).write(path)
    added = sum(each.verdict == "new" for each in report.findings)
    say_of(options, f"{path}: {added} added, {len(report.gone)} removed")
