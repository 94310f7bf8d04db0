"""The command about a sandbox's time."""

from __future__ import annotations

import click

from mock_server.command_line import Word
from mock_server.control.cli.options import control_command, duration, instant, sandbox_argument
from mock_server.control.cli.views import show_clock
from mock_server.control.client import Control


@click.command()
@sandbox_argument
@click.argument(
    "change",
    type=Word(["show", "real", "freeze", "run", "set", "advance"]),
    default="show",
)
@click.argument("value", required=False)
@control_command
@click.pass_context
def clock(
    ctx: click.Context,
    control: Control,
    sandbox: str,
    change: str,
    value: str | None,
    as_json: bool,
) -> None:
    """Show or change the time of a sandbox.

    \b
    mock-server clock test                                what it shows
    mock-server clock test freeze 2026-03-01T09:00:00Z    stop it (without an instant: now)
    mock-server clock test set 2026-03-01                 set it; running or stopped as before
    mock-server clock test advance 90m                    move it (s, m, h, d); `-- -1d` for back
    mock-server clock test run                            let it run from where it is
    mock-server clock test real                           show the machine's time again
    """
    found = control.sandbox(sandbox)
    if value is None and change in {"set", "advance"}:
        raise click.UsageError(f"clock {change}: a value is missing", ctx)
    if value is not None and change in {"show", "real", "run"}:
        raise click.UsageError(f"clock {change} takes no value", ctx)
    match change:
        case "real":
            view = found.follow_machine()
        case "run":
            view = found.run()
        case "freeze":
            view = found.freeze(None if value is None else instant(str(value)))
        case "set":
            view = found.set_time(instant(str(value)))
        case "advance":
            view = found.advance(duration(str(value)))
        case _:
            view = found.clock()
    show_clock(view, as_json=as_json)
