"""The commands that write the records of a sandbox into a file, and read them from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click

from mock_server.command_line import (
    path_option,
    say,
    say_json,
    say_table,
    takes_unicode,
    write_output,
)
from mock_server.control.cli.options import complete_api, control_command, sandbox_argument
from mock_server.control.cli.views import show_done, show_sandbox
from mock_server.control.client import Control, ControlError
from mock_server.usage import UsageError

FORMATS: dict[str, Literal["json", "yaml"]] = {
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}


@click.command()
@sandbox_argument
@click.argument("table", required=False)
@click.argument("key", required=False)
@click.option("--text", help="Only records that contain it, in any case.")
@click.option("--sort", metavar="FIELD", help="With a minus in front, the largest first.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="At most so many records.",
)
@control_command
def records(
    control: Control,
    sandbox: str,
    table: str | None,
    key: str | None,
    text: str | None,
    sort: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the tables of a sandbox, the records of one, or show a record with its history.

    \b
    mock-server records test
    mock-server records test cliniko.products --sort=-stock_level
    mock-server records test cliniko.products 12
    """
    found = control.sandbox(sandbox).records
    if table is None:
        tables = found.tables()
        if as_json:
            say_json(tables)
        else:
            say_table(["table", "records"], [(each["name"], each["records"]) for each in tables])
    elif key is not None:
        say_json(found.get(table, key))
    else:
        page = found.page(table, text, sort=sort, limit=limit)
        if as_json:
            say_json(page)
            return
        for each in page["records"]:
            say(f"{each['key']} {json.dumps(each['record'], ensure_ascii=not takes_unicode())}")
        if left := page["total"] - len(page["records"]):
            say(f"and {left} more")


@click.command()
@sandbox_argument
@click.option(
    "--api", multiple=True, shell_complete=complete_api, help="Only this API; may be repeated."
)
@click.option(
    "--at",
    default="now",
    show_default=True,
    metavar="POINT",
    help="A point is seed, now, snapshot:NAME, before:N or after:N (an exchange's number).",
)
@path_option("--output", metavar="FILE", help="A file that ends in .yaml, .yml or .json.")
@control_command
def export(
    control: Control,
    sandbox: str,
    api: tuple[str, ...],
    at: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Write the records of a sandbox as a seed file, in YAML or JSON."""
    from mock_server.control.seed_files.files import dumped

    form: Literal["json", "yaml"] = "json" if as_json else "yaml"
    if output is not None:
        if output.suffix.lower() not in FORMATS:
            raise UsageError(f"--output: {output} must end in {', '.join(FORMATS)}")
        form = FORMATS[output.suffix.lower()]
    document = control.sandbox(sandbox).export(api, at=at)
    text = dumped(document, form, ascii_only=output is None and not takes_unicode())
    write_output(text, output)
    if output is not None:
        records = sum(
            len(table)
            for tables in document["apis"].values()
            for table in tables.values()
            if isinstance(table, list)
        )
        show_done(
            f"{output}: {records} records", as_json=as_json, file=str(output), records=records
        )


@click.command()
@sandbox_argument
@click.argument("file", type=click.Path(path_type=Path))
@control_command
def seed(control: Control, sandbox: str, file: Path, as_json: bool) -> None:
    """Replace the records of a sandbox with those of a seed file."""
    from mock_server.control.seed_files.files import SeedFileError, read_seed_file

    found = read_seed_file(file)
    if not isinstance(found.document, dict):
        raise SeedFileError(found.described([("", "must be an object with `apis`")]))
    try:
        show_sandbox(control.sandbox(sandbox).seed(found.document), as_json=as_json)
    except ControlError as problem:
        if not problem.problems:
            raise
        raise SeedFileError(found.described(problem.problems)) from problem
