"""The commands about evidence: journal, har, explain, verify and wait."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from mock_server.control.cli.commands import Commands, control_command, print_json, sandbox_of
from mock_server.control.client import Control
from mock_server.control.client.session import ControlError
from mock_server.journal.views import line_of

_FILTERS = ("api", "operation", "method", "path", "status", "verdict")


def add_evidence_commands(commands: Commands) -> None:
    """Add the commands."""
    journal = control_command(commands, "journal", "list the exchanges of a sandbox", _journal)
    _add_filters(journal)
    journal.add_argument("--limit", type=int, default=100, help="(default: %(default)s)")
    journal.add_argument("--json", action="store_true", help="each as JSON, on a line of its own")
    journal.add_argument("--follow", action="store_true", help="stay, and show those to come")
    har = control_command(commands, "har", "write the journal as an HTTP archive", _har)
    har.add_argument("--since", type=int, default=0, metavar="N", help="only after exchange N")
    har.add_argument("--output", metavar="FILE", help="instead of standard output")
    explain = control_command(commands, "explain", "explain one exchange", _explain)
    explain.add_argument("number", type=int, help="its number in the journal")
    verify = control_command(commands, "verify", "verify calls and effects", _verify)
    verify.add_argument("expectations", help="as JSON, or @FILE; see the how-to about verifying")
    wait = control_command(commands, "wait", "wait for an exchange", _wait)
    _add_filters(wait)
    wait.add_argument("--timeout", type=float, default=10.0, help="seconds (default: %(default)s)")


def _add_filters(parser: argparse.ArgumentParser) -> None:
    for name in _FILTERS:
        parser.add_argument(f"--{name}")
    parser.add_argument("--since", type=int, default=0, metavar="N", help="only after exchange N")


def _query(options: argparse.Namespace) -> dict[str, Any]:
    asked = {name: getattr(options, name) for name in _FILTERS}
    return {name: value for name, value in asked.items() if value is not None}


def _journal(control: Control, options: argparse.Namespace) -> None:
    evidence = sandbox_of(control, options).evidence
    if options.follow:
        if _query(options):
            raise ControlError("journal: --follow shows every exchange and takes no filter")
        found = evidence.follow(since=options.since)
    else:
        found = iter(evidence.exchanges(_query(options), since=options.since, limit=options.limit))
    for exchange in found:
        text = json.dumps(exchange, ensure_ascii=False) if options.json else line_of(exchange)
        print(text, flush=True)


def _har(control: Control, options: argparse.Namespace) -> None:
    document = sandbox_of(control, options).evidence.har(since=options.since)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    if options.output is None:
        print(text)
        return
    try:
        Path(options.output).write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise ControlError(f"{options.output}: {problem.strerror}") from problem


def _explain(control: Control, options: argparse.Namespace) -> None:
    print_json(sandbox_of(control, options).evidence.explain(options.number))


def _verify(control: Control, options: argparse.Namespace) -> None:
    expectations = _expectations(options.expectations)
    try:
        sandbox_of(control, options).evidence.verify(**expectations)
    except AssertionError as unmet:
        raise ControlError(str(unmet).replace("\n", " ")) from unmet
    except TypeError as problem:
        raise ControlError(f"verify: {problem}") from problem
    print("met")


def _expectations(text: str) -> dict[str, Any]:
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        found = json.loads(text)
    except OSError as problem:
        raise ControlError(f"{text[1:]}: {problem.strerror}") from problem
    except ValueError as problem:
        raise ControlError(f"verify: the expectations are no JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise ControlError("verify: the expectations must be a JSON object")
    return found


def _wait(control: Control, options: argparse.Namespace) -> None:
    evidence = sandbox_of(control, options).evidence
    print(line_of(evidence.wait_for(_query(options), since=options.since, timeout=options.timeout)))
