"""The options of `contract-tests run`, and what they mean once they are read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import click
import httpx

from contract_tests.cli.credentials import CredentialError, read_credential
from contract_tests.options import MOCK, Options
from contract_tests.reports.baseline import Baseline
from contract_tests.reports.progress import QUIET, USUAL, VERBOSE
from contract_tests.target.profiles import FULL, PROFILES, READ_ONLY, RateError, pace_of
from contract_tests.target.secrets import Secrets
from mock_server.command_line import Word, path_option
from mock_server.control.cli.options import complete_api, duration
from mock_server.usage import UsageError

LEVELS = ("smoke", "default")
CREDENTIAL = "CONTRACT_TESTS_CREDENTIAL"
OTHER_CREDENTIAL = "CONTRACT_TESTS_OTHER_CREDENTIAL"
#: The seconds after which a run on a service ends.
_USUAL_TIME = 2 * 3600.0
_HOW = "env:NAME or file:PATH (for a mock: a test key)"
#: What every command of the suite that has a result takes.
json_option = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
F = TypeVar("F", bound=Callable[..., Any])


def target_options(act: F) -> F:
    """Give a command the APIs and the options about what is tested, and how."""
    for decorate in reversed(_TARGET_OPTIONS):
        act = decorate(act)
    return act


def report_options(act: F) -> F:
    """Give a command the options about its report."""
    for decorate in reversed(_REPORT_OPTIONS):
        act = decorate(act)
    return act


waivers_option = path_option("--waivers", metavar="FILE", help="Differences to accept, as YAML.")

_TARGET_OPTIONS = (
    click.argument("api", nargs=-1, shell_complete=complete_api),
    click.option(
        "--target",
        default=MOCK,
        show_default=True,
        help="`mock`, or the URL that the spec's paths are appended to.",
    ),
    click.option(
        "--credential",
        metavar="WHERE",
        help=f"{_HOW}: user:password, token or key.  [default: the variable {CREDENTIAL}]",
    ),
    click.option(
        "--other-credential",
        metavar="WHERE",
        help="The credential of a second account, in the same form.  "
        f"[default: the variable {OTHER_CREDENTIAL}]",
    ),
    click.option(
        "--profile",
        type=Word(list(PROFILES)),
        help="What may be sent.  [default: read-only for a URL, full for a mock]",
    ),
    click.option(
        "--rate",
        metavar="N/PER",
        help="At most N requests a second, minute or hour, or `none`.  "
        "[default: what the vendor documents]",
    ),
    click.option(
        "--seed",
        type=int,
        default=1,
        show_default=True,
        help="The same seed sends the same requests.",
    ),
    click.option(
        "--level",
        type=Word(LEVELS),
        default="default",
        show_default=True,
        help="How much is sent.",
    ),
    click.option(
        "--max-examples",
        type=click.IntRange(1),
        metavar="N",
        help="Examples for each operation and phase.  [default: what the level has]",
    ),
    click.option(
        "--parameter",
        multiple=True,
        metavar="NAME=VALUE",
        help="A path parameter that is the same in every call; may be repeated.",
    ),
    click.option(
        "--max-time",
        type=duration,
        help="End each API's run after this time, such as 90s, 30m or 2h; 0s for no limit.  "
        "[default: 2h for a URL, no limit for a mock]",
    ),
    click.option(
        "--settle",
        type=duration,
        help="How long the target may take to show what was written, such as 2s.",
    ),
    path_option(
        "--ledger",
        metavar="FILE",
        help="With --profile writes: a file that lists what the run creates, for `sweep`.",
    ),
)
_REPORT_OPTIONS = (
    path_option("--report", metavar="DIR", help="A folder for the report's files."),
    path_option("--baseline", metavar="FILE", help="Known findings, which do not fail."),
    click.option(
        "--update-baseline", is_flag=True, help="Write what this run finds into the baseline."
    ),
    click.option(
        "-v", "--verbose", is_flag=True, help="A line for every property, and what was skipped."
    ),
    click.option("-q", "--quiet", is_flag=True, help="The summary alone."),
    json_option,
)
#: What the options are where a command does not have them.
_ABSENT: dict[str, Any] = {
    "target": MOCK, "credential": None, "other_credential": None, "profile": None, "rate": None,
    "seed": 1, "level": "default", "max_examples": None, "parameter": (), "ledger": None,
    "max_time": None, "settle": None,
    "report": None, "baseline": None, "update_baseline": False, "verbose": False, "quiet": False,
    "as_json": False,
}  # fmt: skip


def read_options(options: Mapping[str, Any]) -> Options:
    """Return what was asked for; raises UsageError, CredentialError and BaselineError."""
    given = SimpleNamespace(**{**_ABSENT, **options})
    on_mock = given.target == MOCK
    if not on_mock:
        _check_url(given.target)
    if given.update_baseline and given.baseline is None:
        raise UsageError("--update-baseline: say which with --baseline FILE")
    if given.report is not None and given.report.exists() and not given.report.is_dir():
        raise UsageError(f"--report: {given.report} is a file, not a folder")
    for option, path in (("--ledger", given.ledger), ("--baseline", given.baseline)):
        if path is not None and path.is_dir():
            raise UsageError(f"{option}: {path} is a folder, not a file")
    writes = [("--report", given.report), ("--ledger", given.ledger)]
    if given.update_baseline:
        writes.append(("--baseline", given.baseline))
    for option, path in writes:
        if path is not None:
            _check_writable(option, path)
    if given.report is not None:
        _make_folder("--report", given.report)
    credentials = [
        read_credential(option, value, variable, plain_word=on_mock, warn=_warn)
        for option, value, variable in (
            ("--credential", given.credential, CREDENTIAL),
            ("--other-credential", given.other_credential, OTHER_CREDENTIAL),
        )
    ]
    # A mock's credential is a word that chooses a sandbox.
    secret = [] if on_mock else [each for each in credentials if each is not None]
    return Options(
        names=tuple(dict.fromkeys(given.api)),
        target=given.target if on_mock else given.target.rstrip("/"),
        credential=credentials[0],
        other_credential=credentials[1],
        profile=given.profile or (FULL if on_mock else READ_ONLY).name,
        rate=_rate(given.rate),
        seed=given.seed,
        level=given.level,
        max_examples=given.max_examples,
        parameters=_parameters(given.parameter),
        ledger=given.ledger,
        report=given.report,
        baseline_path=given.baseline,
        baseline=_baseline(given.baseline, given.update_baseline),
        update_baseline=given.update_baseline,
        max_time=_max_time(given.max_time, on_mock=on_mock),
        settle=given.settle.total_seconds() if given.settle else 0.0,
        verbosity=VERBOSE if given.verbose else QUIET if given.quiet else USUAL,
        as_json=given.as_json,
        secrets=Secrets(secret),
    )


def _check_writable(option: str, path: Path) -> None:
    """Raise UsageError unless a file or folder can be written, or made where there is none."""
    there = next(each for each in (path, *path.absolute().parents) if each.exists())
    if not os.access(there, os.W_OK) or (there != path and not there.is_dir()):
        raise UsageError(f"{option}: {path} cannot be written")


def _make_folder(option: str, path: Path) -> None:
    """Make a folder where there is none: that some cannot be made is only seen by trying."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(f"{option}: {path} cannot be made: {problem.strerror}") from problem


