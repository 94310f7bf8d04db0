"""How control shows sandboxes, clocks and changes as JSON."""

from __future__ import annotations

from typing import Any

from mock_server.control.seed_files.record_forms import written
from mock_server.faults.rules import rules_of
from mock_server.journal import views as evidence
from mock_server.journal.redaction import redacted
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change


def sandbox_view(sandbox: Sandbox) -> dict[str, Any]:
    """A sandbox at a glance."""
    return {
        "name": sandbox.name,
        "persona": sandbox.persona,
        "seed": sandbox.seed,
        "revision": sandbox.state.revision,
        "clock": clock_view(sandbox.clock),
        "apis": sorted(sandbox.state.seeded),
        "snapshots": list(sandbox.snapshots),
        "exchanges": sandbox.journal.last,
        "faults": len(rules_of(sandbox)),
        "rate_limits": sandbox.rate_limited,
        "csrf": sandbox.csrf,
        "defects": len(sandbox.defects),
        "records": sum(map(len, sandbox.state.collections.values())),
        "last_call": _last_call(sandbox),
    }


def _last_call(sandbox: Sandbox) -> dict[str, Any] | None:
    if not len(sandbox.journal):
        return None
    call = evidence.exchange_summary(sandbox.journal.get(sandbox.journal.last))
    return {name: call[name] for name in ("number", "at", "api", "operation", "method", "status")}


def clock_view(clock: Clock) -> dict[str, Any]:
    """The time that a clock shows, and how it comes to it."""
    mode = "frozen" if clock.frozen else "shifted" if clock.offset else "real"
    return {
        "mode": mode,
        "now": written(clock.now()),
        "offset_seconds": clock.offset.total_seconds() if mode == "shifted" else 0,
    }


def change_view(change: Change) -> dict[str, Any]:
    """A change of one record, in the form of seed files; API and table are fields of their own."""
    api, _, table = change.table.partition(".")
    shown = evidence.change_view(change, lambda record: redacted(written(record)))
    return {**shown, "api": api, "table": table}
