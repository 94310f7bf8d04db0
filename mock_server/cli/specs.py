"""The commands about the specs: list the APIs, and check them."""

from __future__ import annotations

import sys

import click

from mock_server.command_line import OK, say, say_json, say_table
from mock_server.control.cli.options import complete_api, json_option

PROBLEMS = 1


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
@click.argument("api", nargs=-1, shell_complete=complete_api)
def check(api: tuple[str, ...]) -> int:
    """Check specs, examples, handlers and provenance marks.

    Checks the named APIs (and `control`), or all of them. Ends with 1 if there are problems.
    """
    from mock_server.check import check as problems_of
    from mock_server.check import shown
    from mock_server.control.api.vendor import NAME as CONTROL
    from mock_server.control.api.vendor import control_vendor, empty_context
    from mock_server.discovery import api_names, load_vendors

    names = api or (*api_names(), CONTROL)
    vendors = load_vendors(others) if (others := [n for n in names if n != CONTROL]) else []
    if CONTROL in names:
        vendors.append(control_vendor(empty_context()))
    problems = [problem for vendor in vendors for problem in problems_of(vendor)]
    if problems:
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        sys.stderr.write(f"mock-server: {len(problems)} problems in the specs\n")
        return PROBLEMS
    for vendor in vendors:
        count = len(vendor.spec.operations)
        say(f"{shown(vendor.spec_path)}: {count} operations, no problems")
    return OK
