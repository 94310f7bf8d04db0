"""What all commands share: commands imported when used, one boundary for errors, and output."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import click
from click.exceptions import Exit, NoArgsIsHelpError
from click.shell_completion import shell_complete

from mock_server.usage import UsageError, suggestion

OK, WRONG_USE, INTERRUPTED, PIPE_CLOSED = 0, 2, 130, 141
#: Set to anything, it adds the traceback to the one line about an error of our own.
DEBUG_VARIABLE = "MOCK_SERVER_DEBUG"
_SHORT_JSON = 100
F = TypeVar("F", bound=Callable[..., Any])


class CommandGroup(click.Group):
    """Commands in sections, each imported only when it is used or listed.

    `sections` maps a heading to commands, and a command's name to where it is: `module:name`.
    """

    def __init__(
        self, *, sections: Mapping[str, Mapping[str, str]] | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.sections = sections or {}
        self._places = {name: at for each in self.sections.values() for name, at in each.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, section by section."""
        return [*self._places, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None if there is none of that name."""
        if cmd_name not in self._places:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._places[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that arguments begin with; an unknown one raises click.UsageError."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(
                f"there is no command {name!r}; {suggestion(name, self.list_commands(ctx))}", ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of each section with what each does."""
        for heading, commands in self.sections.items():
            rows = [
                (name, command.get_short_help_str(limit=70))
                for name in commands
                if (command := self.get_command(ctx, name)) is not None
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


class Word(click.Choice[str]):
    """One of some words; a wrong one is answered with what it may have meant."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Return the message about a word that is none of them."""
        return f"there is no {value!r}; {suggestion(str(value), map(str, self.choices))}"


def cache_folder() -> Path:
    """Return the user's folder for what can be made again, which need not be there yet."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "inventory-mock-server"


def path_option(*names: str, **options: Any) -> Callable[[F], F]:
    """Return a decorator that adds an option which takes a path."""
    return click.option(*names, type=click.Path(path_type=Path), **options)


def run(command: click.Command, prog: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; no error leaves this function.

    A command returns its own exit code, or None for 0. Wrong use and what cannot be done go to
    standard error, and the code is 2. Interrupted with Ctrl-C it is 130, and 141 if whoever read
    the output went away, as with other programs.
    """
    _write_anything()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        status = _carry_out(command, prog, list(arguments))
        sys.stdout.flush()
    except click.ClickException as problem:
        return _complain(prog, f"{_one_line(problem)} (see {_path_of(problem, prog)} --help)")
    except UsageError as problem:
        return _complain(prog, str(problem))
    except (KeyboardInterrupt, EOFError, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return PIPE_CLOSED
    except OSError as problem:
        _discard_output()
        return _complain(prog, _described(problem))
    except Exception as problem:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        return _complain(
            prog,
            f"an error of {prog} itself: {type(problem).__name__}: {' '.join(str(problem).split())}"
            f" (please report it; {DEBUG_VARIABLE}=1 shows the traceback)",
        )
    return status


def _carry_out(command: click.Command, prog: str, arguments: list[str]) -> int:
    variable = f"_{prog.replace('-', '_').upper()}_COMPLETE"
    if os.environ.get(variable):
        return shell_complete(command, {}, prog, variable, os.environ[variable])
    try:
        with command.make_context(prog, arguments) as context:
            status = command.invoke(context)
    except Exit as done:
        return int(done.exit_code)
    except NoArgsIsHelpError as problem:
        say(problem.ctx.get_help())
        return OK
    return status if isinstance(status, int) else OK


def _one_line(problem: click.ClickException) -> str:
    text = " ".join(problem.format_message().split()).rstrip(".")
    return text[:1].lower() + text[1:]


def _path_of(problem: click.ClickException, prog: str) -> str:
    context = getattr(problem, "ctx", None)
    return context.command_path if isinstance(context, click.Context) else prog


def _complain(prog: str, message: str) -> int:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{prog}: {message}\n")
        sys.stderr.flush()
    return WRONG_USE


def _described(problem: OSError) -> str:
    place = problem.filename if problem.filename is not None else "standard output"
    return f"{place}: {problem.strerror or problem}"


def _write_anything() -> None:
    """Let both streams take every character, whatever their encoding, and be there at all."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the very end
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Send what is still to be written nowhere, so that Python does not complain at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def takes_unicode() -> bool:
    """Say whether standard output takes every character as it is."""
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def write_output(text: str, path: Path | None) -> None:
    """Write a text into a file, or to standard output; raises UsageError if the file cannot be."""
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from problem


def say_json(value: Any) -> None:
    """Print a JSON value, one line for a small one."""
    ascii_only = not takes_unicode()
    text = json.dumps(value, ensure_ascii=ascii_only)
    if len(text) > _SHORT_JSON:
        text = json.dumps(value, ensure_ascii=ascii_only, indent=2)
    say(text)


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table: with colours and lines to a person, in plain aligned columns to a program."""
    texts = [[str(cell) for cell in row] for row in rows]
    if sys.stdout.isatty() and find_spec("rich"):
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False)
        for row in texts:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    lines = [[column.upper() for column in columns], *texts]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        say("  ".join(cells).rstrip())
