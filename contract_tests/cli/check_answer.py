"""The command `check-answer`: hold one recorded answer to the spec."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from contract_tests.cli.options import json_option
from contract_tests.exchange.conformance import problems
from mock_server.command_line import path_option, say_json
from mock_server.control.cli.options import complete_api
from mock_server.discovery import load_vendor
from mock_server.usage import UsageError, suggestion

_FOUND = 1


@click.command("check-answer")
@click.argument("api", shell_complete=complete_api)
@click.argument("operation", metavar="OPERATION_ID")
@click.option("--status", type=click.IntRange(100, 599), required=True, help="The answer's status.")
@path_option(
    "--headers",
    required=True,
    metavar="FILE",
    help="The answer's headers, as `curl --dump-header` writes them.",
)
@path_option("--body", required=True, metavar="FILE", help="The answer's body, as it came.")
@json_option
def check_answer(
    api: str, operation: str, status: int, headers: Path, body: Path, as_json: bool
) -> int:
    """Check one answer against the spec.

    Prints how the answer breaks the spec, a line each; ends with 1 if it does.
    """
    spec = load_vendor(api).spec
    if operation not in spec.operations:
        raise UsageError(
            f"{api} has no operation {operation!r}; {suggestion(operation, spec.operations)}"
        )
    given, content = _headers(_bytes(headers).decode("latin-1")), _bytes(body)
    found = problems(spec, operation, status, given, content)
    if as_json:
        say_json(found)
    else:
        sys.stdout.write("".join(f"{problem}\n" for problem in found))
    return _FOUND if found else 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from problem


def _headers(text: str) -> dict[str, str]:
    """The headers of the last answer in a dump; earlier ones are interim answers."""
    last = text.replace("\r\n", "\n").strip("\n").split("\n\n")[-1]
    found: dict[str, str] = {}
    for line in last.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith("HTTP/"):
            key = name.strip().lower()
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    return found
