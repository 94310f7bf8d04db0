"""What the command `diff` does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, TextIO

import click

from contract_tests.cli.credentials import read_credential
from contract_tests.cli.options import read_options, report_options, target_options, waivers_option
from contract_tests.cli.run import reported
from contract_tests.differential.runner import Sides, run_differential
from contract_tests.differential.waivers import Waiver, read_waivers
from contract_tests.findings import Run
from contract_tests.options import MOCK, Options
from contract_tests.reports.progress import Progress
from contract_tests.suite import left_behind, opened, run_tag
from contract_tests.target.interruption import held
from contract_tests.target.mock import mock_target
from contract_tests.target.profiles import FULL
from contract_tests.target.service import url_target
from contract_tests.target.target import Target, Unreachable
from mock_server.discovery import api_names
from mock_server.state.clock import Clock
from mock_server.usage import UsageError

#: A mock with nothing in it is like a new account.
_EMPTY = "test.empty-diff"


@click.command()
@target_options
@click.option(
    "--with",
    "other_target",
    default=MOCK,
    show_default=True,
    metavar="TARGET",
    help="What the target is compared with: `mock`, or the URL of another service.",
)
@click.option("--with-credential", metavar="WHERE", help="Its credential, in the same form.")
@click.option("--with-other-credential", metavar="WHERE", help="That of its second account.")
@click.option(
    "--cases",
    type=click.IntRange(1),
    default=120,
    show_default=True,
    help="How many sequences of calls are sent.",
)
@waivers_option
@report_options
def diff(**options: Any) -> int:
    """Compare a target with a mock, or with another target."""
    read, given = read_options(options), SimpleNamespace(**options)
    return reported(read, lambda: run_diff(read, given, sys.stderr))


def run_diff(options: Options, given: SimpleNamespace, progress: TextIO) -> list[tuple[Run, str]]:
    """Return, for each API, what the target answers differently, and why it was unreachable.

    Raises UsageError.
    """
    if given.profile == "read-only":
        raise UsageError("diff: with --profile read-only there is nothing of its own to compare")
    if options.on_mock and given.other_target == MOCK:
        raise UsageError("diff: give --target or --with the URL of a service")
    chosen = replace(options, profile=given.profile or ("full" if options.on_mock else "writes"))
    waivers = read_waivers(given.waivers) if given.waivers is not None else ()
    outcomes = []
    for name in options.names or api_names():
        outcomes.append(_outcome(name, chosen, given, waivers, progress))
        if outcomes[-1][0].interrupted:
            break
    return outcomes


def _outcome(
    name: str,
    options: Options,
    given: SimpleNamespace,
    waivers: Sequence[Waiver],
    progress: TextIO,
) -> tuple[Run, str]:
    shown = Progress(name, progress, options.verbosity)
    tag = run_tag(options)
    try:
        with opened(name, options, tag) as target:
            run = run_differential(
                # What it draws must be allowed on the other side.
                Sides(replace(_left(name, given), profile=target.profile), target),
                today=Clock().now().date(),
                seed=options.seed,
                cases=given.cases,
                tag=tag,
                waivers=waivers,
                progress=shown.line,
            )
            # Its records are needed to the end of a run, so a broken off one has all of them left.
            with held():
                run.skipped += left_behind(target)
    except Unreachable as problem:
        return Run(name, options.seed, options.target, options.profile), str(problem)
    finally:
        shown.end()
    run.target, run.profile = options.target, options.profile
    return run, ""


def _left(name: str, given: SimpleNamespace) -> Target:
    if given.other_target == MOCK:
        return mock_target(name, _EMPTY)
    credentials = [
        read_credential(option, value, variable, plain_word=False, warn=lambda _: None)
        for option, value, variable in (
            ("--with-credential", given.with_credential, "CONTRACT_TESTS_WITH_CREDENTIAL"),
            (
                "--with-other-credential",
                given.with_other_credential,
                "CONTRACT_TESTS_WITH_OTHER_CREDENTIAL",
            ),
        )
    ]
    if credentials[0] is None:
        raise UsageError("diff: --with-credential says how to sign in to the URL of --with")
    target = url_target(name, given.other_target, credentials[0], credentials[1])
    return replace(target, profile=FULL)
