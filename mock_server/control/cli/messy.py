"""The command about messy data: dimensions of odd values, and the values themselves."""

from __future__ import annotations

import click

from mock_server.command_line import say, say_json, say_table
from mock_server.control.cli.options import complete_sandbox, control_command
from mock_server.control.cli.views import plain, show_done
from mock_server.control.client import Control, OddValueView
from mock_server.usage import UsageError

_LONGEST = 40
_MOST = 1000


@click.command()
@click.argument("sandbox", required=False, shell_complete=complete_sandbox)
@click.argument("dimensions", required=False, metavar="[all|none|DIMENSION,…]")
@click.option("--dimensions", "list_them", is_flag=True, help="List the dimensions that there are.")
@click.option("--values", is_flag=True, help="List the odd values, and why each is there.")
@click.option("--api", help="Only values of this API.")
@click.option("--table", help="Only values of this table, such as products.")
@click.option("--key", help="Only values of the record of this key.")
@click.option("--dimension", help="Only values of this dimension.")
@control_command
def messy(
    control: Control,
    sandbox: str | None,
    dimensions: str | None,
    list_them: bool,
    values: bool,
    as_json: bool,
    **like: str | None,
) -> None:
    """Show or set the dimensions in which a sandbox has odd but valid values.

    Setting them makes its records anew, as on first use.

    \b
    mock-server messy --dimensions
    mock-server messy test emoji,long-text
    mock-server messy test --values --dimension emoji
    """
    if list_them:
        from mock_server.seeding.odd_values import DIMENSIONS

        say_json(dict(DIMENSIONS)) if as_json else say_table(
            ["dimension", "what is odd"], DIMENSIONS.items()
        )
        return
    if sandbox is None:
        raise UsageError("messy needs a SANDBOX, or --dimensions")
    found = control.sandbox(sandbox)
    if dimensions is not None:
        on = found.messy(dimensions.split(","))
    elif not values:
        on = found.messy()
    else:
        _show_values(found.odd_values(limit=_MOST, **_named(like)), as_json=as_json)
        return
    show_done(", ".join(on) or "none", as_json=as_json, dimensions=list(on))


def _named(like: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in like.items() if value is not None}


def _show_values(found: list[OddValueView], *, as_json: bool) -> None:
    if as_json:
        say_json([plain(each) for each in found])
        return
    rows = [
        (
            f"{each.api}.{each.table}",
            each.key,
            each.field,
            each.dimension,
            each.note,
            _shortened(repr(each.value)),
        )
        for each in found
    ]
    if rows:
        say_table(["table", "key", "field", "dimension", "what is odd", "value"], rows)
    else:
        say("no odd values")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
