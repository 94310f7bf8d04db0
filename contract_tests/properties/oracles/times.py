"""Times are in UTC and move forward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contract_tests.claims import Grew, NotBefore, SameAs, Timely
from contract_tests.claims.times import passed, unit_of
from contract_tests.exchange.trace import MISSING, find
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change
from contract_tests.properties.oracles.lists import reachable
from contract_tests.properties.oracles.records import item_pointer, pointer_of
from contract_tests.properties.oracles.removals import bring_back, removable, remove
from contract_tests.properties.oracles.stock import request
from contract_tests.properties.oracles.views import Seen, same_times
from mock_server.lifecycle.model import (
    Json,
    Listing,
    Move,
    Parts,
    Read,
    Removal,
    Resource,
    Update,
)

#: So many reads for a unit of time to pass, and no more.
_MOST_READS = 12
_FEW = 6


@oracle("times_move_forward", "times are in UTC and move forward", writes=True)
def times_move_forward(resource: Resource) -> Iterator[Case]:
    """A new record was created now; a change leaves that time and moves the other one forward.

    So does whatever else is done to a record; its version goes up each time. Lists tell the same.
    """
    if resource.create is None or not resource.reads or not (resource.created or resource.updated):
        return
    view = resource.reads[0]

    def made_now(pointer: str, actions: Actions) -> None:
        answer = actions.show(actions.create(resource))
        if pointer != resource.updated or _is_told(actions.at(answer, view.record + pointer)):
            actions.hold(Timely(answer, view.record + pointer))

    def forward(update: Update, actions: Actions) -> None:
        record = actions.create(resource)
        before = actions.show(record)
        if resource.updated is not None:
            _let_pass(actions, record, before, view.record + resource.updated)
        values = change(actions, resource, update)
        actions.update(record, update, values)
        after = actions.show(record)
        _goes_on(actions, resource, after, before)
        if resource.updated is not None:
            place = view.record + resource.updated
            actions.hold(Timely(after, place))
            if _is_told(actions.at(before, place)) and _differs(
                actions, resource, after, before, values
            ):
                actions.hold(NotBefore(after, place, before, place, later=True))

    def moved(move: Move, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.show(record)
        dated = _dated_by(actions, record, before, move.operation)
        quantity = actions.random.choice(move.quantities)
        actions.do(move.operation, request(actions, move, record, quantity))
        _goes_on(actions, resource, actions.show(record), before, dated=dated)

    def switched(removal: Removal, actions: Actions) -> None:
        record = removable(actions, resource, removal)
        before = actions.show(record)
        dated = _dated_by(actions, record, before, removal.operation)
        remove(actions, record, removal)
        if removal.reads == "shown":
            between = actions.show(record)
            _goes_on(actions, resource, between, before, dated=dated)
            before = between
        if removal.undo is not None:
            bring_back(actions, record, removal, removal.undo)
            _goes_on(actions, resource, actions.show(record), before)

    def listed(listing: Listing, actions: Actions) -> None:
        record = actions.create(resource)
        seen = actions.show(record)
        for update in resource.updates[:1]:
            if resource.updated is not None:
                _let_pass(actions, record, seen, view.record + resource.updated)
            actions.update(record, update, change(actions, resource, update))
            seen = actions.show(record)
        found = item_pointer(actions, actions.pages(listing, path=record.path), listing, record.id)
        if found is not None:
            here, there = Seen(seen, view.record, view.at), Seen(*found, listing.at)
            same_times(actions, resource, there, here)

    for pointer in (resource.created, resource.updated):
        if pointer is not None:
            yield Case(view.operation, partial(made_now, pointer))
    for listing in resource.lists:
        yield Case(listing.operation, partial(listed, listing))
    for update in resource.updates:
        yield Case(update.operation, partial(forward, update))
    for move in resource.moves:
        yield Case(move.operation, partial(moved, move))
    for removal in resource.removals:
        if removal.reads == "shown" or removal.undo is not None:
            yield Case(removal.undo or removal.operation, partial(switched, removal))


def _dated_by(actions: Actions, record: Record, before: int, operation: str) -> bool:
    """Say whether an operation is asked to set a record's time, and let some time pass if it is."""
    resource = record.resource
    dated = resource.updated is not None and operation in resource.dated_by
    if dated and resource.updated is not None:
        _let_pass(actions, record, before, resource.reads[0].record + resource.updated)
    return dated


