"""The `mock-server` command."""

from __future__ import annotations

import argparse
import gc
import logging
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from mock_server import __version__
from mock_server.app import MockServer, build_server
from mock_server.arguments import WRONG_USE, Parser
from mock_server.check import check, check_if_changed, shown
from mock_server.console.pages import PREFIX, first_call_line
from mock_server.control.api.auth import is_loopback
from mock_server.control.api.vendor import NAME as CONTROL
from mock_server.control.api.vendor import control_vendor, empty_context
from mock_server.control.cli.commands import TOKEN_VARIABLE, add_commands, token_of
from mock_server.control.cli.journal import add_evidence_commands
from mock_server.control.client.session import ControlError
from mock_server.control.seed_files.reading import SeedFileError
from mock_server.discovery import UnknownApi, Vendor, api_names, load_vendors
from mock_server.live import PortUnavailable, listen, serve
from mock_server.openapi.document import SpecError
from mock_server.openapi.provenance import coverage_table
from mock_server.seeding.personas import PersonaError
from mock_server.settings import Settings

OK, PROBLEMS = 0, 1
_TOKEN = re.compile(r"[!-~]{8,}")


class _Refused(Exception):
    """The command cannot be carried out; the message has every reason, one a line."""


_WRONG = (
    UnknownApi,
    SpecError,
    PersonaError,
    PortUnavailable,
    SeedFileError,
    ControlError,
    _Refused,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 1 if `check` found problems, or 2 for wrong use."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (
        UnknownApi,
        SpecError,
        PersonaError,
        PortUnavailable,
        _Refused,
        SeedFileError,
        ControlError,
    ) as problem:
        print(f"mock-server: {problem}", file=sys.stderr)
        return WRONG_USE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="mock-server", description="Stateful mocks of four vendors' inventory APIs."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serve(commands.add_parser("serve", help="serve all APIs, or those named"))
    apis = commands.add_parser("apis", help="list the APIs")
    apis.add_argument(
        "--table", action="store_true", help="as a Markdown table of what each spec covers"
    )
    apis.set_defaults(run=_apis)
    checks = commands.add_parser("check", help="check specs, examples, handlers and marks")
    checks.add_argument("api", nargs="*", help="which APIs; all if none is named")
    checks.set_defaults(run=_check)
    add_commands(commands)
    add_evidence_commands(commands)
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    default = Settings()
    parser.set_defaults(run=_serve)
    add = parser.add_argument
    add("api", nargs="*", help="which APIs; one named alone is served at its native path")
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=8080, help="0 chooses a free one (default: %(default)s)")
    add("--persona", default=default.persona, help="of sandboxes whose credential names none")
    add("--seed", type=int, default=default.seed, help="of every sandbox (default: %(default)s)")
    add(
        "--credentials",
        choices=["test", "any"],
        default="test",
        help="which words open a sandbox: those that begin with `test`, or any",
    )
    add(
        "--clock",
        type=_clock,
        default="real",
        metavar="real|INSTANT",
        help="freeze every sandbox at an instant such as 2026-01-01T00:00:00Z",
    )
    add(
        "--rate-limits",
        default=default.rate_limited,
        metavar="on|off|NAME,…",
        help="apply the vendors' rate limits in all sandboxes, in none, or in those named",
    )
    add("--seed-file", type=Path, help="records to start with, in place of the default persona's")
    add("--token", help=f"control wants it; needed beyond loopback, better in {TOKEN_VARIABLE}")
    add("--max-body", type=_positive, default=default.max_body, help="bytes (default: %(default)s)")
    add("--max-sandboxes", type=_positive, default=default.max_sandboxes)
    add("--sandbox-idle", type=_positive, default=int(default.sandbox_idle), help="seconds")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def _clock(text: str) -> datetime | None:
    if text == "real":
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither `real` nor an instant such as 2026-01-01T00:00:00Z"
        ) from problem
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _serve(options: argparse.Namespace) -> int:
    vendors = load_vendors(options.api)
    problems = [problem for vendor in vendors for problem in check_if_changed(vendor)]
    if problems:
        raise _Refused("\n".join(["the specs have problems:", *map(str, problems)]))
    token = token_of(options)
    if token is not None and not _TOKEN.fullmatch(token):
        raise _Refused("the token must be at least 8 characters of visible ASCII")
    if token is None and not is_loopback(options.host):
        raise _Refused(
            f"beyond this machine ({options.host}) control needs a token: --token or "
            f"{TOKEN_VARIABLE}"
        )
    settings = Settings(
        token=token,
        seed_file=options.seed_file,
        persona=options.persona,
        seed=options.seed,
        accept_any_credential=options.credentials == "any",
        clock=options.clock,
        rate_limited=options.rate_limits,
        max_body=options.max_body,
        max_sandboxes=options.max_sandboxes,
        sandbox_idle=options.sandbox_idle,
    )
    server = build_server(settings=settings, vendors=vendors, at_native_path=len(vendors) == 1)
    listener = listen(options.host, options.port)
    # From here on calls wait until they are answered, so that the lines printed below are true.
    listener.listen(128)
    host, port = listener.getsockname()[:2]
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    print(_banner(server, f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"))
    sys.stdout.flush()
    # What start-up made stays for good; the collector need not look at it again.
    gc.freeze()
    serve(server, listener)
    return OK


def _banner(server: MockServer, origin: str) -> str:
    settings = server.settings
    start = f"persona {settings.persona}, seed {settings.seed}"
    lines = [f"inventory-mock-server {__version__} on {origin} ({start}); stop with Ctrl-C"]
    for vendor in server.vendors:
        base_url = origin + server.base_path(vendor.api.name)
        lines += [
            "",
            vendor.spec.title,
            f"  base URL  {base_url}",
            f"  docs      {origin}{server.mounts[vendor.api.name]}/docs",
            f"  try       {first_call_line(vendor, base_url)}",
        ]
    control = f"{origin}{PREFIX}/docs"
    return "\n".join(
        [*lines, "", f"Control {'with the token ' * bool(settings.token)}at {control}"]
    )


def _apis(options: argparse.Namespace) -> int:
    vendors = load_vendors()
    if options.table:
        print(coverage_table(vendor.spec for vendor in vendors))
        return OK
    width = max(len(vendor.api.name) for vendor in vendors)
    for vendor in vendors:
        count = len(vendor.spec.operations)
        native = vendor.spec.base_path or "/"
        print(f"{vendor.api.name:{width}}  {vendor.spec.title}: {count} operations below {native}")
    return OK


def _check(options: argparse.Namespace) -> int:
    names = options.api or [*api_names(), CONTROL]
    vendors = (
        load_vendors([name for name in names if name != CONTROL]) if names != [CONTROL] else []
    )
    if CONTROL in names:
        vendors.append(control_vendor(empty_context()))
    problems = [problem for vendor in vendors for problem in check(vendor)]
    if problems:
        print("\n".join(map(str, problems)), file=sys.stderr)
        print(f"mock-server: {len(problems)} problems in the specs", file=sys.stderr)
        return PROBLEMS
    for vendor in vendors:
        print(_verdict(vendor))
    return OK


def _verdict(vendor: Vendor) -> str:
    return f"{shown(vendor.spec_path)}: {len(vendor.spec.operations)} operations, no problems"
