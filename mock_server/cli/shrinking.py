"""The command `shrink`: the smallest set of odd values that breaks a program."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli.interception import COMMAND, BeforeCommand
from mock_server.cli.serve import sandbox_options, settings_from
from mock_server.command_line import path_option, say, say_json, say_table, write_output
from mock_server.control.cli.options import complete_api, duration, json_option
from mock_server.seeding.odd_values import DIMENSIONS
from mock_server.usage import UsageError

if TYPE_CHECKING:
    from mock_server.seeding.messy import OddValue
    from mock_server.shrinking.search import Found, Search

#: Exit codes: it passes, the smallest set was found, wrong use, it fails at random, no time left.
PASSES, FOUND, ALWAYS_FAILS, FLAKY, NO_TIME = 0, 1, 2, 3, 4
_LONGEST = 60
_MOST_ROWS = 50


def _seconds(value: str | timedelta | None) -> float | None:
    if value is None:
        return None
    found = (value if isinstance(value, timedelta) else duration(value)).total_seconds()
    if found <= 0:
        raise click.BadParameter("must be longer than nothing")
    return found


@click.command(cls=BeforeCommand)
@click.argument("api", nargs=-1, shell_complete=complete_api)
@click.option(
    "--repeats",
    type=click.IntRange(2, 100),
    default=3,
    show_default=True,
    help="How often the same data is tried, to see whether the command fails at random.",
)
@click.option(
    "--timeout",
    type=_seconds,
    default="2m",
    show_default=True,
    metavar="TIME",
    help="One run that takes longer has failed.",
)
@click.option(
    "--time-limit",
    type=_seconds,
    metavar="TIME",
    help="End after this time, with the smallest set so far.  [default: no limit]",
)
@path_option(
    "--output",
    metavar="FILE",
    default="shrunk.yaml",
    help="The seed file that reproduces the failure.  [default: shrunk.yaml]",
)
@click.option("-q", "--quiet", is_flag=True, help="Print no progress.")
@json_option
@sandbox_options
@click.pass_context
def shrink(
    context: click.Context,
    /,
    api: tuple[str, ...],
    repeats: int,
    timeout: float,
    time_limit: float | None,
    output: Path,
    quiet: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Find the smallest set of odd values that breaks a command.

    The command is run against a server with messy data. If it fails, the odd values are left out
    by dimension, then by record, then by field, until each of those that are left is needed. It
    finds the server in MOCK_SERVER_URL, its key in MOCK_SERVER_KEY, and each API's base URL in a
    variable such as CLINIKO_BASE_URL.

    \b
    mock-server shrink -- pytest tests/test_import.py
    mock-server shrink --messy emoji,long-text --time-limit 10m -- npm test

    Exit codes: 0 it passes with all odd values; 1 the smallest set was found; 2 wrong use, or it
    fails without odd values too; 3 it fails at random; 4 the time was over before anything failed.
    """
    command = _command_of(context)
    if not output.parent.is_dir():
        raise UsageError(f"--output: there is no folder {output.parent}")
    settings = settings_from(given)
    from mock_server.app import build_server
    from mock_server.control.seed_files.files import dumped
    from mock_server.discovery import load_vendors
    from mock_server.live import LiveServer
    from mock_server.shrinking.program import Program
    from mock_server.shrinking.search import Limits, Search

    vendors = load_vendors(api)
    dimensions = settings.variation.messy
    server = build_server(settings=settings, vendors=vendors)
    with LiveServer(server) as live:
        program = Program(command, server, live.url, os.environ)

        def progress(text: str) -> None:
            if not quiet:
                _warn(f"run {program.runs}: {text}")

        limits = Limits(repeats, timeout, time_limit)
        search = Search(program.run, program.odd_values, progress, limits)
        status, found = _searched(search, DIMENSIONS if dimensions is None else dimensions)
        if found is None:
            text = f"The command passes with all odd values (seed {settings.seed})."
            if status == PASSES:
                say_json({"failed": False, "runs": program.runs}) if as_json else say(text)
            return status
        document = program.seed_file(found.variation, {odd.table for odd in found.odd_values or ()})
    write_output(dumped(document, "json" if output.suffix == ".json" else "yaml"), output)
    plain = replace(settings.variation, messy=frozenset())
    again = replace(settings, seed_file=output, variation=plain)
    server = build_server(settings=again, vendors=vendors)
    with LiveServer(server) as live:
        last = Program(command, server, live.url, os.environ).run(again.variation, timeout)
    how = f"mock-server serve --persona {settings.persona} --seed {settings.seed} --messy none "
    _report(
        found,
        command,
        output,
        f"{how}--seed-file {output}",
        runs=program.runs,
        reproduced=last.failed,
        as_json=as_json,
    )
    return FOUND


