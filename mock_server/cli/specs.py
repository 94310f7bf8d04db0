"""The commands about the specs: list the APIs, and check them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mock_server.command_line import OK, say, say_json, say_table
from mock_server.control.cli.options import complete_api, json_option
from mock_server.usage import UsageError, needs_extra

PROBLEMS = 1
_SUFFIXES = {".yaml", ".yml", ".json"}


@click.command()
@click.option("--table", is_flag=True, help="A Markdown table of what each spec covers.")
@json_option
def apis(table: bool, as_json: bool) -> None:
    """List the APIs."""
    from mock_server.discovery import load_vendors
    from mock_server.openapi.provenance import coverage_table

    vendors = load_vendors()
    rows = [
        (each.api.name, each.spec.title, len(each.spec.operations), each.spec.base_path or "/")
        for each in vendors
    ]
    if as_json:
        names = ("name", "title", "operations", "base_path")
        say_json([dict(zip(names, row, strict=True)) for row in rows])
    elif table:
        say(coverage_table(vendor.spec for vendor in vendors))
    else:
        say_table(["name", "title", "operations", "base path"], rows)


@click.command()
@click.argument("what", nargs=-1, shell_complete=complete_api, metavar="[API|FILE]...")
@json_option
def check(what: tuple[str, ...], as_json: bool) -> int:
    """Check OpenAPI documents: the APIs of this server, or files.

    Of an API (all of them and `control`, if nothing is named) also its handlers and provenance
    marks. Ends with 1 if there are problems.

    \b
    mock-server check cliniko
    mock-server check openapi.yaml
    """
    needs_extra("check", "openapi_spec_validator", "check")
    from mock_server.check import check as problems_of
    from mock_server.check import check_file, shown
    from mock_server.control.api.spec import NAME as CONTROL
    from mock_server.control.api.vendor import control_vendor, empty_context
    from mock_server.discovery import api_names, load_vendor

    known = [*api_names(), CONTROL]
    problems, passed = [], []
    for name in what or known:
        path = Path(name)
        if name not in known and (path.suffix in _SUFFIXES or path.is_file()):
            if not path.is_file():
                raise UsageError(f"{name}: there is no such file")
            found, line = check_file(path), f"{name}: no problems"
        else:
            vendor = control_vendor(empty_context()) if name == CONTROL else load_vendor(name)
            count = len(vendor.spec.operations)
            line = f"{shown(vendor.spec_path)}: {count} operations, no problems"
            found = problems_of(vendor)
        problems += found
        if not found:
            passed.append(line)
    if as_json:
        say_json([each.view() for each in problems])
        return PROBLEMS if problems else OK
    for line in passed:
        say(line)
    if problems:
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        sys.stderr.write(f"mock-server: problems found: {len(problems)}\n")
        return PROBLEMS
    return OK
