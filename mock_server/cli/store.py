"""The commands about a folder of `serve --data`, while no server uses it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from mock_server.command_line import (
    CommandGroup,
    path_option,
    say,
    say_json,
    say_table,
    takes_unicode,
    write_output,
)
from mock_server.control.cli.options import json_option
from mock_server.control.cli.records import FORMATS
from mock_server.control.cli.views import show_done
from mock_server.usage import UsageError

if TYPE_CHECKING:
    from mock_server.store.persistence import Persistence
    from mock_server.store.sqlite import SqliteStore

#: `verify` found something.
PROBLEMS = 1
folder_argument = click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")


@click.group(cls=CommandGroup)
def store() -> None:
    """Look at, check and tidy a folder of `serve --data`, while no server uses it.

    \b
    mock-server store info ./mock-data
    mock-server store export ./mock-data test-shop --output shop.yaml
    """


@store.command()
@folder_argument
@json_option
def info(folder: Path, as_json: bool) -> None:
    """List the sandboxes of a folder, and who wrote it."""
    with _opened(folder) as found:
        about, size = found.about(), found.size()
        rows = []
        for name in found.names():
            log = found.read(name)
            if log is not None:
                length = len(log.checkpoint) + sum(map(len, log.entries))
                rows.append((name, log.position, len(log.entries), length))
    names = ("name", "position", "entries", "bytes")
    if as_json:
        shown = [dict(zip(names, row, strict=True)) for row in rows]
        say_json({"version": about.get("version"), "bytes": size, "sandboxes": shown})
        return
    say(f"{folder}: {size} bytes, {len(rows)} sandboxes, written by {about.get('version')}")
    if rows:
        say_table(names, rows)


@store.command()
@folder_argument
@click.argument("sandbox")
@path_option("--output", metavar="FILE", help="A file that ends in .yaml, .yml or .json.")
def export(folder: Path, sandbox: str, output: Path | None) -> None:
    """Write the records of a sandbox as a seed file; those of another version as well."""
    from mock_server.control.seed_files.files import dumped
    from mock_server.store.records import exported

    form: Literal["json", "yaml"] = "yaml"
    if output is not None:
        if output.suffix.lower() not in FORMATS:
            raise UsageError(f"--output: {output} must end in {', '.join(FORMATS)}")
        form = FORMATS[output.suffix.lower()]
    with _opened(folder) as found:
        document = exported(found, sandbox)
    text = dumped(document, form, ascii_only=output is None and not takes_unicode())
    write_output(text, output)
    if output is not None:
        say(f"{output}: the records of {sandbox}")


@store.command(name="import")
@folder_argument
@click.argument("sandbox")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def import_(folder: Path, sandbox: str, file: Path, as_json: bool) -> None:
    """Make a sandbox with the records of a seed file."""
    from mock_server.control.seed_files.reading import read_records_file
    from mock_server.discovery import load_vendors
    from mock_server.state.sandbox import SandboxName

    records = read_records_file(file, load_vendors())
    with _kept(folder, records.apis, create=True) as persistence:
        sandboxes = persistence.sandboxes
        try:
            made = sandboxes.create(SandboxName(sandbox, "typical"))
        except KeyError as problem:
            raise UsageError(
                f"{folder} has a sandbox {sandbox!r} already; choose another name"
            ) from problem
        made.go_to(records.put_into(made.state))
    show_done(f"{folder}: {sandbox} is there", as_json=as_json, sandbox=sandbox)


@store.command()
@folder_argument
@json_option
def compact(folder: Path, as_json: bool) -> None:
    """Let every log begin as late as it can, and give back room that nothing takes."""
    with _kept(folder) as persistence:
        before = persistence.store.size()
        for name in persistence.names():
            sandbox = persistence.sandboxes.find(name)
            if sandbox is not None:
                persistence.compact(name)
                persistence.sandboxes.forget(sandbox, "compacted")
        persistence.store.compact()
        after = persistence.store.size()
    show_done(f"{folder}: {before} bytes, now {after}", as_json=as_json, before=before, after=after)


@store.command()
@folder_argument
@json_option
def verify(folder: Path, as_json: bool) -> int:
    """Read all of a folder; ends with 1 if something in it cannot be read."""
    from mock_server.state.memory import Full
    from mock_server.store.states import UnreadableRecord

    with _kept(folder) as persistence:
        names = persistence.names()
        problems = _problems_of(persistence)
        for name in names:
            try:
                persistence.check(name)
            except (UnreadableRecord, Full) as problem:
                problems.append(str(problem))
    if as_json:
        say_json({"sandboxes": len(names), "problems": problems})
    else:
        for text in problems:
            say(text)
        say(f"{folder}: {len(names)} sandboxes, {len(problems)} problems")
    return PROBLEMS if problems else 0


def _problems_of(persistence: Persistence) -> list[str]:
    found: Any = persistence.store
    problems: list[str] = found.problems()
    return problems


def _require_folder(folder: Path) -> None:
    if folder.parts[:1] in {("postgresql:",), ("postgres:",)}:
        raise UsageError(
            "these commands are for folders; ask a server of the database instead: "
            "mock-server list, mock-server export"
        )


@contextmanager
def _opened(folder: Path) -> Iterator[SqliteStore]:
    from mock_server.store.sqlite import SqliteStore

    _require_folder(folder)
    found = SqliteStore(folder, create=False)
    try:
        yield found
    finally:
        found.close()


@contextmanager
def _kept(folder: Path, apis: Iterable[str] = (), *, create: bool = False) -> Iterator[Persistence]:
    """The sandboxes of a folder, without a server, for the APIs that it has and some more."""
    from mock_server.discovery import load_vendors
    from mock_server.journal.journal import Journal
    from mock_server.state.sandboxes import Sandboxes
    from mock_server.state.store import State
    from mock_server.store.opening import opened_for
    from mock_server.store.sqlite import SqliteStore

    _require_folder(folder)
    found = SqliteStore(folder, create=create)
    sandboxes = Sandboxes(lambda *_: State(), Journal, limit=1 << 30)
    try:
        names = {*json.loads(found.about().get("apis", "{}")), *apis}
        vendors = load_vendors(sorted(names)) if names else []
    except BaseException:
        found.close()
        raise
    persistence = opened_for(found, sandboxes, vendors)
    try:
        yield persistence
    finally:
        persistence.close()
