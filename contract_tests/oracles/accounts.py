"""One account sees and touches nothing of another; nobody gets in without a credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contract_tests.claims import Answers, Gained, Lists, Refuses, Totals, Unlike
from contract_tests.oracles.changes import change, same_record
from contract_tests.oracles.lists import reachable
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.removals import parts_of
from contract_tests.oracles.stock import request
from contract_tests.traces import Caller, find
from contract_tests.world import Record, Unfit, World
from mock_server.lifecycle.model import (
    Create,
    Lifecycle,
    Listing,
    Move,
    Parts,
    Removal,
    Resource,
    Summary,
    Update,
)


@oracle("another account cannot read or list a record", writes=True)
def others_see_nothing(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Another account's reads say that the record is not there; its lists and counts lack it."""
    del lifecycle
    if resource.create is None:
        return

    def unread(operation: str, world: World) -> None:
        record = world.create(resource)
        answer = world.send(operation, Parts(path=record.path), "other")
        if resource.tag is not None:
            world.hold(Unlike(answer, record.sent[resource.tag]))
        if resource.tag is None or not _has_its_own(world, record):
            world.hold(Refuses(answer, "the record is another account's"))

    def unlisted(listing: Listing, world: World) -> None:
        before = world.pages(listing, account="other")
        record = world.create(resource)
        after = world.pages(listing, account="other")
        if resource.tag is not None:
            world.hold(*(Unlike(page, record.sent[resource.tag]) for page in after))
        world.hold(Gained(after, before, listing.items, 0))

    def unlisted_below(listing: Listing, tag: str, world: World) -> None:
        record, paging = world.create(resource), listing.paging
        page = paging.page(0, paging.fixed or paging.largest) if paging is not None else ()
        parts = Parts({**listing.path, **record.path}, (*listing.query, *page))
        # It may have a list of its own there, if its records have the same identifiers.
        answer = world.send(listing.operation, parts, "other")
        world.hold(Unlike(answer, record.sent[tag]))

    for read in resource.reads:
        yield Case(read.operation, partial(unread, read.operation), other=True)
    for listing in resource.lists:
        if resource.parent is None:
            yield Case(listing.operation, partial(unlisted, listing), other=True)
        elif resource.tag is not None:
            run = partial(unlisted_below, listing, resource.tag)
            yield Case(listing.operation, run, other=True)


