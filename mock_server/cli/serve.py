"""The command `serve`."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mock_server import __version__
from mock_server.command_line import Word, path_option, say
from mock_server.control.cli.options import TOKEN_VARIABLE, complete_api, instant
from mock_server.seeding.odd_values import parse_dimensions
from mock_server.settings import Settings
from mock_server.state.variation import Variation
from mock_server.usage import UsageError, needs_extra

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from mock_server.app import MockServer

_DEFAULT = Settings()
F = TypeVar("F", bound=Callable[..., Any])


def _messy(value: str | None) -> frozenset[str] | None:
    return None if value is None else parse_dimensions(value)


ca_option = path_option(
    "--ca",
    metavar="DIR",
    help="The folder of a certificate authority that is kept; made there on first use.",
)


class _FolderOrDatabase(click.Path):
    """A folder, or the URL of a database as it is."""

    def convert(self, value: Any, *context: Any) -> Any:
        """Return a path, or a text that begins as a URL does."""
        from mock_server.store.postgresql import is_url

        return value if is_url(value) else super().convert(value, *context)


_TOKEN = re.compile(r"[!-~]{8,}")


def _clock(value: str | datetime | None) -> datetime | None:
    return None if value in {None, "real"} else instant(str(value))


_SANDBOX_OPTIONS = (
    click.option(
        "--persona",
        help="The data set of sandboxes whose key does not choose one.  [default: typical, or the "
        "first of --persona-file]",
    ),
    path_option(
        "--persona-file",
        metavar="FILE",
        help="More personas, in the form of fixtures/personas.yaml.",
    ),
    click.option(
        "--seed",
        type=int,
        default=_DEFAULT.seed,
        show_default=True,
        help="The seed of every sandbox's data and identifiers.",
    ),
    click.option(
        "--messy",
        metavar="all|none|DIMENSION,…",
        help="Odd but valid values among the data, such as emoji,long-text; `mock-server messy "
        "--dimensions` lists them.  [default: as the persona says]",
    ),
    click.option(
        "--catalogue",
        type=Word(["own", "shared"]),
        help="`shared` gives all APIs the same goods, each in its vendor's form.  [default: as the "
        "persona says]",
    ),
    click.option(
        "--clock",
        type=_clock,
        default="real",
        metavar="real|INSTANT",
        show_default=True,
        help="Freeze every sandbox at an instant such as 2026-01-01T00:00:00Z.",
    ),
    click.option(
        "--rate-limits",
        default=_DEFAULT.rate_limited,
        metavar="on|off|NAME,…",
        show_default=True,
        help="Apply the vendors' rate limits in all sandboxes, in none, or in those named.",
    ),
    click.option(
        "--csrf",
        default=_DEFAULT.csrf,
        metavar="on|off|NAME,…",
        show_default=True,
        help="Ask the writes of a session for a CSRF token, where an API has sessions.",
    ),
    click.option(
        "--cors",
        metavar="*|ORIGIN,…",
        help="Let pages of these origins call the APIs, such as http://localhost:3000; `*` is all.",
    ),
    path_option("--seed-file", metavar="FILE", help="Records that replace the built-in data."),
    click.option(
        "--max-body",
        type=click.IntRange(1),
        default=_DEFAULT.max_body,
        show_default=True,
        help="The longest body, in bytes.",
    ),
    click.option(
        "--max-sandboxes",
        type=click.IntRange(1),
        default=_DEFAULT.max_sandboxes,
        show_default=True,
        help="How many sandboxes there can be; one more deletes the one that was idle longest, "
        "or is refused if all are in use.",
    ),
    click.option(
        "--max-memory",
        type=click.IntRange(16, 1 << 24),
        metavar="MIB",
        help="What all sandboxes may take, in MiB.  [default: a quarter of this machine's memory]",
    ),
    click.option(
        "--max-sandbox-memory",
        type=click.IntRange(1, 1 << 24),
        default=_DEFAULT.max_sandbox_memory >> 20,
        metavar="MIB",
        show_default=True,
        help="What one sandbox may take, in MiB.",
    ),
    click.option(
        "--sandbox-idle",
        type=click.IntRange(1),
        default=int(_DEFAULT.sandbox_idle),
        show_default=True,
        help="Seconds after which a sandbox that is not used is deleted.",
    ),
    click.option(
        "--read-timeout",
        type=click.FloatRange(0.1, 86_400),
        default=_DEFAULT.read_timeout,
        show_default=True,
        help="Seconds within which a request must have come in whole.",
    ),
)


def sandbox_options(command: F) -> F:
    """Add the options that say how sandboxes begin, and what callers may take up."""
    for option in reversed(_SANDBOX_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("api", nargs=-1, shell_complete=complete_api)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="The port to listen on; 0 chooses a free one.",
)
@sandbox_options
@click.option(
    "--credentials",
    type=Word(["test", "any"]),
    default="test",
    show_default=True,
    help="Which keys open a sandbox: those that begin with `test`, or any.",
)
@click.option(
    "--token",
    envvar=TOKEN_VARIABLE,
    show_envvar=True,
    help="The token that callers of the control API must send; required with a --host other than "
    "this machine.",
)
@click.option(
    "--data",
    type=_FolderOrDatabase(path_type=Path),
    metavar="DIR|URL",
    help="Keep all sandboxes in this folder, so that a restart goes on where the server ended, or "
    "in a PostgreSQL database (postgresql://…), which any number of servers share.",
)
@click.option(
    "--durability",
    type=Word(["process", "machine"]),
    default=_DEFAULT.durability,
    show_default=True,
    help="What an answered write survives with --data: the end of the process, or a power cut too.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Serve with so many processes, which share the folder of --data and are one server.",
)
@click.option("--tls", is_flag=True, help="Speak HTTPS, and answer at the vendors' own host names.")
@ca_option
@click.option(
    "--trust-proxy",
    is_flag=True,
    help="Take scheme and host from the Forwarded or X-Forwarded-… headers of a proxy in front, "
    "and answer at the vendors' own host names.",
)
@click.option(
    "--log",
    type=Word(["off", "line", "json"]),
    default="line",
    show_default=True,
    help="What to print on standard error for each request.",
)
@click.option(
    "-q", "--quiet", is_flag=True, help="Print the server's address alone; implies --log off."
)
def serve(
    api: tuple[str, ...],
    host: str,
    port: int,
    log: str,
    quiet: bool,
    tls: bool,
    ca: Path | None,
    trust_proxy: bool,
    **given: Any,
) -> None:
    """Serve all APIs, or those named.

    One API named alone is served at its native path.

    \b
    mock-server serve                  all, each below its name
    mock-server serve cliniko          one, at http://127.0.0.1:8080/v1
    mock-server serve --port 0 --persona empty --clock 2026-01-01T00:00:00Z
    mock-server serve --tls --port 443 for clients that a hosts file leads here
    """
    _check_together(given, tls=tls, ca=ca)
    if quiet:
        log = "off"
    workers: int | None = given["workers"]
    settings = settings_from(given)
    # Connexion takes most of a second to import; wrong use is reported before.
    import logging

    from mock_server.app import build_server
    from mock_server.check import check_if_changed
    from mock_server.control.api.auth import is_loopback
    from mock_server.discovery import load_vendors
    from mock_server.engine.collector import take_charge
    from mock_server.live import listen
    from mock_server.live import serve as serve_on

    if settings.token is None and not is_loopback(host):
        raise UsageError(
            f"beyond this machine ({host}) the control API needs a token: --token or "
            f"{TOKEN_VARIABLE}"
        )
    vendors = load_vendors(api)
    problems = [problem for vendor in vendors for problem in check_if_changed(vendor)]
    if problems:
        raise UsageError("\n".join(["the specs have problems:", *map(str, problems)]))
    server = build_server(settings=settings, vendors=vendors, at_native_path=len(vendors) == 1)
    if workers is not None:
        server.reserve_store()
    authority = None
    if tls:
        from mock_server.interception.certificates import CERTIFICATE, Authority, default_folder

        folder = ca or default_folder()
        authority = Authority.kept_in(folder)

    def logged(app: ASGIApp) -> ASGIApp:
        return app if log == "off" else with_log(app, server, as_json=log == "json")

    listener = listen(host, port)
    host, port = listener.getsockname()[:2]
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    scheme = "https" if tls else "http"
    name = f"[{host}]" if ":" in host else host
    with _ended_by_signals():
        origin = f"{scheme}://{name}:{port}"
        say(origin if quiet else _banner(server, origin))
        if authority is not None and not quiet:
            say(f"Certificate in {folder / CERTIFICATE}; see mock-server ca")
        sys.stdout.flush()

        def serve_here() -> None:
            take_charge()
            if authority is not None or trust_proxy:
                from mock_server.interception.gateway import serve_hosts

                serve_hosts(
                    server, listener, authority=authority, trust_proxy=trust_proxy, wrap=logged
                )
            else:
                serve_on(logged(server), listener, settings.read_timeout)

        if workers is None:
            serve_here()
            return
        from mock_server.cli.workers import serve_with

        def serve_in_fork() -> None:
            server.connect_store()
            serve_here()

        server.disconnect_store()
        serve_with(workers, serve_in_fork)


def _check_together(given: Mapping[str, Any], *, tls: bool, ca: Path | None) -> None:
    """Raise UsageError for options that do not go together, or that need what is not there."""
    if ca is not None and not tls:
        raise UsageError("--ca goes with --tls")
    if given["data"] is None and given["durability"] != _DEFAULT.durability:
        raise UsageError("--durability goes with --data")
    if isinstance(given["data"], str) and given["durability"] != _DEFAULT.durability:
        raise UsageError(
            "--durability goes with a folder; what a commit survives in a database is set there "
            "(synchronous_commit)"
        )
    if given["workers"] is not None:
        from mock_server.store.shared_sqlite import require_forks

        require_forks()
        if tls:
            raise UsageError("--workers cannot go with --tls; put a proxy in front (--trust-proxy)")
    if tls:
        needs_extra("run", "trustme", "--tls")


def with_log(app: ASGIApp, server: MockServer, *, as_json: bool = False) -> ASGIApp:
    """Return an application that prints a line on standard error for each request.

    `server` is what `app` leads to.
    """
    from mock_server.cli.request_log import RequestLog

    return RequestLog(app, server, _print_line, as_json=as_json)


def settings_from(given: dict[str, Any]) -> Settings:
    """Return the settings that options ask for; raises UsageError."""
    token = given.get("token") or None
    if token is not None and not _TOKEN.fullmatch(token):
        raise UsageError("the token must be at least 8 characters of visible ASCII")
    seed_file: Path | None = given["seed_file"]
    return Settings(
        token=token,
        seed_file=seed_file,
        persona=given["persona"] or first_persona(given["persona_file"]),
        persona_file=given["persona_file"],
        seed=given["seed"],
        accept_any_credential=given.get("credentials") == "any",
        variation=Variation(messy=_messy(given["messy"]), catalogue=given["catalogue"]),
        clock=given["clock"],
        rate_limited=given["rate_limits"],
        csrf=given["csrf"],
        cors=given["cors"],
        max_body=given["max_body"],
        max_sandboxes=given["max_sandboxes"],
        sandbox_idle=given["sandbox_idle"],
        max_memory=given["max_memory"] << 20 if given["max_memory"] else _DEFAULT.max_memory,
        max_sandbox_memory=given["max_sandbox_memory"] << 20,
        read_timeout=given["read_timeout"],
        data=given.get("data"),
        durability=given.get("durability", _DEFAULT.durability),
        workers=given.get("workers"),
    )


def first_persona(path: Path | None) -> str:
    """The default persona: the first one of the user's own file."""
    if path is None:
        return _DEFAULT.persona
    from mock_server.control.persona_files import load_personas

    return next(iter(load_personas(path)))


