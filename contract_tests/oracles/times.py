"""Times are in UTC and move forward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contract_tests.claims import Grew, NotBefore, SameAs, Timely
from contract_tests.claims.times import passed, unit_of
from contract_tests.oracles.changes import change
from contract_tests.oracles.lists import reachable
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.records import item_pointer, pointer_of
from contract_tests.oracles.removals import bring_back, removable, remove
from contract_tests.oracles.stock import request
from contract_tests.oracles.views import Seen, same_times
from contract_tests.traces import MISSING, find
from contract_tests.world import Record, World
from mock_server.lifecycle.model import (
    Json,
    Lifecycle,
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


@oracle("times are in UTC and move forward", writes=True)
def times_move_forward(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """A new record was created now; a change leaves that time and moves the other one forward.

    So does whatever else is done to a record; its version goes up each time. Lists tell the same.
    """
    del lifecycle
    if resource.create is None or not resource.reads or not (resource.created or resource.updated):
        return
    view = resource.reads[0]

    def made_now(pointer: str, world: World) -> None:
        answer = world.show(world.create(resource))
        if pointer != resource.updated or _is_told(world.at(answer, view.record + pointer)):
            world.hold(Timely(answer, view.record + pointer))

    def forward(update: Update, world: World) -> None:
        record = world.create(resource)
        before = world.show(record)
        if resource.updated is not None:
            _let_pass(world, record, before, view.record + resource.updated)
        values = change(world, resource, update)
        world.update(record, update, values)
        after = world.show(record)
        _goes_on(world, resource, after, before)
        if resource.updated is not None:
            place = view.record + resource.updated
            world.hold(Timely(after, place))
            if _is_told(world.at(before, place)) and _differs(
                world, resource, after, before, values
            ):
                world.hold(NotBefore(after, place, before, place, later=True))

    def moved(move: Move, world: World) -> None:
        record = world.create(resource, full=True)
        before = world.show(record)
        dated = _dated_by(world, record, before, move.operation)
        quantity = world.random.choice(move.quantities)
        world.do(move.operation, request(world, move, record, quantity))
        _goes_on(world, resource, world.show(record), before, dated=dated)

    def switched(removal: Removal, world: World) -> None:
        record = removable(world, resource, removal)
        before = world.show(record)
        dated = _dated_by(world, record, before, removal.operation)
        remove(world, record, removal)
        if removal.reads == "shown":
            between = world.show(record)
            _goes_on(world, resource, between, before, dated=dated)
            before = between
        if removal.undo is not None:
            bring_back(world, record, removal, removal.undo)
            _goes_on(world, resource, world.show(record), before)

    def listed(listing: Listing, world: World) -> None:
        record = world.create(resource)
        seen = world.show(record)
        for update in resource.updates[:1]:
            if resource.updated is not None:
                _let_pass(world, record, seen, view.record + resource.updated)
            world.update(record, update, change(world, resource, update))
            seen = world.show(record)
        found = item_pointer(world, world.pages(listing, path=record.path), listing, record.id)
        if found is not None:
            here, there = Seen(seen, view.record, view.at), Seen(*found, listing.at)
            same_times(world, resource, there, here)

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


def _dated_by(world: World, record: Record, before: int, operation: str) -> bool:
    """Say whether an operation is told to set a record's time, and let some time pass if it is."""
    resource = record.resource
    dated = resource.updated is not None and operation in resource.dated_by
    if dated and resource.updated is not None:
        _let_pass(world, record, before, resource.reads[0].record + resource.updated)
    return dated


def _goes_on(
    world: World, resource: Resource, after: int, before: int, *, dated: bool = False
) -> None:
    """Hold that what was done to a record left its creation, and went forward."""
    record = resource.reads[0].record
    if resource.created is not None:
        place = record + resource.created
        world.hold(SameAs(after, place, before, place, "", "instant"))
    if resource.updated is not None and _is_told(world.at(before, record + resource.updated)):
        place = record + resource.updated
        world.hold(NotBefore(after, place, before, place, later=dated))
    if resource.version is not None:
        place = record + resource.version
        world.hold(Grew(after, place, before, place))


def _let_pass(world: World, record: Record, before: int, pointer: str) -> None:
    """Read a new record until the unit of its times has passed, or often enough.

    Nothing waits for it: where times have no fractions, it passes if the target is slow.
    """
    unit = unit_of(str(world.at(before, pointer)))
    for _ in range(_MOST_READS):
        if passed(world.trace[before], world.trace[-1]) > unit:
            return
        world.show(record)


def _differs(world: World, resource: Resource, after: int, before: int, values: Json) -> bool:
    """Say whether an update made a record show anything else than it did."""
    view = resource.reads[0]
    pointers = [pointer_of(field, view.at) for field in resource.fields if field.name in values]
    return any(
        world.at(after, view.record + pointer) != world.at(before, view.record + pointer)
        for pointer in pointers
        if pointer is not None
    )


@oracle("no record was changed before it was created", writes=False)
def changed_after_created(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Of listed and read records the time of the last change is not before that of the creation."""
    del lifecycle
    created, updated = resource.created, resource.updated
    if created is None or updated is None:
        return

    def told(at: Mapping[str, str | None]) -> bool:
        return None not in (at.get("created", created), at.get("updated", updated))

    def in_order(world: World, seen: Seen) -> None:
        first, last = seen.at.get("created", created), seen.at.get("updated", updated)
        record = world.at(seen.answer, seen.record)
        if first is None or last is None or MISSING in (record, find(record, first)):
            return
        if _is_told(find(record, last)):
            place = seen.record
            world.hold(NotBefore(seen.answer, place + last, seen.answer, place + first))

    def listed(listing: Listing, world: World) -> None:
        page = world.pages(listing, most=1)[0]
        for place in range(len(world.records((page,), listing))):
            in_order(world, Seen(page, f"{listing.items}/{place}", listing.at))

    def read(listing: Listing, view: Read, world: World) -> None:
        items = world.records(world.pages(listing, most=1), listing)
        # Only of a record that was never changed are the two times close together.
        for item in world.random.sample(items, min(_FEW, len(items))):
            path = {**listing.path, resource.id_in_path: str(find(item, listing.id))}
            in_order(world, Seen(world.do(view.operation, Parts(path=path)), view.record, view.at))

    for listing in reachable(resource):
        if told(listing.at):
            yield Case(listing.operation, partial(listed, listing))
    for listing in reachable(resource)[:1]:
        for view in resource.reads:
            if told(view.at):
                yield Case(view.operation, partial(read, listing, view))


def _is_told(shown: Any) -> bool:
    """Say whether a record tells of a last change; one that was never changed need not."""
    return shown not in (MISSING, None, "")
