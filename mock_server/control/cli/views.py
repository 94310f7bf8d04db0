"""How commands show what the client returns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from mock_server.command_line import say, say_json, say_table
from mock_server.control.client.results import (
    ClockView,
    Comparison,
    Difference,
    RateLimitsView,
    SandboxView,
)


def plain(value: Any) -> Any:
    """Return what the client returned as JSON: instants in ISO 8601, times in seconds."""
    return json.loads(json.dumps(asdict(value), default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(type(value).__name__)


def show_sandboxes(views: Iterable[SandboxView], *, as_json: bool) -> None:
    """Print sandboxes as a table."""
    if as_json:
        say_json([plain(view) for view in views])
        return
    rows = [
        (
            view.name,
            view.persona,
            view.seed,
            view.revision,
            _shown_clock(view.clock),
            view.exchanges,
            "; ".join(_special(view)),
        )
        for view in views
    ]
    if rows:
        say_table(["name", "persona", "seed", "revision", "clock", "exchanges", "notes"], rows)


def show_comparison(found: Comparison, *, as_json: bool) -> None:
    """Print where APIs differ as a table, with a line that counts at its end."""
    if as_json:
        say_json({**plain(found), "same": found.same})
        return
    rows = [
        (each.code, each.part, *(_cell(each.values[api]) for api in found.apis))
        for each in found.differences
    ]
    if rows:
        say_table(["code", "part", *found.apis], rows)
    for api, number in found.without_code.items():
        if number:
            say(f"{api}: {number} without a code")
    say(f"{found.goods} goods, {len(found.differences)} differences")


def _cell(value: str | int | None) -> str:
    return "-" if value is None else str(value)


def show_sandbox(view: SandboxView, *, as_json: bool) -> None:
    """Print one sandbox in a line."""
    if as_json:
        say_json(plain(view))
        return
    facts = [
        f"persona {view.persona}",
        f"seed {view.seed}",
        f"revision {view.revision}",
        f"clock {_shown_clock(view.clock)}",
        f"exchanges {view.exchanges}",
        *_special(view),
    ]
    say(f"{view.name}: {'; '.join(facts)}")


def _shown_clock(clock: ClockView) -> str:
    return f"{clock.mode} {clock.now.isoformat(timespec='seconds')}"


def _special(view: SandboxView) -> Iterator[str]:
    if view.faults:
        yield f"faults {view.faults}"
    if view.rate_limits:
        yield "rate limits on"
    if view.csrf:
        yield "CSRF tokens on"
    if view.snapshots:
        yield f"snapshots {', '.join(view.snapshots)}"
    if view.defects:
        yield f"{view.defects} answers blocked"


def show_clock(view: ClockView, *, as_json: bool) -> None:
    """Print what a clock shows."""
    if as_json:
        say_json(plain(view))
    else:
        say(f"{view.mode} {view.now.isoformat()}")


def show_limits(view: RateLimitsView, *, as_json: bool) -> None:
    """Print whether rate limits are on."""
    if as_json:
        say_json(plain(view))
    else:
        size = "" if view.requests is None else f", {view.requests} requests"
        say(f"{'on' if view.enabled else 'off'}{size}")


def show_difference(found: Difference, *, as_json: bool) -> None:
    """Print changes, a line each, and the fields of an updated record below it."""
    if as_json:
        say_json(plain(found))
        return
    for change in found.changes:
        say(f"{change.change} {change.api}.{change.table} {change.key}")
        for name, (before, after) in (change.fields or {}).items():
            say(f"  {name}: {json.dumps(before)} -> {json.dumps(after)}")
    left = found.total - len(found.changes)
    if left:
        say(f"and {left} more")


def show_done(text: str, *, as_json: bool, **facts: Any) -> None:
    """Print what was done: a sentence, or as JSON the facts of it."""
    if as_json:
        say_json(facts)
    else:
        say(text)
