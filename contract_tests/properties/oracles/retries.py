"""A request that is sent again with the same idempotency key counts once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from contract_tests.claims import Differs, Gained, Moved, SameAs
from contract_tests.properties.actions import Actions
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change
from contract_tests.properties.oracles.removals import marked, parts_of, removable, undo_parts_of
from contract_tests.properties.oracles.stock import request
from mock_server.lifecycle.model import (
    Create,
    Lifecycle,
    Move,
    Parts,
    Removal,
    Resource,
    Update,
)


@oracle("idempotency_keys", "a retry with the same key counts once", writes=True)
def retries_count_once(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """What is repeated with its key is answered as before and acts once; another key acts again.

    It counts once as well if others were sent between it and the first one.
    """
    idempotency = lifecycle.idempotency
    if idempotency is None or resource.create is None:
        return
    header, operations = idempotency.header, idempotency.operations

    def created(create: Create, actions: Actions) -> None:
        values = actions.first_values(resource)
        for unique in resource.unique:
            if not resource.field(unique.field).required:
                values.pop(unique.field, None)
        owner = actions.create(resource) if resource.parent else None
        path = owner.path if owner else {}
        listing = resource.lists[0]
        before = actions.pages(listing, path=path)
        if resource.tag is not None:
            values[resource.tag] = actions.session.name()
        parts = Parts(path=path, headers=create.headers, body=create.body(values))
        keyed = with_key(actions, parts)
        first = actions.do(create.operation, keyed)
        again = actions.do(create.operation, keyed)
        pointer = create.id or ""
        actions.hold(SameAs(again, pointer, first, pointer))
        actions.hold(Gained(actions.pages(listing, path=path), before, listing.items, 1))
        anew = actions.send(create.operation, with_key(actions, parts))
        # A record that is like another in everything may be refused as such.
        if actions.trace.answer(anew).succeeded:
            if create.id is not None:
                actions.hold(Differs(anew, pointer, first, pointer))
            late = actions.do(create.operation, keyed)
            actions.hold(SameAs(late, pointer, first, pointer))
            actions.hold(Gained(actions.pages(listing, path=path), before, listing.items, 2))

    def moved(move: Move, stock: str, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        place = resource.reads[0].record + stock
        before = actions.show(record)
        quantity = actions.random.choice(move.quantities)
        parts = request(actions, move, record, quantity)
        keyed = with_key(actions, parts)
        for _ in range(2):
            actions.do(move.operation, keyed)
        effect = move.effect(quantity)
        actions.hold(Moved(actions.show(record), place, before, place, effect))
        actions.do(move.operation, with_key(actions, parts))
        actions.do(move.operation, keyed)
        actions.hold(Moved(actions.show(record), place, before, place, 2 * effect))

    def updated(update: Update, version: str, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        place = resource.reads[0].record + version

        def keyed() -> Parts:
            body = update.body(change(actions, resource, update))
            parts = with_key(actions, Parts(path=record.path, body=body))
            # What it takes from the record is the same then when it is sent again.
            return actions.completed(update.operation, parts, "first")

        first = keyed()
        for last in (first, keyed()):
            actions.do(update.operation, last)
            once = actions.show(record)
            actions.do(update.operation, first)
            actions.hold(SameAs(actions.show(record), place, once, place))

    def removed(removal: Removal, actions: Actions) -> None:
        record = removable(actions, resource, removal)
        parts = with_key(actions, parts_of(record, removal))
        for _ in range(2):
            actions.do(removal.operation, parts)

    def undone(removal: Removal, undo: str, actions: Actions) -> None:
        record = removable(actions, resource, removal)
        away, back = parts_of(record, removal), undo_parts_of(record, removal)
        first, later = with_key(actions, away), with_key(actions, back)
        actions.do(removal.operation, first)
        actions.do(undo, later)
        actions.do(removal.operation, first)
        marked(actions, record, removal, gone=False)
        actions.do(removal.operation, with_key(actions, away))
        marked(actions, record, removal, gone=True)
        actions.do(undo, later)
        marked(actions, record, removal, gone=True)

    def with_key(actions: Actions, parts: Parts) -> Parts:
        return replace(parts, headers={**parts.headers, header: actions.session.name()})

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