def _command_of(context: click.Context) -> Sequence[str]:
    command: Sequence[str] = context.meta.get(COMMAND) or ()
    if not command:
        raise UsageError("shrink needs a command behind `--`: `mock-server shrink -- pytest`")
    if shutil.which(command[0]) is None:
        raise UsageError(f"there is no command {command[0]!r} that can be executed")
    return command


def _searched(search: Search, dimensions: Iterable[str]) -> tuple[int, Found | None]:
    """The exit code of a search, with the smallest set if there is one, whatever ended it."""
    from mock_server.shrinking.search import Flaky, OutOfTime

    try:
        broken = search.fails_without()
        if broken is not None:
            sys.stderr.write(broken.output)
            raise UsageError("the command fails without odd values too: nothing to shrink")
        found = search.smallest(dimensions)
    except Flaky as flaky:
        _warn(f"mock-server shrink: the command fails at random: {flaky}")
        return FLAKY, None
    except OutOfTime:
        _warn("mock-server shrink: the time was over before the command had failed each time")
        return NO_TIME, None
    except KeyboardInterrupt:
        found = search.found
        if found is None:
            raise
    return PASSES if found is None else FOUND, found


def _warn(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _report(
    found: Found,
    command: Sequence[str],
    output: Path,
    how: str,
    *,
    runs: int,
    reproduced: bool,
    as_json: bool,
) -> None:
    """Print the smallest set, and what the command said last."""
    values = found.odd_values or ()
    if as_json:
        say_json(
            {
                "failed": True,
                "finished": found.finished,
                "runs": runs,
                "dimensions": sorted(found.dimensions),
                "odd_values": [_view(odd) for odd in values],
                "seed_file": str(output),
                "reproduced": reproduced,
                "serve": how,
                "output": found.outcome.output if found.outcome else "",
            }
        )
        return
    if found.outcome is not None and found.outcome.output:
        say(f"The last output of {command[0]}:")
        say(textwrap.indent(found.outcome.output.rstrip(), "    "))
    dimensions = [name for name in DIMENSIONS if name in found.dimensions]
    what = "The smallest set that breaks it" if found.finished else "The smallest set so far"
    say(f"{what}, after {runs} runs: {', '.join(dimensions)}; {len(values)} odd values")
    rows = [
        (odd.table, odd.key, odd.field, odd.dimension, odd.note, _shortened(odd.value))
        for odd in values[:_MOST_ROWS]
    ]
    if rows:
        say_table(["table", "key", "field", "dimension", "what is odd", "value"], rows)
    if values[_MOST_ROWS:]:
        say(f"and {len(values) - _MOST_ROWS} more")
    say(f"{output} has these records: {how}")
    if not reproduced:
        say("The command did not fail with that file; it may depend on something else as well.")


def _view(odd: OddValue) -> dict[str, Any]:
    return {
        "table": odd.table,
        "key": odd.key,
        "field": odd.field,
        "dimension": odd.dimension,
        "note": odd.note,
        "value": str(odd.value),
        "seed": odd.seed,
    }


def _shortened(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
