"""Classes of defects in the state of a mock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from lab.mutants.defect import Scene, Site, Written, defects
from lab.mutants.effects import (
    Elsewhere,
    HalfRefused,
    Kept,
    LastUndone,
    OldState,
    OtherState,
    SameNumber,
    Tamper,
    field_names,
    replaced,
)
from lab.mutants.roles import listings, reads
from mock_server.state.store import Change, State, Table


def _operations(scene: Scene) -> dict[str, list[Written]]:
    found: dict[str, list[Written]] = {}
    for written in scene.written:
        found.setdefault(written.operation, []).append(written)
    return found


def _table(written: Written) -> str:
    return written.table.partition(".")[2]


def _kept(operation: str, tamper: Tamper) -> Kept:
    return Kept(operation=operation, tamper=tamper)


def _drop(_change: Change, _before: State, _after: State) -> list[Change]:
    return []


@defects("not-kept", "a write is answered and not kept", semantic=True, layer="state")
def not_kept(scene: Scene) -> Iterator[Site]:
    """Keep nothing of a write."""
    for operation in _operations(scene):
        yield Site(operation, "all", partial(_kept, operation, _drop))


@defects("part-not-kept", "one of a write's records is not kept", semantic=True, layer="state")
def part_not_kept(scene: Scene) -> Iterator[Site]:
    """Keep nothing of what a write does to one of several tables."""
    for operation, parts in _operations(scene).items():
        if len({each.table for each in parts}) < 2:
            continue
        for part in parts:

            def tamper(
                change: Change, _before: State, _after: State, table: str = part.table
            ) -> list[Change]:
                return [] if change.table == table else [change]

            yield Site(operation, _table(part), partial(_kept, operation, tamper))


def _fields(
    scene: Scene, how: str, fits: Callable[[str, Any], bool]
) -> Iterator[tuple[Written, str]]:
    for written in scene.written:
        if written.how == how:
            for name, value in written.fields.items():
                if fits(name, value):
                    yield written, name


def _spoiling(written: Written, name: str, change: Callable[[Any, Any], Any]) -> Callable[[], Kept]:
    """Plant that a field is kept as something else: of what it was, and what it should be."""

    def tamper(made: Change, _before: State, _after: State) -> list[Change]:
        if made.table != written.table or made.after is None:
            return [made]
        old = getattr(made.before, name) if made.before is not None else None
        new = change(old, getattr(made.after, name))
        return [Change(made.table, made.key, made.before, replaced(made.after, name, new))]

    return partial(_kept, written.operation, tamper)


def _spoilt(
    scene: Scene,
    how: str,
    fits: Callable[[str, Any], bool],
    change: Callable[[Any, Any], Any],
) -> Iterator[Site]:
    for written, name in _fields(scene, how, fits):
        place = f"{_table(written)}.{name}"
        yield Site(written.operation, place, _spoiling(written, name, change))


def _is_number(_: str, value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value != 0


def _own_number(name: str, value: Any) -> bool:
    """A number that is no identifier, by its name."""
    return _is_number(name, value) and name != "id" and not name.endswith(("_id", "number"))


def _is_text(name: str, value: Any) -> bool:
    return isinstance(value, str) and len(value) > 8 and not name.endswith(("id", "uid"))


@defects("field-not-kept", "a changed field stays as it was", semantic=True, layer="state")
def field_not_kept(scene: Scene) -> Iterator[Site]:
    """Keep the old value of a field that was changed."""

    def plain(_: str, value: Any) -> bool:
        return not isinstance(value, datetime)

    return _spoilt(scene, "changed", plain, lambda old, _: old)


@defects("time-not-kept", "a time that a write moves stays", semantic=True, layer="state")
def time_not_kept(scene: Scene) -> Iterator[Site]:
    """Keep the old time."""

    def is_time(_: str, value: Any) -> bool:
        return isinstance(value, datetime)

    return _spoilt(scene, "changed", is_time, lambda old, _: old)


@defects("kept-negated", "a number is kept with the other sign", semantic=True, layer="state")
def kept_negated(scene: Scene) -> Iterator[Site]:
    """Negate a number."""
    yield from _spoilt(scene, "created", _own_number, lambda _, new: -new if new else new)
    yield from _spoilt(scene, "changed", _own_number, lambda _, new: -new if new else new)


@defects("kept-rounded", "a number is kept without its last digit", semantic=True, layer="state")
def kept_rounded(scene: Scene) -> Iterator[Site]:
    """Round an integer to tens, a fraction to one place."""

    def rounded(_: Any, new: Any) -> Any:
        if isinstance(new, Decimal):
            return new.quantize(Decimal("0.1"))
        return new // 10 * 10 if isinstance(new, int) else new

    yield from _spoilt(scene, "created", _own_number, rounded)
    yield from _spoilt(scene, "changed", _own_number, rounded)


@defects("moved-twice", "what a number goes up by is added twice", semantic=True, layer="state")
def moved_twice(scene: Scene) -> Iterator[Site]:
    """Add the difference once more."""

    def twice(old: Any, new: Any) -> Any:
        return new if old is None or new is None else new + (new - old)

    return _spoilt(scene, "changed", _own_number, twice)


@defects("stops-at-zero", "a number never goes below zero", semantic=True, layer="state")
def stops_at_zero(scene: Scene) -> Iterator[Site]:
    """Keep 0 instead of a negative number."""

    def clamped(_: Any, new: Any) -> Any:
        return new if new is None else max(new, type(new)(0))

    return _spoilt(scene, "changed", _own_number, clamped)


@defects("kept-cut", "a text is kept without its last letters", semantic=True, layer="state")
def kept_cut(scene: Scene) -> Iterator[Site]:
    """Cut a text at 15 letters."""

    def cut(_: Any, new: Any) -> Any:
        return new[:15] if isinstance(new, str) else new

    yield from _spoilt(scene, "created", _is_text, cut)
    yield from _spoilt(scene, "changed", _is_text, cut)


@defects(
    "kept-for-another-record", "a change is made to another record", semantic=True, layer="state"
)
def kept_for_another_record(scene: Scene) -> Iterator[Site]:
    """Give the changed fields to the record with the key before."""
    for written in scene.written:
        if written.how != "changed":
            continue

        def tamper(
            change: Change, before: State, _after: State, table: str = written.table
        ) -> list[Change]:
            if change.table != table or change.before is None or change.after is None:
                return [change]
            others = [
                pair
                for pair in before.collection(Table(table, object)).items()
                if pair[0] != change.key
            ]
            if not others:
                return [change]
            key, other = others[-1]
            for name in field_names(change.after):
                new = getattr(change.after, name)
                if new != getattr(change.before, name):
                    other = replaced(other, name, new)
            return [Change(table, key, None, other)]

        yield Site(written.operation, _table(written), partial(_kept, written.operation, tamper))


@defects("entered-twice", "a new record is entered twice", semantic=True, layer="state")
def entered_twice(scene: Scene) -> Iterator[Site]:
    """Enter a copy under another number."""
    for written in scene.written:
        if written.how != "created" or not isinstance(written.fields.get("id"), int):
            continue

        def tamper(
            change: Change, _before: State, _after: State, table: str = written.table
        ) -> list[Change]:
            if change.table != table or change.before is not None or change.after is None:
                return [change]
            number = int(change.key) + 500_000
            return [change, Change(table, number, None, replaced(change.after, "id", number))]

        yield Site(written.operation, _table(written), partial(_kept, written.operation, tamper))


@defects("previous-undone", "a change undoes the one before it", semantic=True, layer="state")
def previous_undone(scene: Scene) -> Iterator[Site]:
    """Write back what was read before the last change."""
    for operation, parts in _operations(scene).items():
        if any(each.how == "changed" for each in parts):
            yield Site(operation, "all", partial(LastUndone, operation=operation))


@defects("number-used-again", "a new record takes an old one's place", semantic=True, layer="state")
def number_used_again(scene: Scene) -> Iterator[Site]:
    """Turn the counters of numbers back after each creation."""
    for operation, parts in _operations(scene).items():
        if any(each.how == "created" for each in parts):
            yield Site(operation, "all", partial(SameNumber, operation=operation))


@defects("kept-elsewhere", "a write is kept in another account", semantic=True, layer="state")
def kept_elsewhere(scene: Scene) -> Iterator[Site]:
    """Keep a write in the other account's state."""
    for operation in _operations(scene):
        yield Site(operation, "all", partial(Elsewhere, operation=operation))


@defects(
    "refusal-half-kept", "a refused change keeps one of its fields", semantic=True, layer="state"
)
def refusal_half_kept(scene: Scene) -> Iterator[Site]:
    """Keep a text of a request that was refused."""
    for written, name in _fields(scene, "changed", _is_text):
        plant = partial(HalfRefused, operation=written.operation, table=written.table, name=name)
        yield Site(written.operation, f"{_table(written)}.{name}", plant)


def _views(scene: Scene) -> Iterator[str]:
    for _, read in reads(scene):
        yield read.operation
    for _, listing in listings(scene):
        yield listing.operation


@defects(
    "stale-state", "a view shows the state before the last write", semantic=True, layer="state"
)
def stale_state(scene: Scene) -> Iterator[Site]:
    """Read the state of one commit ago."""
    for operation in _views(scene):
        yield Site(operation, "state", partial(OldState, operation=operation))


@defects("state-of-another", "a view shows another account's records", semantic=True, layer="state")
def state_of_another(scene: Scene) -> Iterator[Site]:
    """Read the other account's state."""
    for operation in _views(scene):
        yield Site(operation, "state", partial(OtherState, operation=operation))