@oracle("another account cannot touch a record", writes=True)
def others_touch_nothing(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Another account's updates, moves and removals are refused, and change nothing."""
    del lifecycle
    if resource.create is None or not resource.reads:
        return

    def untouched(world: World, operation: str, record: Record, parts: Parts) -> None:
        if _has_its_own(world, record):
            return
        before = world.show(record)
        answer = world.send(operation, parts, "other")
        world.hold(Refuses(answer, "the record is another account's"))
        same_record(world, record, before)

    def updated(update: Update, world: World) -> None:
        record = world.create(resource)
        # What a service did for the one may be what it answers to the other.
        world.update(record, update, change(world, resource, update))
        body = update.body(change(world, resource, update))
        untouched(world, update.operation, record, Parts(path=record.path, body=body))

    def removed(removal: Removal, world: World) -> None:
        record = world.create(resource)
        untouched(world, removal.operation, record, parts_of(record, removal))

    def moved(move: Move, world: World) -> None:
        record = world.create(resource, full=True)
        parts = request(world, move, record, world.random.choice(move.quantities))
        untouched(world, move.operation, record, parts)

    for update in resource.updates:
        yield Case(update.operation, partial(updated, update), other=True, wild=True)
    for removal in resource.removals:
        yield Case(removal.operation, partial(removed, removal), other=True, wild=True)
    for move in resource.moves:
        yield Case(move.operation, partial(moved, move), other=True, wild=True)


def _has_its_own(world: World, record: Record) -> bool:
    """Say whether the other account has a record of its own with the same identifier.

    Where each account counts for itself, it may; then it is not refused, and no record of the first
    one's is what it reads and changes.
    """
    view, tag = record.resource.reads[0], record.resource.tag
    shown = world.send(view.operation, Parts(path=record.path), "other")
    answer = world.trace.answer(shown)
    return answer.succeeded and tag is not None and record.sent[tag].encode() not in answer.content


@oracle("nothing is done without a credential", writes=True)
def strangers_do_nothing(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Without a credential, or with a wrong one, every call is refused and changes nothing."""
    statuses = lifecycle.unauthenticated

    def refused(world: World, operation: str, parts: Parts, caller: Caller) -> None:
        answer = world.send(operation, parts, caller)
        world.hold(Answers(answer, statuses, "the credential is missing or wrong"))

    def read(operation: str, caller: Caller, world: World) -> None:
        refused(world, operation, Parts(path=_path(world, resource)), caller)

    def summed(summary: Summary, caller: Caller, world: World) -> None:
        of = (each.path for each in resource.lists if each.operation == summary.listing)
        refused(world, summary.operation, Parts(path=next(of, {})), caller)

    def listed(listing: Listing, caller: Caller, world: World) -> None:
        path = world.create(resource).path if resource.parent else {}
        parts = Parts(path={**listing.path, **path}, query=listing.query)
        refused(world, listing.operation, parts, caller)

    def created(create: Create, caller: Caller, world: World) -> None:
        path = world.create(resource).path if resource.parent else {}
        values = world.first_values(resource)
        if resource.tag is not None:
            values[resource.tag] = world.session.name()
        parts = Parts(path=path, headers=create.headers, body=create.body(values))
        listing = next(iter(resource.lists), None)
        before = world.pages(listing, path=path) if listing else ()
        refused(world, create.operation, parts, caller)
        if listing:
            world.hold(Gained(world.pages(listing, path=path), before, listing.items, 0))

    def updated(update: Update, caller: Caller, world: World) -> None:
        record = world.create(resource)
        before = world.show(record)
        body = update.body(change(world, resource, update))
        refused(world, update.operation, Parts(path=record.path, body=body), caller)
        same_record(world, record, before)

    def removed(removal: Removal, caller: Caller, world: World) -> None:
        record = world.create(resource)
        before = world.show(record)
        refused(world, removal.operation, parts_of(record, removal), caller)
        same_record(world, record, before)

    def moved(move: Move, caller: Caller, world: World) -> None:
        record = world.create(resource, full=True)
        before = world.show(record)
        parts = request(world, move, record, world.random.choice(move.quantities))
        refused(world, move.operation, parts, caller)
        same_record(world, record, before)

    callers: tuple[Caller, ...] = (None, "stranger")
    for caller in callers:
        for listing in resource.lists:
            yield Case(listing.operation, partial(listed, listing, caller), wild=True)
        for summary in {each.operation: each for each in resource.summaries}.values():
            yield Case(summary.operation, partial(summed, summary, caller), wild=True)
        for operation in _views_of_one(resource):
            yield Case(operation, partial(read, operation, caller), wild=True)
        if resource.create is None:
            continue
        yield Case(resource.create.operation, partial(created, resource.create, caller), wild=True)
        if not resource.reads:
            continue
        for update in resource.updates:
            yield Case(update.operation, partial(updated, update, caller), wild=True)
        for removal in resource.removals:
            yield Case(removal.operation, partial(removed, removal, caller), wild=True)
        for move in resource.moves:
            yield Case(move.operation, partial(moved, move, caller), wild=True)


def _views_of_one(resource: Resource) -> dict[str, None]:
    """The operations that show one record, or what belongs to it."""
    below = (resource.history, *(move.taken for move in resource.moves))
    listed = [listing.operation for listing in below if listing is not None]
    return dict.fromkeys([*(read.operation for read in resource.reads), *listed])


def _path(world: World, resource: Resource) -> Mapping[str, Any]:
    """The path of a new record, or of one that is listed where none can be made."""
    if resource.create is not None:
        return world.create(resource).path
    for listing in reachable(resource)[:1]:
        for item in world.records(world.pages(listing, most=1), listing)[:1]:
            return {**listing.path, resource.id_in_path: str(find(item, listing.id))}
    raise Unfit(f"there is no {resource.name}")


@oracle("each account's records are its own", writes=True)
def accounts_are_apart(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Two accounts create at the same time; each lists its own record and not the other's."""
    del lifecycle
    if resource.create is None:
        return

    def apart(listing: Listing, world: World) -> None:
        mine = world.create(resource)
        theirs = world.create(resource, account="other")
        view = resource.reads[0] if resource.reads else None
        if view and listing.shows and not listing.shows(world.at(world.show(mine), view.record)):
            return
        pages = world.pages(listing, path=mine.path)
        world.hold(Lists(pages, resource.name, listing.operation, mine.id))
        if listing.total is not None:
            world.hold(Totals(pages[-1], pages, resource.name, listing.operation))
        if resource.tag is not None:
            world.hold(*(Unlike(page, theirs.sent[resource.tag]) for page in pages))

    for listing in resource.lists:
        yield Case(listing.operation, partial(apart, listing), other=True)
