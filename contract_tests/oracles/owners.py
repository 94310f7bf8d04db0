"""What one owner has is not seen through another, though one account may call for both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import Refuses, Unlike
from contract_tests.oracles.changes import change, same_record
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.removals import parts_of, removable
from contract_tests.world import Record, World
from mock_server.lifecycle.model import (
    Lifecycle,
    Listing,
    Parts,
    Read,
    Removal,
    Resource,
    Update,
)

_WHY = "the record is not that owner's"


@oracle("a record is not reached through another owner", writes=True)
def owners_are_apart(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """With another owner in the path a record is not read, listed, changed or taken away."""
    del lifecycle
    owner = resource.owner_in_path
    if not owner or resource.create is None or not resource.reads:
        return

    def elsewhere(world: World) -> dict[str, str]:
        return {owner: world.session.name()}

    def read(view: Read, world: World) -> None:
        record = world.create(resource)
        answer = world.send(view.operation, Parts(path={**record.path, **elsewhere(world)}))
        world.hold(Refuses(answer, _WHY), *_unlike(answer, record))

    def listed(listing: Listing, world: World) -> None:
        record = world.create(resource)
        other = elsewhere(world)
        parts = Parts(path={**listing.path, **other}, query=listing.query)
        answer = world.send(listing.operation, parts)
        pages = world.pages(listing, path=other) if world.trace.answer(answer).succeeded else ()
        for page in (answer, *pages):
            world.hold(*_unlike(page, record))

    def updated(update: Update, world: World) -> None:
        record = world.create(resource)
        path = {**record.path, **elsewhere(world)}
        body = update.body(change(world, resource, update))
        untouched(world, record, update.operation, Parts(path=path, body=body))

    def removed(removal: Removal, world: World) -> None:
        record = removable(world, resource, removal)
        parts = parts_of(record, removal)
        path = {**parts.path, **elsewhere(world)}
        parts = Parts(path, parts.query, parts.headers, parts.body)
        untouched(world, record, removal.operation, parts)

    def untouched(world: World, record: Record, operation: str, parts: Parts) -> None:
        before = world.show(record)
        world.hold(Refuses(world.send(operation, parts), _WHY))
        same_record(world, record, before)

    for view in resource.reads:
        yield Case(view.operation, partial(read, view))
    for listing in resource.lists:
        yield Case(listing.operation, partial(listed, listing))
    for update in resource.updates:
        yield Case(update.operation, partial(updated, update))
    for removal in resource.removals:
        yield Case(removal.operation, partial(removed, removal))


def _unlike(answer: int, record: Record) -> Iterator[Unlike]:
    tag = record.resource.tag
    if tag is not None:
        yield Unlike(answer, record.sent[tag])
