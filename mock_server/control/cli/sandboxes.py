"""The commands about sandboxes as a whole."""

from __future__ import annotations

from typing import Any

import click

from mock_server.command_line import Word
from mock_server.control.cli.options import complete_sandbox, control_command, sandbox_argument
from mock_server.control.cli.views import show_comparison, show_done, show_sandbox, show_sandboxes
from mock_server.control.client import Control


@click.command()
@click.argument("sandbox", required=False, shell_complete=complete_sandbox)
@control_command
def sandboxes(control: Control, sandbox: str | None, as_json: bool) -> None:
    """List the open sandboxes, or show one of them."""
    if sandbox:
        show_sandbox(control.sandbox(sandbox).look(), as_json=as_json)
    else:
        show_sandboxes(control.sandboxes(), as_json=as_json)


@click.command()
@sandbox_argument
@click.option("--persona", help="The records it starts with.  [default: what its name says]")
@click.option("--seed", type=int, help="The seed of its data.  [default: the server's]")
@click.option(
    "--messy",
    metavar="all|none|DIMENSION,…",
    help="Odd but valid values among its data.  [default: as the persona says]",
)
@click.option(
    "--catalogue",
    type=Word(["own", "shared"]),
    help="`shared` gives all APIs the same goods.  [default: as the persona says]",
)
@control_command
def create(
    control: Control,
    sandbox: str,
    persona: str | None,
    seed: int | None,
    messy: str | None,
    catalogue: Any,
    as_json: bool,
) -> None:
    """Open a sandbox.

    Its name is the test key that opens it, such as `test-shop`.
    """
    dimensions = None if messy is None else messy.split(",")
    made = control.create(
        sandbox, persona=persona, seed=seed, messy=dimensions, catalogue=catalogue
    )
    show_sandbox(made.look(), as_json=as_json)


@click.command()
@sandbox_argument
@control_command
def reset(control: Control, sandbox: str, as_json: bool) -> None:
    """Reset a sandbox to how it was on first use."""
    show_sandbox(control.sandbox(sandbox).reset(), as_json=as_json)


@click.command()
@sandbox_argument
@control_command
def delete(control: Control, sandbox: str, as_json: bool) -> None:
    """Delete a sandbox with everything in it."""
    control.sandbox(sandbox).delete()
    show_done(f"{sandbox}: deleted", as_json=as_json, deleted=sandbox)


@click.command()
@sandbox_argument
@control_command
def compare(control: Control, sandbox: str, as_json: bool) -> int:
    """List where the APIs of a sandbox differ now: what a sync has to do.

    Goods are matched by their codes. Ends with 1 if there are differences.
    """
    found = control.sandbox(sandbox).compare()
    show_comparison(found, as_json=as_json)
    return 0 if found.same else 1
