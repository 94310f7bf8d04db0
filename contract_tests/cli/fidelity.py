"""What the command `fidelity` does."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click
import httpx

from contract_tests.cli.options import json_option, read_options, target_options
from contract_tests.cli.run import FOUND, NOT_REACHED, NOTHING_NEW, say_of, without_secrets_shown
from contract_tests.fidelity.model import FidelityRule, Rules, load_rules
from contract_tests.fidelity.page import Beside, page
from contract_tests.fidelity.report import as_json, summary
from contract_tests.fidelity.runner import RuleOutcome, RuleResult, run_rules
from contract_tests.options import Options
from contract_tests.suite import left_behind, opened, run_tag
from contract_tests.target.target import Unreachable
from mock_server.command_line import path_option, say_json
from mock_server.discovery import Vendor, api_names, load_vendor
from mock_server.openapi.document import BASES
from mock_server.usage import UsageError, suggestion

#: Where a value that the rules of an API need comes from, for a service behind a URL.
_VARIABLE = "CONTRACT_TESTS_{}"
_BETWEEN = 50


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which rules are tried."""

    bases: tuple[str, ...]
    patterns: tuple[str, ...]

    def of(self, rules: Rules) -> list[FidelityRule]:
        """Return the chosen ones of an API's rules."""
        return [
            rule
            for rule in rules.rules
            if rule.basis in self.bases
            and (not self.patterns or any(fnmatchcase(rule.id, each) for each in self.patterns))
        ]


@click.command()
@target_options
@click.option(
    "--basis",
    default=",".join(BASES),
    show_default=True,
    metavar="BASIS,…",
    help="Which rules are tried, by where they are known from.",
)
@click.option(
    "--rule",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Only rules whose id matches, such as `create.*`; may be repeated.",
)
@path_option("--report", metavar="DIR", help="A folder for `fidelity.json`.")
@click.option("--page", "as_page", is_flag=True, help="Print the rules as Markdown; send nothing.")
@path_option(
    "--beside",
    multiple=True,
    metavar="FILE",
    help="With --page: the `fidelity.json` of another target, to compare with; may be repeated.",
)
@json_option
def fidelity(**given: Any) -> int:
    """Try the rules that are known of an API, each with where it is known from.

    Rules that only read come first; others are sent as --profile allows. Ends with 1 if a rule is
    not kept, and with 3 if the target was not reached.
    """
    choice = _Choice(_bases(given.pop("basis")), given.pop("patterns"))
    as_page, beside = given.pop("as_page"), given.pop("beside")
    if as_page and given["as_json"]:
        raise UsageError("--json: --page is Markdown; give one of them")
    if beside and not as_page:
        raise UsageError("--beside: it goes with --page")
    options = read_options(given)
    known = _known(options.names)
    if as_page:
        sys.stdout.write(page(known, [_beside(each) for each in beside]))
        return NOTHING_NEW
    chosen = [(vendor, rules, choice.of(rules)) for vendor, rules in known]
    if not any(tried for _, _, tried in chosen):
        raise UsageError("--rule: no rule matches; `contract-tests fidelity --page` lists them")
    return without_secrets_shown(options, lambda: _tried(options, chosen))


def _tried(options: Options, chosen: Sequence[tuple[Vendor, Rules, list[FidelityRule]]]) -> int:
    results, unreachable = [], False
    target = "the mock" if options.on_mock else options.target
    for vendor, rules, tried in chosen:
        if not tried:
            continue
        try:
            result = _run(options, vendor, rules, tried)
        except (Unreachable, httpx.TransportError) as problem:
            sys.stderr.write(f"contract-tests: {problem}\n")
            unreachable = True
            continue
        results.append(result)
        if not options.as_json:
            sys.stdout.write(f"{summary(result, target, options.profile)}\n")
    if options.as_json:
        say_json(as_json(results, target, options.profile))
    if options.report is not None:
        _write(options, results, target)
    if any(result.fails for result in results):
        return FOUND
    return NOT_REACHED if unreachable else NOTHING_NEW


def _run(options: Options, vendor: Vendor, rules: Rules, tried: list[FidelityRule]) -> RuleResult:
    """Try rules on a target, and take away what they made in a service's account."""
    given = rules.given if options.on_mock else _from_environment(rules.given, options)
    with tempfile.TemporaryDirectory() as folder:
        ledger = options.ledger or Path(folder) / "ledger.jsonl"
        run = replace(options, ledger=ledger)
        with opened(vendor.api.name, run, run_tag(options)) as target:
            result = run_rules(rules, tried, target, given, _progress(options, len(tried)))
            for line in left_behind(target):
                sys.stderr.write(f"contract-tests: {line}\n")
    return result


def _progress(options: Options, total: int) -> Any:
    """What is shown each outcome: it counts, where a run takes long."""
    seen = 0

    def tick(_: RuleOutcome) -> None:
        nonlocal seen
        seen += 1
        if not options.on_mock and seen % _BETWEEN == 0:
            sys.stderr.write(f"{seen} of {total} rules\n")

    return tick


def _from_environment(names: Iterable[str], options: Options) -> dict[str, str]:
    found = {}
    for name in names:
        value = os.environ.get(_VARIABLE.format(name.upper()))
        if value:
            found[name] = value
            options.secrets.add(value)
    return found


def _known(names: Sequence[str]) -> list[tuple[Vendor, Rules]]:
    """Return the APIs with their rules; raises UsageError if one that was named has none."""
    known = []
    for name in names or api_names():
        vendor = load_vendor(name)
        rules = load_rules(vendor)
        if rules is not None:
            known.append((vendor, rules))
        elif names:
            raise UsageError(f"{name} has no rules: its folder has no rules.yaml")
    return known


def _bases(text: str) -> tuple[str, ...]:
    bases = tuple(each.strip() for each in text.split(","))
    for each in bases:
        if each not in BASES:
            raise UsageError(f"--basis: there is no {each!r}; {suggestion(each, BASES)}")
    return bases


def _beside(path: Path) -> Beside:
    try:
        return Beside.of(json.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise UsageError(f"--beside: {path}: {problem.strerror}") from problem
    except (ValueError, LookupError, TypeError) as problem:
        raise UsageError(f"--beside: {path} is no fidelity.json") from problem


def _write(options: Options, results: Sequence[RuleResult], target: str) -> None:
    assert options.report is not None  # noqa: S101 - the caller asked
    report = options.secrets.cleaned(as_json(results, target, options.profile))
    path = options.report / "fidelity.json"
    try:
        options.report.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from problem
    say_of(options, f"report: {path}")
