"""Defects in a mock's state, as effects: what is kept of a write, what a read sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from mock_server.engine.call import Call
from mock_server.engine.replies import Wire
from mock_server.faults.effects.effect import Effect, Rest
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, State, Table

_REFUSED = 400
#: What no document refuses for its length.
_SHORT = 60


@dataclass(frozen=True)
class StateDefect(Effect):
    """An effect on one operation; `beside` gives the other account's sandbox, if it is open."""

    operation: str = ""
    kind: str = "defect"
    beside: Callable[[Sandbox], Sandbox | None] = field(default=lambda _: None)

    def concerns(self, call: Call) -> bool:
        """Say whether a call is one of the operation's."""
        return call.request.operation_id == self.operation


#: Makes other changes of a write's: the states before and after it are known.
Tamper = Callable[[Change, State, State], list[Change]]


@dataclass(frozen=True)
class Kept(StateDefect):
    """Keeps something else of each change of a write than what was answered."""

    tamper: Tamper = field(default=lambda change, _before, _after: [change])

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Do it, and write over what was done."""
        before = call.sandbox.committed
        wire = rest()
        after = call.sandbox.committed
        if after is not before and self.concerns(call):
            changes = before.difference(after)
            state = undone(after, changes)
            for change in changes:
                for other in self.tamper(change, before, after):
                    state = applied(state, other)
            # At the same revision, so that what is drawn at random stays the same.
            call.sandbox.committed = state
        return wire


@dataclass(frozen=True)
class Elsewhere(StateDefect):
    """Keeps a write in the other account's state instead."""

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Do it, take it back, and do it there."""
        before = call.sandbox.committed
        wire = rest()
        after, there = call.sandbox.committed, self.beside(call.sandbox)
        if after is not before and self.concerns(call) and there is not None:
            changes = before.difference(after)
            call.sandbox.committed = undone(after, changes)
            for change in changes:
                there.committed = applied(there.committed, change)
        return wire


@dataclass(frozen=True)
class SameNumber(StateDefect):
    """Draws the same numbers again for the next record."""

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Do it, and turn the counters back."""
        before = call.sandbox.committed
        wire = rest()
        after = call.sandbox.committed
        if after is not before and self.concerns(call):
            call.sandbox.committed = replace(after, sequences=before.sequences)
        return wire


@dataclass(frozen=True)
class OldState(StateDefect):
    """Reads what was there before the last write."""

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer from the state of one commit ago."""
        sandbox = call.sandbox
        wanted = sandbox.committed.revision - 1
        old = sandbox.journal.state_at(wanted, sandbox.moved_after)
        if self.concerns(call) and old is not None:
            call.state = sandbox.whole(old, [call.api])
        return rest()


@dataclass(frozen=True)
class OtherState(StateDefect):
    """Reads the other account's records."""

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer from the other account's state, if it has one."""
        there = self.beside(call.sandbox)
        if not self.concerns(call) or there is None or call.api not in there.committed.seeded:
            return rest()
        call.state = there.committed
        return rest()


@dataclass(frozen=True)
class HalfRefused(StateDefect):
    """Keeps one field of a request that is refused, if a record has it under the same name."""

    table: str = ""
    name: str = ""

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Refuse, and keep the field."""
        wire = rest()
        if wire.status < _REFUSED or not self.concerns(call):
            return wire
        keys = {str(value) for value in call.request.path.values()}
        body = call.request.body
        value = body.get(self.name) if isinstance(body, dict) else None
        state = call.sandbox.committed
        for key, record in state.collection(Table(self.table, object)).items():
            if str(key) in keys and isinstance(value, str) and len(value) <= _SHORT:
                old, new = record, replaced(record, self.name, value)
                state = applied(state, Change(self.table, key, old, new))
        call.sandbox.committed = state
        return wire


@dataclass(frozen=True)
class LastUndone(StateDefect):
    """Undoes the write before, as of someone who had read the record before that."""

    memory: dict[tuple[str, str, Any], Any] = field(default_factory=dict)

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Do it on the record as it was before the last write to it."""
        before = call.sandbox.committed
        wire = rest()
        after = call.sandbox.committed
        if after is before or not self.concerns(call):
            return wire
        for change in before.difference(after):
            key = (call.sandbox.name, change.table, change.key)
            if change.before is None or change.after is None:
                continue
            older = self.memory.get(key)
            self.memory[key] = change.before
            if older is not None:
                new = change.after
                for name in field_names(new):
                    if getattr(new, name) == getattr(change.before, name):
                        new = replaced(new, name, getattr(older, name))
                call.sandbox.committed = applied(
                    call.sandbox.committed, Change(change.table, change.key, None, new)
                )
        return wire


def applied(state: State, change: Change) -> State:
    """Return a state with a change made, at the same revision."""
    collection = state.collection(Table(change.table, object))
    if change.after is not None:
        collection = collection.put(change.key, change.after)
    elif collection.get(change.key) is not None:
        collection = collection.remove(change.key)
    return replace(state, collections=state.collections.set(change.table, collection))


def undone(state: State, changes: tuple[Change, ...]) -> State:
    """Return a state without changes that were made; its counters stay."""
    for change in changes:
        state = applied(state, Change(change.table, change.key, change.after, change.before))
    return state


def field_names(record: Any) -> list[str]:
    """Return the names of a record's fields, none if it is no dataclass."""
    return list(getattr(type(record), "__dataclass_fields__", ()))


def replaced(record: Any, name: str, value: Any) -> Any:
    """Return a record with one field replaced."""
    return replace(record, **{name: value})
