"""The command `check-answer`: hold one recorded answer to the spec."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from contract_tests.cli.options import WrongUse
from contract_tests.exchange.conformance import problems
from mock_server.discovery import load_vendor

_FOUND = 1


def add_check_answer(commands: Any) -> None:
    """Add the command to the subparsers of another one."""
    parser = commands.add_parser(
        "check-answer",
        help="hold one answer to the spec",
        description="Print how an answer breaks the spec, a line each; ends with 1 if it does.",
    )
    parser.set_defaults(command=_check_answer)
    parser.add_argument("api")
    parser.add_argument("operation", metavar="OPERATION_ID")
    parser.add_argument("--status", type=int, required=True)
    parser.add_argument(
        "--headers", type=Path, required=True, metavar="FILE", help="as `curl --dump-header` has it"
    )
    parser.add_argument("--body", type=Path, required=True, metavar="FILE")


def _check_answer(given: argparse.Namespace) -> int:
    spec = load_vendor(given.api).spec
    if given.operation not in spec.operations:
        raise WrongUse(
            f"{given.api} has no operation {given.operation!r}; there are "
            f"{', '.join(spec.operations)}"
        )
    headers, content = _headers(_bytes(given.headers).decode("latin-1")), _bytes(given.body)
    found = problems(spec, given.operation, given.status, headers, content)
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    return _FOUND if found else 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise WrongUse(f"{path}: {problem.strerror}") from problem


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
