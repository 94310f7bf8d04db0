"""What tests of stores share: servers that keep, restarts of them, and all that a sandbox is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mock_server.app import MockServer, build_server
from mock_server.settings import Settings
from mock_server.state.sandbox import Sandbox
from mock_server.store.exchanges import written
from mock_server.store.opening import opened_for
from mock_server.store.parts import taken
from mock_server.store.sqlite import SqliteStore

KEPT_ATTACHMENTS = {"faults.rules", "faults.later", "faults.first_pages", "control.actions"}


def keeping(folder: Path, *names: str, **options: Any) -> MockServer:
    """A server that keeps its sandboxes in a folder, or in a database."""
    return build_server(names, Settings(data=folder, **options))


def restart(server: MockServer, *, killed: bool = False, step: Any = lambda _: None) -> None:
    """Make a server what a new one is: nothing is in memory, and the store is opened anew.

    All but the compiled specs is as if it were a new process; that takes seconds. If it is
    `killed`, nothing is written at its end.
    """
    persistence = server.persistence
    if killed:
        persistence.store.close()
    else:
        server.close()
    sandboxes = server.sandboxes
    sandboxes.archive = None
    for sandbox in sandboxes.held_in_memory():
        sandboxes.forget(sandbox, "restart")
    store = SqliteStore(server.settings.data, server.settings.durability, step=step)
    new = opened_for(store, sandboxes, server.vendors, in_thread=persistence._thread is not None)
    persistence.__dict__.update(vars(new))
    sandboxes.archive = persistence


def whole(sandbox: Sandbox) -> dict[str, Any]:
    """All that a sandbox is."""
    journal = sandbox.journal
    # What other layers attach is kept part by part; something new needs a part of its own.
    assert sandbox.attachments.keys() <= KEPT_ATTACHMENTS
    return {
        "persona": sandbox.persona,
        "first revision": sandbox.first_revision,
        "state": sandbox.committed,
        "snapshots": dict(sandbox.snapshots),
        "parts": comparable(taken(sandbox)),
        "journal": [(written(each), each.before, each.after, each.changes) for each in journal],
        "last": (journal.last, journal.generation),
    }


def comparable(parts: dict[str, Any]) -> dict[str, Any]:
    """Parts, with rules in the form that a client sees."""
    last, rules = parts["faults"]
    shown = [(rule.as_json(), rule.targets, until) for rule, until in rules]
    return {**parts, "faults": (last, shown)}
