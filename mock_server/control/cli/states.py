"""The commands that keep, compare and bring back the records of a sandbox."""

from __future__ import annotations

import click

from mock_server.command_line import say, say_json
from mock_server.control.cli.options import control_command, sandbox_argument
from mock_server.control.cli.views import show_difference, show_done, show_sandbox
from mock_server.control.client import Control
from mock_server.usage import UsageError


@click.command()
@sandbox_argument
@click.argument("name", required=False)
@click.option("--delete", is_flag=True, help="Delete the snapshot instead.")
@control_command
def snapshot(control: Control, sandbox: str, name: str | None, delete: bool, as_json: bool) -> None:
    """Take a snapshot of the records, or list the snapshots.

    Without NAME, lists them.
    """
    found = control.sandbox(sandbox)
    if name is None:
        if delete:
            raise UsageError("snapshot --delete: say which one")
        names = found.snapshots()
        if as_json:
            say_json(names)
        else:
            for each in names:
                say(each)
    elif delete:
        found.delete_snapshot(name)
        show_done(f"{name}: deleted", as_json=as_json, deleted=name)
    else:
        revision = found.snapshot(name)
        show_done(f"{name}: revision {revision}", as_json=as_json, name=name, revision=revision)


@click.command()
@sandbox_argument
@click.argument("name")
@control_command
def restore(control: Control, sandbox: str, name: str, as_json: bool) -> None:
    """Go back to a snapshot."""
    show_sandbox(control.sandbox(sandbox).restore(name), as_json=as_json)


@click.command()
@sandbox_argument
@click.argument("name")
@click.option("--snapshot", metavar="NAME", help="Start from this snapshot.")
@click.option("--before", type=int, metavar="N", help="Start from before exchange N.")
@control_command
def fork(
    control: Control,
    sandbox: str,
    name: str,
    snapshot: str | None,
    before: int | None,
    as_json: bool,
) -> None:
    """Copy a sandbox into a new one, called NAME."""
    made = control.sandbox(sandbox).fork(name, snapshot=snapshot, before=before)
    show_sandbox(made.look(), as_json=as_json)


@click.command()
@sandbox_argument
@click.argument("before", type=int, metavar="N")
@control_command
def rewind(control: Control, sandbox: str, before: int, as_json: bool) -> None:
    """Go back to before exchange N of the journal."""
    show_sandbox(control.sandbox(sandbox).rewind(before), as_json=as_json)


@click.command()
@sandbox_argument
@click.option(
    "--from",
    "start",
    default="seed",
    show_default=True,
    metavar="POINT",
    help="Where to start; see --to.",
)
@click.option(
    "--to",
    default="now",
    show_default=True,
    metavar="POINT",
    help="A point is seed, now, snapshot:NAME, before:N or after:N (an exchange's number).",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="At most so many changes.",
)
@control_command
def diff(control: Control, sandbox: str, start: str, to: str, limit: int, as_json: bool) -> None:
    """Show what changed between two points."""
    show_difference(control.sandbox(sandbox).difference(start, to, limit), as_json=as_json)
