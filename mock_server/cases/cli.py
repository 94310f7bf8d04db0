"""The command that writes test cases."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.command_line import Word, path_option
from mock_server.control.cli.options import complete_api
from mock_server.usage import UsageError, needs_extra, suggestion

if TYPE_CHECKING:
    from mock_server.cases.formats.sent import Target
    from mock_server.cases.generate import Generator
    from mock_server.cases.model import Case
    from mock_server.discovery import Vendor

_FORMATS = (
    "json", "ndjson", "csv", "http", "curl", "pytest", "postman", "postman-environment",
    "bruno", "junit",
)  # fmt: skip
_KINDS = ("valid", "boundary", "invalid")


@click.command()
@click.argument("api", shell_complete=complete_api)
@click.argument("operations", nargs=-1)
@click.option("--kind", type=Word(_KINDS), help="Only the cases of one kind.")
@click.option(
    "--format",
    "form",
    type=Word(_FORMATS),
    default="ndjson",
    show_default=True,
    help="The form of what is written.",
)
@click.option("--pairwise", is_flag=True, help="Also combine the valid values of a body in pairs.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, other records.")
@click.option("--base-url", help="Where the API is served.  [default: the local server's]")
@path_option("--output", metavar="PATH", help="A file, or for bruno a new folder.")
def cases(
    api: str,
    operations: tuple[str, ...],
    kind: str | None,
    form: str,
    pairwise: bool,
    seed: int,
    base_url: str | None,
    output: Path | None,
) -> None:
    """Write test cases: requests to an API, each with the answer to expect.

    For each operation, or those that are named: valid extremes, values at the bounds, below and
    above, and invalid requests. Each case has been sent to two mocks in this process, so what it
    expects is true. The same seed gives the same cases.

    \b
    mock-server cases cliniko --format postman --output cliniko.json
    mock-server cases skhokho createProduct --kind invalid --format curl --output cases.sh
    """
    from mock_server.cases.formats.sent import Target
    from mock_server.cases.generate import Generator
    from mock_server.discovery import load_vendor

    vendor = load_vendor(api)
    for each in operations:
        if each not in vendor.spec.operations:
            known = list(vendor.spec.operations)
            raise UsageError(f"{api} has no operation {each!r}; {suggestion(each, known)}")
    if pairwise:
        needs_extra("cases", "allpairspy", "--pairwise")
    _check_output(form, output)
    generator = Generator(vendor, seed)
    found = _found(generator, vendor, operations, pairwise=pairwise)
    found = [case for case in found if kind in {None, case.kind}]
    url = (base_url or _local(vendor)).rstrip("/")
    target = Target(api, url, vendor.spec.security_schemes, seed)
    _write(form, found, generator.unstable, target, output)
    for line in _summary(generator, found, output):
        click.echo(line, err=True)


def _found(
    generator: Generator, vendor: Vendor, operations: Sequence[str], *, pairwise: bool
) -> list[Case]:
    chosen = operations or list(vendor.spec.operations)
    if not sys.stderr.isatty():
        return list(generator.cases(chosen, pairwise=pairwise))
    found: list[Case] = []
    with click.progressbar(chosen, label=vendor.api.name, file=sys.stderr) as bar:
        for each in bar:
            found += generator.cases([each], pairwise=pairwise)
    return found


def _local(vendor: Vendor) -> str:
    """The URL of an API at a server that was started without options."""
    from mock_server.app import build_server

    server = build_server(vendors=[vendor])
    return f"http://127.0.0.1:8080{server.base_path(vendor.api.name)}"


def _write(
    form: str,
    found: Sequence[Case],
    left_out: Sequence[Case],
    target: Target,
    output: Path | None,
) -> None:
    from mock_server.cases.formats.bruno import as_bruno
    from mock_server.cases.formats.files import file_of
    from mock_server.output_file import write_whole

    if form == "bruno":
        if output is not None:
            _write_folder(output, as_bruno(found, target))
        return
    content = file_of(form, found, target, left_out)
    if output is not None:
        write_whole(output, content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _check_output(form: str, output: Path | None) -> None:
    """Raise UsageError where the cases could not be written, before they are made."""
    if form == "bruno":
        if output is None:
            raise UsageError("a Bruno collection is a folder; name a new one with --output")
        if output.exists():
            raise UsageError(f"{output} is there already; name a new folder with --output")
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(f"{output.parent} is no folder")


def _write_folder(output: Path, files: Mapping[str, str]) -> None:
    """Write a folder that is there whole or not at all."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix=f".{output.name}.", dir=output.absolute().parent) as name:
        folder = Path(name, output.name)
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        folder.replace(output)


def _summary(generator: Generator, found: Sequence[Case], output: Path | None) -> list[str]:
    operations = len({case.operation for case in found})
    where = "" if output is None else f"{output}: "
    lines = [f"{where}{len(found)} cases of {operations} operations"]
    if generator.unstable:
        count = len(generator.unstable)
        lines.append(f"left out, as their status depends on the records: {count}")
    lines += [
        f"{operation}: no request is known that succeeds ({why})"
        for operation, why in generator.missing.items()
    ]
    return lines
