"""`python -m lab.standin`: serve the stand-in on this machine alone."""

from __future__ import annotations

import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import click
import uvicorn
from a2wsgi import WSGIMiddleware

from lab.standin.database import Database
from lab.standin.service import BASE_PATH, StandIn
from lab.standin.switches import StandInDefect, Switch, Variation

_HOST = "127.0.0.1"
_WRONG_USE, _INTERRUPTED = 2, 130


def _chooser(name: str, kind: type[Switch]) -> Callable[[Any], Switch]:
    def choose(word: Any) -> Switch:
        found = next((each for each in kind if word in (each, each.word)), None)
        if found is None:
            raise click.BadParameter(f"there is no {name} {word!r}; --list-{name}s names them")
        return found

    return choose


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8090,
    show_default=True,
    help="0 chooses a free one.",
)
@click.option(
    "--database",
    default=":memory:",
    show_default=True,
    metavar="FILE",
    help="Where it keeps its state.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Requests a minute for each account (the real service: 200); 0 for any number.",
)
@click.option(
    "--products",
    type=click.IntRange(0),
    default=60,
    show_default=True,
    metavar="N",
    help="How many products an account has from the start; with 60, the list has a second page.",
)
@click.option(
    "--seconds-a-call",
    type=click.FloatRange(0, 9999),
    default=0.0,
    metavar="N",
    help="How much later it is on its clock with each call, as if each had taken so long.",
)
@click.option(
    "--defect",
    multiple=True,
    type=_chooser("defect", StandInDefect),
    help="Switch a defect on; may be repeated.",
)
@click.option("--list-defects", is_flag=True, help="List every defect, and end.")
@click.option(
    "--variation",
    multiple=True,
    type=_chooser("variation", Variation),
    help="Switch a variation on; may be repeated.",
)
@click.option("--list-variations", is_flag=True, help="List every variation, and end.")
def standin(port: int, list_defects: bool, list_variations: bool, **given: Any) -> None:
    """Serve a stand-in for a real service on this machine alone.

    Any key like `standin-one-au1` is an account of its own.
    """
    options = SimpleNamespace(**given)
    listed: list[Switch] = [*(StandInDefect if list_defects else ())]
    listed += [*(Variation if list_variations else ())]
    if listed:
        click.echo(_table(listed))
        return
    try:
        database = Database(options.database)
    except sqlite3.Error as problem:
        raise click.UsageError(f"--database {options.database}: {problem}") from problem
    with closing(database):
        try:
            listener = socket.create_server((_HOST, port))
        except OSError as problem:
            raise click.UsageError(f"--port {port}: {problem.strerror}") from problem
        with listener:
            _serve(database, listener, options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until it is interrupted; returns 0, or 2 if it cannot be done."""
    try:
        standin.main(arguments, prog_name="python -m lab.standin", standalone_mode=False)
    except click.ClickException as problem:
        click.echo(f"python -m lab.standin: {problem.format_message()}", err=True)
        return _WRONG_USE
    except click.Abort:
        return _INTERRUPTED
    return 0


def _serve(database: Database, listener: socket.socket, options: SimpleNamespace) -> None:
    switches = frozenset([*options.defect, *options.variation])
    service = StandIn(
        database,
        _clock(options.seconds_a_call),
        switches,
        options.rate_limit,
        options.products,
    )
    click.echo(f"http://{_HOST}:{listener.getsockname()[1]}{BASE_PATH}")
    for each in switches:
        click.echo(f"{each.word}: {each.description}")
    application = WSGIMiddleware(cast("Any", service.application))
    config = uvicorn.Config(application, log_level="warning", date_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def _clock(step: float) -> Callable[[], float]:
    """The time, later by so many seconds with each call: what far away takes long is quick here."""
    calls = count(1)
    # No sandbox has a clock for it: it is a service of its own.
    return lambda: time.time() + step * next(calls)  # noqa: TID251


def _table(switches: Iterable[Switch]) -> str:
    return "\n".join(
        f"{each.word:28} {each.area:12} {each.description} ({', '.join(each.operations)})"
        for each in switches
    )


if __name__ == "__main__":
    sys.exit(main())
