"""The options of `contract-tests run`, and what they mean once they are read."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from contract_tests.cli.credentials import Secrets, WrongCredential, read_credential
from contract_tests.reports.baseline import Baseline
from contract_tests.target.profiles import FULL, PROFILES, READ_ONLY, WrongRate, pace_of

MOCK = "mock"
LEVELS = ("smoke", "default")
CREDENTIAL = "CONTRACT_TESTS_CREDENTIAL"
OTHER_CREDENTIAL = "CONTRACT_TESTS_OTHER_CREDENTIAL"
_HOW = "env:NAME or file:PATH (for a mock: a word)"


class WrongUse(Exception):
    """The command was given what it cannot use; the message says what and how to mend it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for; `parameters` are path parameters that are the same in every call.

    Credentials are None where the target gives its own.
    """

    names: tuple[str, ...]
    target: str
    credential: str | None
    other_credential: str | None
    profile: str
    rate: str | None
    seed: int
    level: str
    max_examples: int | None
    parameters: dict[str, str]
    ledger: Path | None
    report: Path | None
    baseline_path: Path | None
    baseline: Baseline
    update_baseline: bool
    secrets: Secrets = field(default_factory=Secrets)

    @property
    def on_mock(self) -> bool:
        """Whether the target is a mock in this process."""
        return self.target == MOCK


def add_options(parser: argparse.ArgumentParser, *, about_target: bool = True) -> None:
    """Add the options of `run` to its parser, or without `about_target` those of a report alone."""
    if about_target:
        _add_target_options(parser)
    else:
        quiet = {"target": MOCK, "credential": None, "other_credential": None, "profile": None}
        parser.set_defaults(
            **quiet,
            rate=None,
            seed=1,
            level="default",
            max_examples=None,
            parameter=[],
            ledger=None,
        )
    parser.add_argument("--report", type=Path, metavar="DIR", help="write the report's files there")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="known findings do not fail")
    parser.add_argument(
        "--update-baseline", action="store_true", help="make the baseline what this run found"
    )


def _add_target_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("api", nargs="*", help="which APIs; all if none is named")
    parser.add_argument(
        "--target", default=MOCK, help="`mock`, or the URL that the spec's paths are appended to"
    )
    parser.add_argument(
        "--credential",
        metavar="WHERE",
        help=f"{_HOW}: user:password, token or key; otherwise the variable {CREDENTIAL}",
    )
    parser.add_argument(
        "--other-credential",
        metavar="WHERE",
        help=f"that of a second account, given likewise; otherwise the variable {OTHER_CREDENTIAL}",
    )
    parser.add_argument(
        "--profile", choices=PROFILES, help="what may be sent; read-only for a URL, full for a mock"
    )
    parser.add_argument(
        "--rate",
        metavar="N/PER",
        help="at most N requests a second, minute or hour, or `none`; what the vendor documents",
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed sends the same requests")
    parser.add_argument("--level", choices=LEVELS, default="default", help="how much is sent")
    parser.add_argument(
        "--max-examples", type=_count, metavar="N", help="per operation and phase; as the level has"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a path parameter that is the same in every call; may be given several times",
    )
    parser.add_argument(
        "--ledger",
        type=Path,
        metavar="FILE",
        help="with --profile writes: keep account of what the run makes, for `sweep`",
    )


def add_diff_options(parser: argparse.ArgumentParser) -> None:
    """Add what `diff` takes besides the options of `run`."""
    parser.add_argument(
        "--with",
        dest="other_target",
        default=MOCK,
        metavar="TARGET",
        help="what the target is compared with: `mock`, or the URL of another service",
    )
    parser.add_argument("--with-credential", metavar="WHERE", help="its credential, given likewise")
    parser.add_argument(
        "--with-other-credential", metavar="WHERE", help="that of its second account"
    )
    parser.add_argument("--cases", type=_count, default=120, help="how many sequences are sent")
    _add_waivers(parser)


def add_recorded_options(parser: argparse.ArgumentParser) -> None:
    """Add what `recorded` takes: an API, a file, and the options of a report."""
    parser.add_argument("api", nargs=1)
    parser.add_argument("har", type=Path, metavar="FILE.har")
    parser.add_argument(
        "--replay", action="store_true", help="send the calls to a fresh mock, and compare"
    )
    parser.add_argument(
        "--cleaned", type=Path, metavar="FILE", help="write the file again without its secrets"
    )
    _add_waivers(parser)
    add_options(parser, about_target=False)


def _add_waivers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--waivers", type=Path, metavar="FILE", help="differences that are let be, as YAML"
    )


def read_options(given: argparse.Namespace) -> Options:
    """Return what was asked for; raises WrongUse, WrongCredential and WrongBaseline."""
    on_mock = given.target == MOCK
    if not on_mock:
        _check_url(given.target)
    if given.update_baseline and given.baseline is None:
        raise WrongUse("--update-baseline: say which with --baseline FILE")
    if given.report is not None and given.report.exists() and not given.report.is_dir():
        raise WrongUse(f"--report: {given.report} is a file, not a folder")
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
        secrets=Secrets(secret),
    )


def _warn(line: str) -> None:
    sys.stderr.write(f"contract-tests: {line}\n")


def _check_url(target: str) -> None:
    try:
        url = httpx.URL(target)
    except httpx.InvalidURL as problem:
        raise WrongUse(f"--target: {target} is no URL: {problem}") from problem
    if url.userinfo:
        raise WrongCredential("--target: a URL takes no credential; use --credential env:NAME")
    if url.scheme not in ("http", "https") or not url.host:
        raise WrongUse(
            f"--target: {target} is neither `mock` nor a URL that begins with http(s)://"
        )


def _rate(given: str | None) -> str | None:
    try:
        pace_of(given, None)
    except WrongRate as problem:
        raise WrongUse(f"--rate: {problem}") from problem
    return given


def _parameters(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise WrongUse(f"--parameter: {text!r} is not NAME=VALUE")
        found[name] = value
    return found


def _baseline(path: Path | None, updating: bool) -> Baseline:
    if path is None or (updating and not path.exists()):
        return Baseline()
    if not path.exists():
        raise WrongUse(f"--baseline: {path} does not exist; --update-baseline writes it")
    return Baseline.read(path)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)
