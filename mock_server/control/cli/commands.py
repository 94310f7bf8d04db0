"""The commands that control a running server: each calls one method of the client."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from mock_server.control.cli.clock_words import duration, instant
from mock_server.control.client import Control, SandboxControl
from mock_server.control.client.results import ClockView, Difference, SandboxView
from mock_server.control.client.session import DEFAULT_URL, ControlError
from mock_server.control.seed_files.reading import SeedFileError, dumped, read_seed_file

Run = Callable[[Control, argparse.Namespace], None]
URL_VARIABLE = "MOCK_SERVER_URL"
TOKEN_VARIABLE = "MOCK_SERVER_TOKEN"  # noqa: S105 - the name of a variable
OK = 0
_CLOCK_CHANGES = ("real", "freeze", "run", "set", "advance")


class Commands(Protocol):
    """What `argparse` returns for sub-commands, which has no public name there."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add a command."""


def add_commands(commands: Commands) -> None:
    """Add every command that controls a server."""
    _add_sandbox_commands(commands)
    _add_state_commands(commands)
    clock = control_command(commands, "clock", "show or change the clock of a sandbox", _clock)
    clock.add_argument(
        "change",
        nargs="?",
        choices=["show", "real", "freeze", "run", "set", "advance"],
        default="show",
    )
    clock.add_argument(
        "value", nargs="?", help="an instant (freeze, set), or a time such as 90s, 15m, 2h, 1d"
    )
    fault = control_command(commands, "fault", "list, add or remove fault rules", _fault)
    fault.add_argument(
        "change", nargs="?", choices=["add", "remove", "clear", "list"], default="list"
    )
    fault.add_argument("value", nargs="?", help="a rule as JSON, or the id of one")
    limits = control_command(commands, "limits", "show or set the vendors' rate limits", _limits)
    limits.add_argument("switch", nargs="?", choices=["on", "off"])
    limits.add_argument("--requests", type=int, metavar="N", help="instead of what each allows")
    export = control_command(commands, "export", "write its records as a seed file", _export)
    export.add_argument("--api", action="append", default=[], help="only this API; may be repeated")
    export.add_argument("--output", metavar="FILE", help="JSON if it ends in .json, else YAML")
    seed = control_command(commands, "seed", "put the records of a seed file in a sandbox", _seed)
    seed.add_argument("file", type=Path)


def _add_sandbox_commands(commands: Commands) -> None:
    listing = control_command(commands, "sandboxes", "list the open sandboxes", _list, named=False)
    listing.add_argument("sandbox", nargs="?", help="look at this one only")
    create = control_command(commands, "create", "open a sandbox", _create)
    create.add_argument("--persona", help="what it starts with; by default what its name says")
    create.add_argument("--seed", type=int, help="by default the server's")
    control_command(commands, "reset", "make a sandbox as it was on first use", _reset)
    control_command(commands, "delete", "forget a sandbox", _delete)


def _add_state_commands(commands: Commands) -> None:
    snapshot = control_command(commands, "snapshot", "take a snapshot, or list them", _snapshot)
    snapshot.add_argument("name", nargs="?", help="what to call it; without one, list them")
    snapshot.add_argument("--delete", action="store_true", help="forget it instead")
    restore = control_command(commands, "restore", "go back to a snapshot", _restore)
    restore.add_argument("name")
    fork = control_command(commands, "fork", "fork a sandbox into a new one", _fork)
    fork.add_argument("name", help="the word that opens the new one")
    fork.add_argument("--snapshot", help="start from this snapshot")
    fork.add_argument("--before", type=int, metavar="N", help="start from before exchange N")
    rewind = control_command(commands, "rewind", "go back to before an exchange", _rewind)
    rewind.add_argument("before", type=int, metavar="N", help="its number in the journal")
    diff = control_command(commands, "diff", "show what changed between two points", _diff)
    diff.add_argument("--from", dest="start", default="seed", help="(default: %(default)s)")
    diff.add_argument(
        "--to", default="now", help="seed, now, snapshot:NAME, before:N or after:N (default: now)"
    )
    diff.add_argument("--limit", type=int, default=1000, help="(default: %(default)s)")


def control_command(
    commands: Commands, name: str, about: str, run: Run, *, named: bool = True
) -> argparse.ArgumentParser:
    """Add a command that calls control; `named`: its first argument is the sandbox."""
    parser = commands.add_parser(name, help=about)
    parser.set_defaults(run=lambda options: _carry_out(run, options))
    url = os.environ.get(URL_VARIABLE) or DEFAULT_URL
    parser.add_argument("--url", default=url, help=f"or in {URL_VARIABLE} (default: %(default)s)")
    parser.add_argument("--token", help=f"better given in {TOKEN_VARIABLE}")
    if named:
        parser.add_argument("sandbox", help="its name: the word that opens it")
    return parser


def token_of(options: argparse.Namespace) -> str | None:
    """Return the token of an option or of the environment, or None."""
    return options.token or os.environ.get(TOKEN_VARIABLE) or None


def _carry_out(run: Run, options: argparse.Namespace) -> int:
    with Control(options.url, token_of(options)) as control:
        run(control, options)
    return OK


def sandbox_of(control: Control, options: argparse.Namespace) -> SandboxControl:
    """Return the control of the sandbox that a command names."""
    return control.sandbox(options.sandbox)


def print_json(value: Any) -> None:
    """Print a JSON value, one line for a small one."""
    text = json.dumps(value, ensure_ascii=False)
    print(text if len(text) <= 100 else json.dumps(value, ensure_ascii=False, indent=2))