def _warn(line: str) -> None:
    sys.stderr.write(f"contract-tests: {line}\n")


def _check_url(target: str) -> None:
    try:
        url = httpx.URL(target)
    except httpx.InvalidURL as problem:
        raise UsageError(f"--target: {target} is no URL: {problem}") from problem
    if url.userinfo:
        raise CredentialError("--target: a URL takes no credential; use --credential env:NAME")
    if url.query or url.fragment or "?" in target:
        raise UsageError(
            f"--target: {target} has a query or a fragment; give what the spec's paths are "
            "appended to"
        )
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(
            f"--target: {target} is neither `mock` nor a URL that begins with http(s)://"
        )


def _rate(given: str | None) -> str | None:
    try:
        pace_of(given, None)
    except RateError as problem:
        raise UsageError(f"--rate: {problem}") from problem
    return given


def _max_time(given: timedelta | None, *, on_mock: bool) -> float | None:
    if given is None and not on_mock:
        return _USUAL_TIME
    return given.total_seconds() if given else None


def _parameters(given: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise UsageError(f"--parameter: {text!r} is not NAME=VALUE")
        found[name] = value
    return found


def _baseline(path: Path | None, updating: bool) -> Baseline:
    if path is None or (updating and not path.exists()):
        return Baseline()
    if not path.exists():
        raise UsageError(f"--baseline: {path} does not exist; --update-baseline writes it")
    return Baseline.read(path)
