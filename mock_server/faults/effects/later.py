"""What effects on records have left for later, on the sandbox's clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, Key, State, Table, Transaction

_NAME = "faults.later"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A record that does not show until an instant."""

    table: str
    key: Key
    until: datetime


@dataclass(frozen=True, slots=True)
class Undo:
    """A change that is undone at an instant."""

    change: Change
    when: datetime


class Later:
    """The records of one sandbox that do not show yet, and the updates that will be lost."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._hidden: tuple[Hidden, ...] = ()
        self._undos: tuple[Undo, ...] = ()
        self._view: tuple[State, tuple[Hidden, ...], State] | None = None

    def hide(self, changes: Iterable[Change], until: datetime) -> None:
        """Hide records from reads until an instant."""
        self._hidden += tuple(Hidden(each.table, each.key, until) for each in changes)

    def put_back(self, changes: Iterable[Change], when: datetime) -> None:
        """Undo updates at an instant."""
        self._undos += tuple(Undo(each, when) for each in changes)

    @property
    def pending(self) -> tuple[tuple[Hidden, ...], tuple[Undo, ...]]:
        """All that is left for later."""
        return self._hidden, self._undos

    @pending.setter
    def pending(self, pending: tuple[tuple[Hidden, ...], tuple[Undo, ...]]) -> None:
        self._hidden, self._undos = pending

    def settle(self) -> None:
        """Do what is due by now."""
        sandbox, now = self._sandbox, self._sandbox.clock.now()
        if self._hidden:
            self._hidden = tuple(each for each in self._hidden if each.until > now)
        due = [each.change for each in self._undos if each.when <= now]
        if due:
            self._undos = tuple(each for each in self._undos if each.when > now)
            transaction = sandbox.begin()
            for change in due:
                table = _table(change.table, change.key)
                if transaction.state.collection(table).get(change.key) == change.after:
                    transaction.put(table, change.before)
            sandbox.commit(transaction)

    @property
    def hides(self) -> bool:
        """Whether any record is hidden still."""
        return bool(self._hidden)

    def without_hidden(self, state: State) -> State:
        """Return a state without the hidden records; the same one as long as nothing changed."""
        if self._view is None or self._view[0] is not state or self._view[1] is not self._hidden:
            view = without(state, ((each.table, each.key) for each in self._hidden))
            self._view = (state, self._hidden, view)
        return self._view[2]


def later_of(sandbox: Sandbox) -> Later:
    """Return what is left for later in a sandbox."""
    later = sandbox.attachments.get(_NAME)
    if later is None:
        later = sandbox.attachments[_NAME] = Later(sandbox)
        sandbox.settle = later.settle
    return cast("Later", later)


def later_in(sandbox: Sandbox) -> Later | None:
    """Return what is left for later in a sandbox if there ever was something."""
    return sandbox.attachments.get(_NAME)


def hides_records(sandbox: Sandbox) -> bool:
    """Say whether any record of a sandbox is hidden still."""
    later = later_in(sandbox)
    return later is not None and later.hides


def forget(sandbox: Sandbox) -> None:
    """Do what is due by now; let everything else show, and lose no more updates."""
    later = sandbox.attachments.pop(_NAME, None)
    if later is not None:
        later.settle()
    sandbox.settle = None


def without(state: State, records: Iterable[tuple[str, Key]]) -> State:
    """Return a state without some records; those that it does not have do not matter."""
    transaction = Transaction(state)
    for name, key in records:
        table = _table(name, key)
        if transaction.state.collection(table).get(key) is not None:
            transaction.remove(table, key)
    return transaction.state


def _table(name: str, key: Key) -> Table[Any]:
    return Table(name, object, lambda _: key)
