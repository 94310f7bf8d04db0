"""Defects in a mock's state, as effects: what is kept of a write, what a read sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from mock_server.engine.replies import Wire
from mock_server.faults.effects.effect import Effect, Step
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, State, Table

_REFUSED = 400
#: What no document refuses for its length.
_SHORT = 60


@dataclass(frozen=True)
class StateDefect(Effect):
    """An effect on one operation; `beside` gives the other account's sandbox, if it is open."""

    kind: ClassVar[str] = "defect"
    operation: str = ""
    beside: Callable[[Sandbox], Sandbox | None] = field(default=lambda _: None)

    def concerns(self, step: Step) -> bool:
        """Say whether a call is one of the operation's."""
        return step.request.operation_id == self.operation


#: Makes other changes of a write's: the states before and after it are known.
Tamper = Callable[[Change, State, State], list[Change]]


@dataclass(frozen=True)
class Kept(StateDefect):
    """Keeps something else of each change of a write than what was answered."""

    tamper: Tamper = field(default=lambda change, _before, _after: [change])

    def answer(self, step: Step) -> Wire:
        """Do it, and write over what was done."""
        before = step.sandbox.committed
        wire = step.perform()
        after = step.sandbox.committed
        if after is not before and self.concerns(step):
            changes = before.difference(after)
            state = undone(after, changes)
            for change in changes:
                for other in self.tamper(change, before, after):
                    state = applied(state, other)
            # The log goes on as it would, so that what is drawn at random stays the same.
            step.sandbox.committed = state
        return wire


@dataclass(frozen=True)
class Elsewhere(StateDefect):
    """Keeps a write in the other account's state instead."""

    def answer(self, step: Step) -> Wire:
        """Do it, take it back, and do it there."""
        before = step.sandbox.committed
        wire = step.perform()
        after, there = step.sandbox.committed, self.beside(step.sandbox)
        if after is not before and self.concerns(step) and there is not None:
            changes = before.difference(after)
            step.sandbox.committed = undone(after, changes)
            for change in changes:
                there.committed = applied(there.committed, change)
        return wire


@dataclass(frozen=True)
class SameNumber(StateDefect):
    """Draws the same numbers again for the next record."""

    def answer(self, step: Step) -> Wire:
        """Do it, and turn the counters back."""
        before = step.sandbox.committed
        wire = step.perform()
        after = step.sandbox.committed
        if after is not before and self.concerns(step):
            step.sandbox.committed = replace(after, sequences=before.sequences)
        return wire


@dataclass(frozen=True)
class OldState(StateDefect):
    """Reads what was there before the last write."""

    def answer(self, step: Step) -> Wire:
        """Answer from the state of one commit ago."""
        sandbox = step.sandbox
        if not self.concerns(step) or not len(sandbox.log):
            return step.perform()
        wanted = max(sandbox.committed.revision - 1, sandbox.log.base.revision)
        return step.perform(sandbox.whole(sandbox.log.state_at(wanted), [step.api]))


@dataclass(frozen=True)
class OtherState(StateDefect):
    """Reads the other account's records."""

    def answer(self, step: Step) -> Wire:
        """Answer from the other account's state, if it has one."""
        there = self.beside(step.sandbox)
        if not self.concerns(step) or there is None or step.api not in there.committed.seeded:
            return step.perform()
        return step.perform(there.committed)


@dataclass(frozen=True)
class HalfRefused(StateDefect):
    """Keeps one field of a request that is refused, if a record has it under the same name."""

    table: str = ""
    name: str = ""

    def answer(self, step: Step) -> Wire:
        """Refuse, and keep the field."""
        wire = step.perform()
        if wire.status < _REFUSED or not self.concerns(step):
            return wire
        keys = {str(value) for value in step.request.path.values()}
        body = step.request.body
        value = body.get(self.name) if isinstance(body, dict) else None
        state = step.sandbox.committed
        for key, record in state.collection(Table(self.table, object)).items():
            if str(key) in keys and isinstance(value, str) and len(value) <= _SHORT:
                old, new = record, replaced(record, self.name, value)
                state = applied(state, Change(self.table, key, old, new))
        step.sandbox.committed = state
        return wire


@dataclass(frozen=True)
class LastUndone(StateDefect):
    """Undoes the write before, as of someone who had read the record before that."""

    memory: dict[tuple[str, str, Any], Any] = field(default_factory=dict)

    def answer(self, step: Step) -> Wire:
        """Do it on the record as it was before the last write to it."""
        before = step.sandbox.committed
        wire = step.perform()
        after = step.sandbox.committed
        if after is before or not self.concerns(step):
            return wire
        for change in before.difference(after):
            key = (step.sandbox.name, change.table, change.key)
            if change.before is None or change.after is None:
                continue
            older = self.memory.get(key)
            self.memory[key] = change.before
            if older is not None:
                new = change.after
                for name in field_names(new):
                    if getattr(new, name) == getattr(change.before, name):
                        new = replaced(new, name, getattr(older, name))
                step.sandbox.committed = applied(
                    step.sandbox.committed, Change(change.table, change.key, None, new)
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
