"""A request that is sent again with the same idempotency key counts once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from contract_tests.claims import Differs, Gained, Moved, SameAs
from contract_tests.oracles.changes import change
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.removals import marked, parts_of, removable, undo_parts_of
from contract_tests.oracles.stock import request
from contract_tests.world import World
from mock_server.lifecycle.model import (
    Create,
    Lifecycle,
    Move,
    Parts,
    Removal,
    Resource,
    Update,
)


@oracle("a retry with the same key counts once", writes=True)
def retries_count_once(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """What is repeated with its key is answered as before and acts once; another key acts again.

    It counts once as well if others were sent between it and the first one.
    """
    idempotency = lifecycle.idempotency
    if idempotency is None or resource.create is None:
        return
    header, operations = idempotency.header, idempotency.operations

    def created(create: Create, world: World) -> None:
        values = world.first_values(resource)
        for unique in resource.unique:
            if not resource.field(unique.field).required:
                values.pop(unique.field, None)
        owner = world.create(resource) if resource.parent else None
        path = owner.path if owner else {}
        listing = resource.lists[0]
        before = world.pages(listing, path=path)
        if resource.tag is not None:
            values[resource.tag] = world.session.name()
        parts = Parts(path=path, headers=create.headers, body=create.body(values))
        keyed = with_key(world, parts)
        first = world.do(create.operation, keyed)
        again = world.do(create.operation, keyed)
        pointer = create.id or ""
        world.hold(SameAs(again, pointer, first, pointer))
        world.hold(Gained(world.pages(listing, path=path), before, listing.items, 1))
        anew = world.send(create.operation, with_key(world, parts))
        # A record that is like another in everything may be refused as such.
        if world.trace.answer(anew).succeeded:
            if create.id is not None:
                world.hold(Differs(anew, pointer, first, pointer))
            late = world.do(create.operation, keyed)
            world.hold(SameAs(late, pointer, first, pointer))
            world.hold(Gained(world.pages(listing, path=path), before, listing.items, 2))

    def moved(move: Move, stock: str, world: World) -> None:
        record = world.create(resource, full=True)
        place = resource.reads[0].record + stock
        before = world.show(record)
        quantity = world.random.choice(move.quantities)
        parts = request(world, move, record, quantity)
        keyed = with_key(world, parts)
        for _ in range(2):
            world.do(move.operation, keyed)
        effect = move.effect(quantity)
        world.hold(Moved(world.show(record), place, before, place, effect))
        world.do(move.operation, with_key(world, parts))
        world.do(move.operation, keyed)
        world.hold(Moved(world.show(record), place, before, place, 2 * effect))

    def updated(update: Update, version: str, world: World) -> None:
        record = world.create(resource, full=True)
        place = resource.reads[0].record + version

        def keyed() -> Parts:
            body = update.body(change(world, resource, update))
            parts = with_key(world, Parts(path=record.path, body=body))
            # What it takes from the record is the same then when it is sent again.
            return world.completed(update.operation, parts, "first")

        first = keyed()
        for last in (first, keyed()):
            world.do(update.operation, last)
            once = world.show(record)
            world.do(update.operation, first)
            world.hold(SameAs(world.show(record), place, once, place))

    def removed(removal: Removal, world: World) -> None:
        record = removable(world, resource, removal)
        parts = with_key(world, parts_of(record, removal))
        for _ in range(2):
            world.do(removal.operation, parts)

    def undone(removal: Removal, undo: str, world: World) -> None:
        record = removable(world, resource, removal)
        away, back = parts_of(record, removal), undo_parts_of(record, removal)
        first, later = with_key(world, away), with_key(world, back)
        world.do(removal.operation, first)
        world.do(undo, later)
        world.do(removal.operation, first)
        marked(world, record, removal, gone=False)
        world.do(removal.operation, with_key(world, away))
        marked(world, record, removal, gone=True)
        world.do(undo, later)
        marked(world, record, removal, gone=True)

    def with_key(world: World, parts: Parts) -> Parts:
        return replace(parts, headers={**parts.headers, header: world.session.name()})

    if resource.create.operation in operations and resource.lists:
        yield Case(resource.create.operation, partial(created, resource.create))
    for move in resource.moves:
        if move.operation in operations and resource.stock is not None:
            yield Case(move.operation, partial(moved, move, resource.stock))
    for update in resource.updates:
        if update.operation in operations and resource.version is not None:
            yield Case(update.operation, partial(updated, update, resource.version))
    for removal in resource.removals:
        if removal.operation in operations:
            yield Case(removal.operation, partial(removed, removal))
            if removal.undo in operations:
                yield Case(removal.undo, partial(undone, removal, removal.undo))
