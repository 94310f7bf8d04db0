"""The command that writes data sets."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from mock_server.command_line import Word, path_option
from mock_server.control.cli.options import complete_api
from mock_server.usage import UsageError, suggestion

if TYPE_CHECKING:
    from mock_server.datasets.records import Change
    from mock_server.datasets.stream import RecordStream
    from mock_server.discovery import Vendor
    from mock_server.state.store import Table

_FORMATS = ("json", "ndjson", "csv", "xlsx", "parquet", "sql")


@click.command()
@click.argument("api", shell_complete=complete_api)
@click.argument("kind", required=False)
@click.option("--persona", default="typical", show_default=True, help="What the records are like.")
@click.option(
    "--count",
    type=click.IntRange(min=1),
    help="How many records; without it, as many as the persona has.",
)
@click.option(
    "--format", "form", type=Word(_FORMATS), help="By default what FILE ends in, or else ndjson."
)
@click.option("--locale", help="Names, words and currency of a place, such as de_DE.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, other data.")
@click.option(
    "--spreadsheet-safe",
    is_flag=True,
    help="In CSV, put an apostrophe before text that a spreadsheet may take for a formula.",
)
@path_option("--output", metavar="FILE", help="A file; without it, standard output.")
def data(
    api: str,
    kind: str | None,
    persona: str,
    count: int | None,
    form: str | None,
    locale: str | None,
    seed: int,
    spreadsheet_safe: bool,
    output: Path | None,
) -> None:
    """Write a data set: records of one kind, as many as are wanted.

    The records are those of a sandbox with that persona and seed, in the form of seed files. The
    same seed gives the same bytes. Of a file, there is all or nothing.

    \b
    mock-server data cliniko products --count 1000 --output products.csv
    mock-server data exsited --locale de_DE --count 50
    """
    from mock_server.datasets.formats import FORMATS
    from mock_server.datasets.records import write_records
    from mock_server.discovery import load_vendor

    vendor = load_vendor(api)
    form = form or _form_of(output)
    stream, change = _stream(vendor, persona, seed, locale)
    table = _table_of(vendor, kind, stream)
    if not FORMATS[form].is_text and output is None and sys.stdout.isatty():
        raise UsageError(f"{form} is not text; name a file with --output")
    if spreadsheet_safe and form != "csv":
        raise UsageError("--spreadsheet-safe is for --format csv")
    with (
        _file(output) as file,
        _progress(table.name.partition(".")[2], count) as step,
    ):
        sent = write_records(
            stream,
            table,
            file,
            form,
            count,
            change=change,
            spreadsheet_safe=spreadsheet_safe,
            step=step,
        )
    if output is not None:
        click.echo(f"{output}: {sent} records of {table.name}", err=True)


def _stream(
    vendor: Vendor, persona: str, seed: int, locale_name: str | None
) -> tuple[RecordStream, Change | None]:
    """The records, and what a locale changes in them once they are written."""
    from mock_server.control.persona_files import load_personas
    from mock_server.control.seed_files.record_forms import written
    from mock_server.data import fixtures_directory
    from mock_server.datasets.records import require_streamable
    from mock_server.datasets.stream import RecordStream
    from mock_server.seeding.fake import Fake

    personas = load_personas(fixtures_directory() / "personas.yaml")
    if persona not in personas:
        known = sorted(personas)
        raise UsageError(f"there is no persona {persona!r}; {suggestion(persona, known)}")
    recipe = personas[persona]
    require_streamable(persona, recipe)
    if locale_name is None:
        return RecordStream(vendor.api.seed, recipe, lambda: Fake(seed)), None
    from mock_server.datasets.locales import Locale, LocalFake, LocalRecords, currencies_in

    locale = Locale(locale_name)
    stream = RecordStream(vendor.api.seed, recipe, lambda: LocalFake(seed, locale))
    codes = Counter(
        holder[name] for each in stream.sample() for holder, name in currencies_in(written(each))
    )
    home = codes.most_common(1)[0][0] if codes else None
    return stream, LocalRecords(locale, seed, home)


def _table_of(vendor: Vendor, kind: str | None, stream: RecordStream) -> Table[Any]:
    """The table of a kind; without one, that of which an account has one record a product."""
    from mock_server.discovery import tables_of

    tables: Mapping[str, Table[Any]] = tables_of([vendor])[vendor.api.name]
    if kind is None:
        growth = stream.growth()
        kind = next(
            name
            for name, table in tables.items()
            if table.name in growth and growth[table.name].each == 1
        )
    if kind not in tables:
        known = sorted(tables)
        raise UsageError(f"{vendor.api.name} has no {kind!r}; {suggestion(kind, known)}")
    return tables[kind]


def _form_of(output: Path | None) -> str:
    suffix = output.suffix.lower().removeprefix(".") if output is not None else ""
    return suffix if suffix in _FORMATS else "ndjson"


@contextmanager
def _file(output: Path | None) -> Iterator[BinaryIO]:
    from mock_server.output_file import whole_file

    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(output) as file:
        yield file


@contextmanager
def _progress(name: str, count: int | None) -> Iterator[Callable[[int], None]]:
    """What is called with the number of records so far; a person sees a bar of it."""
    if not sys.stderr.isatty() or not find_spec("rich"):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.completed:,} {task.description}"), BarColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=count)
        yield lambda number: bar.update(task, completed=number)