def _goes_on(
    actions: Actions, resource: Resource, after: int, before: int, *, dated: bool = False
) -> None:
    """Hold that what was done to a record left its creation, and went forward."""
    record = resource.reads[0].record
    if resource.created is not None:
        place = record + resource.created
        actions.hold(SameAs(after, place, before, place, "", "instant"))
    if resource.updated is not None and _is_told(actions.at(before, record + resource.updated)):
        place = record + resource.updated
        actions.hold(NotBefore(after, place, before, place, later=dated))
    if resource.version is not None:
        place = record + resource.version
        actions.hold(Grew(after, place, before, place))


def _let_pass(actions: Actions, record: Record, before: int, pointer: str) -> None:
    """Read a new record until the unit of its times has passed, or often enough.

    Nothing waits for it: where times have no fractions, it passes if the target is slow.
    """
    unit = unit_of(str(actions.at(before, pointer)))
    for _ in range(_MOST_READS):
        if passed(actions.trace[before], actions.trace[-1]) > unit:
            return
        actions.show(record)


def _differs(actions: Actions, resource: Resource, after: int, before: int, values: Json) -> bool:
    """Say whether an update made a record show anything else than it did."""
    view = resource.reads[0]
    pointers = [pointer_of(field, view.at) for field in resource.fields if field.name in values]
    return any(
        actions.at(after, view.record + pointer) != actions.at(before, view.record + pointer)
        for pointer in pointers
        if pointer is not None
    )


@oracle("changed_after_created", "no record was changed before it was created", writes=False)
def changed_after_created(resource: Resource) -> Iterator[Case]:
    """Of listed and read records the time of the last change is not before that of the creation."""
    created, updated = resource.created, resource.updated
    if created is None or updated is None:
        return

    def shows_times(at: Mapping[str, str | None]) -> bool:
        return None not in (at.get("created", created), at.get("updated", updated))

    def in_order(actions: Actions, seen: Seen) -> None:
        first, last = seen.at.get("created", created), seen.at.get("updated", updated)
        record = actions.at(seen.answer, seen.record)
        if first is None or last is None or MISSING in (record, find(record, first)):
            return
        if _is_told(find(record, last)):
            place = seen.record
            actions.hold(NotBefore(seen.answer, place + last, seen.answer, place + first))

    def listed(listing: Listing, actions: Actions) -> None:
        page = actions.pages(listing, most=1)[0]
        for place in range(len(actions.records((page,), listing))):
            in_order(actions, Seen(page, f"{listing.items}/{place}", listing.at))

    def read(listing: Listing, view: Read, actions: Actions) -> None:
        items = actions.records(actions.pages(listing, most=1), listing)
        # Only of a record that was never changed are the two times close together.
        for item in actions.random.sample(items, min(_FEW, len(items))):
            path = {**listing.path, resource.id_in_path: str(find(item, listing.id))}
            in_order(
                actions, Seen(actions.do(view.operation, Parts(path=path)), view.record, view.at)
            )

    for listing in reachable(resource):
        if shows_times(listing.at):
            yield Case(listing.operation, partial(listed, listing))
    for listing in reachable(resource)[:1]:
        for view in resource.reads:
            if shows_times(view.at):
                yield Case(view.operation, partial(read, listing, view))


def _is_told(shown: Any) -> bool:
    """Say whether a record shows a last change; one that was never changed need not."""
    return shown not in (MISSING, None, "")
