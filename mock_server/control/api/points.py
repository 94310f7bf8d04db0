"""Points in the life of a sandbox: `seed`, `now`, `snapshot:NAME`, `before:N`, `after:N`."""

from __future__ import annotations

from mock_server.control.context import NoSuchName
from mock_server.engine.errors import Conflict, RecordNotFound
from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import EvidenceDropped
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State
from mock_server.usage import suggestion


def state_at(sandbox: Sandbox, point: str) -> State:
    """Return the state at a point.

    Raises NoSuchName or RecordNotFound for what there is not, Conflict for what the journal no
    longer holds.
    """
    kind, _, name = point.partition(":")
    if kind == "seed":
        return State()
    if kind == "now":
        return sandbox.state
    if kind == "snapshot":
        return snapshot_of(sandbox, name)
    exchange = exchange_of(sandbox, int(name))
    return exchange.before if kind == "before" else exchange.after


def snapshot_of(sandbox: Sandbox, name: str) -> State:
    """Return a snapshot; raises NoSuchName."""
    try:
        return sandbox.snapshots[name]
    except KeyError as problem:
        known = suggestion(name, sandbox.snapshots)
        raise NoSuchName(f"there is no snapshot {name!r}; {known}") from problem


def exchange_of(sandbox: Sandbox, number: int) -> Exchange:
    """Return an exchange of the journal; raises RecordNotFound, and Conflict if it was dropped."""
    try:
        return sandbox.journal.get(number)
    except EvidenceDropped as problem:
        raise Conflict(str(problem)) from problem
    except LookupError as problem:
        raise RecordNotFound("exchange", number) from problem