def _list(control: Control, options: argparse.Namespace) -> None:
    if options.sandbox:
        _print_sandbox(sandbox_of(control, options).look())
        return
    for view in control.sandboxes():
        _print_sandbox(view)


def _print_sandbox(view: SandboxView) -> None:
    facts = [
        f"persona {view.persona}",
        f"seed {view.seed}",
        f"revision {view.revision}",
        f"clock {view.clock.mode} {view.clock.now.isoformat(timespec='seconds')}",
        f"exchanges {view.exchanges}",
    ]
    facts += [f"faults {view.faults}"] if view.faults else []
    facts += ["rate limits on"] if view.rate_limits else []
    facts += [f"snapshots {', '.join(view.snapshots)}"] if view.snapshots else []
    facts += [f"{view.defects} answers blocked"] if view.defects else []
    print(f"{view.name}: {'; '.join(facts)}")


def _create(control: Control, options: argparse.Namespace) -> None:
    made = control.create(options.sandbox, persona=options.persona, seed=options.seed)
    _print_sandbox(made.look())


def _reset(control: Control, options: argparse.Namespace) -> None:
    _print_sandbox(sandbox_of(control, options).reset())


def _delete(control: Control, options: argparse.Namespace) -> None:
    sandbox_of(control, options).delete()


def _snapshot(control: Control, options: argparse.Namespace) -> None:
    sandbox = sandbox_of(control, options)
    if options.name is None:
        for name in sandbox.snapshots():
            print(name)
    elif options.delete:
        sandbox.delete_snapshot(options.name)
    else:
        print(f"{options.name}: revision {sandbox.snapshot(options.name)}")


def _restore(control: Control, options: argparse.Namespace) -> None:
    _print_sandbox(sandbox_of(control, options).restore(options.name))


def _fork(control: Control, options: argparse.Namespace) -> None:
    sandbox = sandbox_of(control, options)
    fork = sandbox.fork(options.name, snapshot=options.snapshot, before=options.before)
    _print_sandbox(fork.look())


def _rewind(control: Control, options: argparse.Namespace) -> None:
    _print_sandbox(sandbox_of(control, options).rewind(options.before))


def _diff(control: Control, options: argparse.Namespace) -> None:
    found = sandbox_of(control, options).difference(options.start, options.to, options.limit)
    for line in _lines_of(found):
        print(line)


def _lines_of(difference: Difference) -> list[str]:
    lines = []
    for change in difference.changes:
        lines.append(f"{change.change} {change.api}.{change.table} {change.key}")
        for name, (before, after) in (change.fields or {}).items():
            lines.append(f"  {name}: {json.dumps(before)} -> {json.dumps(after)}")
    left = difference.total - len(difference.changes)
    return [*lines, f"and {left} more"] if left else lines


def _clock(control: Control, options: argparse.Namespace) -> None:
    sandbox, value = sandbox_of(control, options), options.value
    changes: dict[str, Callable[[], ClockView]] = {
        "show": sandbox.clock,
        "real": sandbox.follow_machine,
        "run": sandbox.run,
        "freeze": lambda: sandbox.freeze(None if value is None else instant(value)),
        "set": lambda: sandbox.set_time(instant(value)),
        "advance": lambda: sandbox.advance(duration(value)),
    }
    try:
        view = changes[options.change]()
    except ValueError as problem:
        raise ControlError(f"clock {options.change}: {problem}") from problem
    print(f"{view.mode} {view.now.isoformat()}")


def _fault(control: Control, options: argparse.Namespace) -> None:
    sandbox, value = sandbox_of(control, options), options.value
    if options.change == "list":
        for rule in sandbox.faults():
            print(json.dumps(rule, ensure_ascii=False))
    elif options.change == "clear":
        sandbox.clear_faults()
    elif value is None:
        what = "a rule as JSON" if options.change == "add" else "the id of a rule"
        raise ControlError(f"fault {options.change}: {what} is missing")
    elif options.change == "remove":
        sandbox.remove_fault(value)
    else:
        print(sandbox.add_fault(_rule(value)))


def _rule(text: str) -> dict[str, Any]:
    try:
        rule = json.loads(text)
    except ValueError as problem:
        raise ControlError(f"fault add: the rule is no JSON: {problem}") from problem
    if not isinstance(rule, dict):
        raise ControlError("fault add: the rule must be a JSON object")
    return rule


def _limits(control: Control, options: argparse.Namespace) -> None:
    switch = None if options.switch is None else options.switch == "on"
    limits = sandbox_of(control, options).rate_limits(switch, requests=options.requests)
    size = "" if limits.requests is None else f", {limits.requests} requests"
    print(f"{'on' if limits.enabled else 'off'}{size}")


def _export(control: Control, options: argparse.Namespace) -> None:
    text = dumped(sandbox_of(control, options).export(options.api), options.output or "")
    if options.output is None:
        sys.stdout.write(text)
        return
    try:
        Path(options.output).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise ControlError(f"{options.output}: {problem.strerror}") from problem


def _seed(control: Control, options: argparse.Namespace) -> None:
    file = read_seed_file(options.file)
    if not isinstance(file.document, dict):
        raise SeedFileError(file.described([("", "must be an object with `apis`")]))
    try:
        _print_sandbox(sandbox_of(control, options).seed(file.document))
    except ControlError as problem:
        if not problem.problems:
            raise
        raise SeedFileError(file.described(problem.problems)) from problem