def _print_line(text: str) -> None:
    # Whoever read the lines may be gone, or their disk full; that is no reason to answer nothing.
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM be the ordinary ends of a server, from its first line on.

    Uvicorn handles both itself while it serves, and raises the signal again when it has shut down;
    the handlers that it finds then are these.
    """
    from mock_server.live import ENDING, hold_signals

    # An exception that a handler raises anywhere may be lost; it waits until uvicorn handles it.
    hold_signals(signal.SIG_BLOCK)
    before = {each: signal.signal(each, _end) for each in ENDING}
    try:
        yield
    except SystemExit:
        return
    finally:
        hold_signals(signal.SIG_UNBLOCK)
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal calls it
    # The one exception besides KeyboardInterrupt that no event loop keeps to itself.
    raise SystemExit(0)


def _banner(server: MockServer, origin: str) -> str:
    from mock_server.console.pages import PREFIX, first_call_line

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
    in_all, of_one = settings.max_memory >> 20, settings.max_sandbox_memory >> 20
    lines += ["", f"Memory at most {in_all} MiB, {of_one} MiB for a sandbox (--max-memory)"]
    if settings.workers is not None:
        lines.append(f"{settings.workers} processes (--workers)")
    if server.persistence is not None:
        kept = len(server.sandboxes.names())
        where = server.persistence.store.where
        lines.append(f"Sandboxes kept in {where}, {kept} so far (--data)")
    control = f"{origin}{PREFIX}/docs"
    return "\n".join([*lines, f"Control {'with the token ' * bool(settings.token)}at {control}"])
