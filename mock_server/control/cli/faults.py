"""The commands about fault rules, rate limits and CSRF tokens."""

from __future__ import annotations

import json
from typing import Any

import click

from mock_server.command_line import Word, say, say_json
from mock_server.control.cli.options import control_command, sandbox_argument
from mock_server.control.cli.reading import json_object
from mock_server.control.cli.views import show_done, show_limits
from mock_server.control.client import Control


@click.command()
@sandbox_argument
@click.argument(
    "change", type=Word(["list", "add", "remove", "pause", "resume", "clear"]), default="list"
)
@click.argument("value", required=False)
@control_command
@click.pass_context
def fault(
    ctx: click.Context,
    control: Control,
    sandbox: str,
    change: str,
    value: str | None,
    as_json: bool,
) -> None:
    """List, add or remove fault rules.

    \b
    mock-server fault test                         the rules, each with how often it fired
    mock-server fault test add '{"effects": [{"kind": "status", "status": 429}], "times": 2}'
    mock-server fault test add @rule.json          from a file
    mock-server fault test remove rule-1
    mock-server fault test pause rule-1            and resume rule-1
    mock-server fault test clear                   remove all
    """
    found = control.sandbox(sandbox)
    if value is None and change in {"add", "remove", "pause", "resume"}:
        what = "a rule as JSON" if change == "add" else "the id of a rule"
        raise click.UsageError(f"fault {change}: {what} is missing", ctx)
    if value is not None and change in {"list", "clear"}:
        raise click.UsageError(f"fault {change} takes no value", ctx)
    match change:
        case "add":
            rule = found.add_fault(json_object(str(value), "fault add: the rule"))
            show_done(rule, as_json=as_json, id=rule)
        case "remove":
            found.remove_fault(str(value))
            show_done(f"{value}: removed", as_json=as_json, removed=[value])
        case "pause" | "resume":
            found.pause_fault(str(value), paused=change == "pause")
            show_done(f"{value}: {change}d", as_json=as_json, **{f"{change}d": value})
        case "clear":
            rules = [rule["id"] for rule in found.faults()]
            found.clear_faults()
            show_done(f"{sandbox}: {len(rules)} rules removed", as_json=as_json, removed=rules)
        case _:
            _list(found.faults(), as_json=as_json)


def _list(rules: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        say_json(rules)
        return
    for rule in rules:
        say(json.dumps(rule, ensure_ascii=False))


@click.command()
@sandbox_argument
@click.argument("switch", type=Word(["on", "off"]), required=False)
@click.option(
    "--requests",
    type=click.IntRange(1),
    metavar="N",
    help="How many requests a window has.  [default: what each vendor allows]",
)
@control_command
def limits(
    control: Control, sandbox: str, switch: str | None, requests: int | None, as_json: bool
) -> None:
    """Show or set the vendors' rate limits."""
    wanted = None if switch is None else switch == "on"
    show_limits(control.sandbox(sandbox).rate_limits(wanted, requests=requests), as_json=as_json)


@click.command()
@sandbox_argument
@click.argument("switch", type=Word(["on", "off"]), required=False)
@control_command
def csrf(control: Control, sandbox: str, switch: str | None, as_json: bool) -> None:
    """Show or set whether the writes of a session need a CSRF token."""
    enabled = control.sandbox(sandbox).csrf(None if switch is None else switch == "on")
    show_done("on" if enabled else "off", as_json=as_json, enabled=enabled)
