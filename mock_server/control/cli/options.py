"""The options that commands have in common, and the types of their values."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

URL_VARIABLE = "MOCK_SERVER_URL"
TOKEN_VARIABLE = "MOCK_SERVER_TOKEN"  # noqa: S105 - the name of a variable
DEFAULT_URL = "http://127.0.0.1:8080"
_DURATION = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)(s|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


def instant(value: str | datetime) -> datetime:
    """Return an instant of ISO 8601, in UTC if it has no offset; raises click.BadParameter."""
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError as problem:
        text = f"{value!r} is not an instant such as 2026-01-31T12:00:00Z"
        raise click.BadParameter(text) from problem
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def duration(value: str) -> timedelta:
    """Return a time such as `90`, `90s`, `15m`, `2h` or `-1d`; raises click.BadParameter."""
    match = _DURATION.fullmatch(value)
    if match is None:
        raise click.BadParameter(f"{value!r} is not a time such as 90s, 15m, 2h or 1d")
    try:
        return timedelta(seconds=float(match[1]) * _SECONDS[match[2] or "s"])
    except OverflowError as problem:
        raise click.BadParameter(f"{value!r} is too long") from problem


def complete_api(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    parameter: click.Parameter,  # noqa: ARG001
    begun: str,
) -> list[str]:
    """Return the names of APIs that begin so."""
    from mock_server.discovery import api_names

    return [name for name in api_names() if name.startswith(begun)]


def complete_sandbox(
    ctx: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's signature
    begun: str,
) -> list[str]:
    """Return the open sandboxes whose names begin so, none if the server does not answer."""
    from mock_server.control.client import Control, ControlError

    url = ctx.params.get("url") or DEFAULT_URL
    with suppress(ControlError), Control(url, ctx.params.get("token")) as control:
        return [view.name for view in control.sandboxes() if view.name.startswith(begun)]
    return []


sandbox_argument = click.argument("sandbox", shell_complete=complete_sandbox)


def control_command(act: F) -> F:
    """Give a command `control`, a client of the server that its options --url and --token name.

    It also gets `as_json`, whether its answer is to be JSON. With -q nothing is printed on standard
    output, with -v each call to the server on standard error.
    """

    @click.option(
        "--url",
        envvar=URL_VARIABLE,
        show_envvar=True,
        default=DEFAULT_URL,
        show_default=True,
        help="The server.",
    )
    @click.option(
        "--token", envvar=TOKEN_VARIABLE, show_envvar=True, help="The server's control token."
    )
    @json_option
    @click.option("-v", "--verbose", is_flag=True, help="Show each call to the server.")
    @click.option("-q", "--quiet", is_flag=True, help="Print no result; the exit code has it.")
    @functools.wraps(act)
    def command(
        *arguments: Any, url: str, token: str | None, verbose: bool, quiet: bool, **options: Any
    ) -> Any:
        from mock_server.control.client import Control

        if quiet and options["as_json"]:
            raise click.UsageError("--quiet excludes --json; give one of them")
        with (
            _calls_shown() if verbose else nullcontext(),
            _no_output() if quiet else nullcontext(),
            Control(url, token or None) as control,
        ):
            return act(*arguments, control=control, **options)

    return command  # type: ignore[return-value]  # click calls it with the options as keywords


@contextmanager
def _calls_shown() -> Iterator[None]:
    """Print a line on standard error for each call that is answered."""
    import logging

    from mock_server.control.client.session import LOG

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    level = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(level)


@contextmanager
def _no_output() -> Iterator[None]:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield
