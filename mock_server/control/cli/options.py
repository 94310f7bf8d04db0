"""The options that commands have in common, and the types of their values."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

URL_VARIABLE = "MOCK_SERVER_URL"
TOKEN_VARIABLE = "MOCK_SERVER_TOKEN"  # noqa: S105 - the name of a variable
DEFAULT_URL = "http://127.0.0.1:8080"
_DURATION = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)(s|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


class Instant(click.ParamType[datetime]):
    """An instant in ISO 8601, in UTC if it has no offset."""

    name = "instant"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an instant such as 2026-01-31T12:00:00Z", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class Duration(click.ParamType[timedelta]):
    """A time such as `90`, `90s`, `15m`, `2h` or `-1d`."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the time."""
        if isinstance(value, timedelta):
            return value
        match = _DURATION.fullmatch(value)
        if match is None:
            self.fail(f"{value!r} is not a time such as 90s, 15m, 2h or 1d", param, ctx)
        try:
            return timedelta(seconds=float(match[1]) * _SECONDS[match[2] or "s"])
        except OverflowError:
            self.fail(f"{value!r} is too long", param, ctx)


class ApiName(click.ParamType[str]):
    """The name of an API, or one of some more words; whether there is one, its user finds out."""

    name = "api"

    def __init__(self, *more: str) -> None:
        self._more = more

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the names that begin so."""
        from mock_server.discovery import api_names

        names = [*api_names(), *self._more]
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class SandboxName(click.ParamType[str]):
    """The name of a sandbox; completed with those that are open on the server."""

    name = "sandbox"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the names of open sandboxes that begin so, none if the server does not answer."""
        from mock_server.control.client import Control, ControlError

        url = ctx.params.get("url") or DEFAULT_URL
        with suppress(ControlError), Control(url, ctx.params.get("token")) as control:
            names = [view.name for view in control.sandboxes()]
            return [CompletionItem(name) for name in names if name.startswith(incomplete)]
        return []


sandbox_argument = click.argument("sandbox", type=SandboxName())


def control_command(act: F) -> F:
    """Give a command `control`, a client of the server that its options --url and --token name.

    It also gets `as_json`, whether its answer is to be JSON.
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
    @functools.wraps(act)
    def command(*arguments: Any, url: str, token: str | None, **options: Any) -> Any:
        from mock_server.control.client import Control

        with Control(url, token or None) as control:
            return act(*arguments, control=control, **options)

    return command  # type: ignore[return-value]  # click calls it with the options as keywords
