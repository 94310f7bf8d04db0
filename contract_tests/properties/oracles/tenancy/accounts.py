"""One account sees and touches nothing of another; nobody gets in without a credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contract_tests.claims import Answers, Gained, Lists, Refuses, Totals, Unlike
from contract_tests.exchange.trace import Caller, find
from contract_tests.properties.actions import Actions, CaseNotApplicable, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change, same_record
from contract_tests.properties.oracles.lists import reachable
from contract_tests.properties.oracles.removals import parts_of
from contract_tests.properties.oracles.stock import request
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


@oracle("other_account_cannot_read", "another account cannot read or list a record", writes=True)
def others_see_nothing(resource: Resource) -> Iterator[Case]:
    """Another account's reads say that the record is not there; its lists and counts lack it."""
    if resource.create is None:
        return

    def unread(operation: str, actions: Actions) -> None:
        record = actions.create(resource)
        answer = actions.send(operation, Parts(path=record.path), "other")
        if resource.tag is not None:
            actions.hold(Unlike(answer, record.sent[resource.tag]))
        if resource.tag is None or not _has_its_own(actions, record):
            actions.hold(Refuses(answer, "the record is another account's"))

    def unlisted(listing: Listing, actions: Actions) -> None:
        before = actions.pages(listing, account="other")
        record = actions.create(resource)
        after = actions.pages(listing, account="other")
        if resource.tag is not None:
            actions.hold(*(Unlike(page, record.sent[resource.tag]) for page in after))
        actions.hold(Gained(after, before, listing.items, 0))

    def unlisted_below(listing: Listing, tag: str, actions: Actions) -> None:
        record, paging = actions.create(resource), listing.paging
        page = paging.page(0, paging.fixed or paging.largest) if paging is not None else ()
        parts = Parts({**listing.path, **record.path}, (*listing.query, *page))
        # It may have a list of its own there, if its records have the same identifiers.
        answer = actions.send(listing.operation, parts, "other")
        actions.hold(Unlike(answer, record.sent[tag]))

    for read in resource.reads:
        yield Case(read.operation, partial(unread, read.operation), other=True)
    for listing in resource.lists:
        if resource.parent is None:
            yield Case(listing.operation, partial(unlisted, listing), other=True)
        elif resource.tag is not None:
            run = partial(unlisted_below, listing, resource.tag)
            yield Case(listing.operation, run, other=True)


@oracle("other_account_cannot_write", "another account cannot change a record", writes=True)
def others_touch_nothing(resource: Resource) -> Iterator[Case]:
    """Another account's updates, moves and removals are refused, and change nothing."""
    if resource.create is None or not resource.reads:
        return

    def untouched(actions: Actions, operation: str, record: Record, parts: Parts) -> None:
        if _has_its_own(actions, record):
            return
        before = actions.show(record)
        answer = actions.send(operation, parts, "other")
        actions.hold(Refuses(answer, "the record is another account's"))
        same_record(actions, record, before)

    def updated(update: Update, actions: Actions) -> None:
        record = actions.create(resource)
        # What a service did for the one may be what it answers to the other.
        actions.update(record, update, change(actions, resource, update))
        body = update.body(change(actions, resource, update))
        untouched(actions, update.operation, record, Parts(path=record.path, body=body))

    def removed(removal: Removal, actions: Actions) -> None:
        record = actions.create(resource)
        untouched(actions, removal.operation, record, parts_of(record, removal))

    def moved(move: Move, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        parts = request(actions, move, record, actions.random.choice(move.quantities))
        untouched(actions, move.operation, record, parts)

    for update in resource.updates:
        yield Case(
            update.operation, partial(updated, update), other=True, touches_foreign_data=True
        )
    for removal in resource.removals:
        yield Case(
            removal.operation, partial(removed, removal), other=True, touches_foreign_data=True
        )
    for move in resource.moves:
        yield Case(move.operation, partial(moved, move), other=True, touches_foreign_data=True)


def _has_its_own(actions: Actions, record: Record) -> bool:
    """Say whether the other account has a record of its own with the same identifier.

    Where each account counts for itself, it may; then it is not refused, and no record of the first
    one's is what it reads and changes.
    """
    view, tag = record.resource.reads[0], record.resource.tag
    shown = actions.send(view.operation, Parts(path=record.path), "other")
    answer = actions.trace.answer(shown)
    return answer.succeeded and tag is not None and record.sent[tag].encode() not in answer.content


@oracle("credential_is_required", "nothing is done without a credential", writes=True)
def invalid_credentials_do_nothing(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Without a credential, or with a wrong one, every call is refused and changes nothing."""
    statuses = lifecycle.unauthenticated

    def refused(actions: Actions, operation: str, parts: Parts, caller: Caller) -> None:
        answer = actions.send(operation, parts, caller)
        actions.hold(Answers(answer, statuses, "the credential is missing or wrong"))

    def read(operation: str, caller: Caller, actions: Actions) -> None:
        refused(actions, operation, Parts(path=_path(actions, resource)), caller)

    def summed(summary: Summary, caller: Caller, actions: Actions) -> None:
        of = (each.path for each in resource.lists if each.operation == summary.listing)
        refused(actions, summary.operation, Parts(path=next(of, {})), caller)

    def listed(listing: Listing, caller: Caller, actions: Actions) -> None:
        path = actions.create(resource).path if resource.parent else {}
        parts = Parts(path={**listing.path, **path}, query=listing.query)
        refused(actions, listing.operation, parts, caller)

    def created(create: Create, caller: Caller, actions: Actions) -> None:
        path = actions.create(resource).path if resource.parent else {}
        values = actions.first_values(resource)
        if resource.tag is not None:
            values[resource.tag] = actions.session.name()
        parts = Parts(path=path, headers=create.headers, body=create.body(values))
        listing = next(iter(resource.lists), None)
        before = actions.pages(listing, path=path) if listing else ()
        refused(actions, create.operation, parts, caller)
        if listing:
            actions.hold(Gained(actions.pages(listing, path=path), before, listing.items, 0))

    def updated(update: Update, caller: Caller, actions: Actions) -> None:
        record = actions.create(resource)
        before = actions.show(record)
        body = update.body(change(actions, resource, update))
        refused(actions, update.operation, Parts(path=record.path, body=body), caller)
        same_record(actions, record, before)

    def removed(removal: Removal, caller: Caller, actions: Actions) -> None:
        record = actions.create(resource)
        before = actions.show(record)
        refused(actions, removal.operation, parts_of(record, removal), caller)
        same_record(actions, record, before)

    def moved(move: Move, caller: Caller, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.show(record)
        parts = request(actions, move, record, actions.random.choice(move.quantities))
        refused(actions, move.operation, parts, caller)
        same_record(actions, record, before)

    callers: tuple[Caller, ...] = (None, "invalid_credential")
    for caller in callers:
        for listing in resource.lists:
            yield Case(
                listing.operation, partial(listed, listing, caller), touches_foreign_data=True
            )
        for summary in {each.operation: each for each in resource.summaries}.values():
            yield Case(
                summary.operation, partial(summed, summary, caller), touches_foreign_data=True
            )
        for operation in _views_of_one(resource):
            yield Case(operation, partial(read, operation, caller), touches_foreign_data=True)
        if resource.create is None:
            continue
        yield Case(
            resource.create.operation,
            partial(created, resource.create, caller),
            touches_foreign_data=True,
        )
        if not resource.reads:
            continue
        for update in resource.updates:
            yield Case(
                update.operation, partial(updated, update, caller), touches_foreign_data=True
            )
        for removal in resource.removals:
            yield Case(
                removal.operation, partial(removed, removal, caller), touches_foreign_data=True
            )
        for move in resource.moves:
            yield Case(move.operation, partial(moved, move, caller), touches_foreign_data=True)


def _views_of_one(resource: Resource) -> dict[str, None]:
    """The operations that show one record, or what belongs to it."""
    below = (resource.history, *(move.taken for move in resource.moves))
    listed = [listing.operation for listing in below if listing is not None]
    return dict.fromkeys([*(read.operation for read in resource.reads), *listed])


def _path(actions: Actions, resource: Resource) -> Mapping[str, Any]:
    """The path of a new record, or of one that is listed where none can be made."""
    if resource.create is not None:
        return actions.create(resource).path
    for listing in reachable(resource)[:1]:
        for item in actions.records(actions.pages(listing, most=1), listing)[:1]:
            return {**listing.path, resource.id_in_path: str(find(item, listing.id))}
    raise CaseNotApplicable(f"there is no {resource.name}")


@oracle("accounts_are_separate", "each account's records are its own", writes=True)
def accounts_are_apart(resource: Resource) -> Iterator[Case]:
    """Two accounts create at the same time; each lists its own record and not the other's."""
    if resource.create is None:
        return

    def apart(listing: Listing, actions: Actions) -> None:
        mine = actions.create(resource)
        theirs = actions.create(resource, account="other")
        view = resource.reads[0] if resource.reads else None
        if (
            view
            and listing.shows
            and not listing.shows(actions.at(actions.show(mine), view.record))
        ):
            return
        pages = actions.pages(listing, path=mine.path)
        actions.hold(Lists(pages, resource.name, listing.operation, mine.id))
        if listing.total is not None:
            actions.hold(Totals(pages[-1], pages, resource.name, listing.operation))
        if resource.tag is not None:
            actions.hold(*(Unlike(page, theirs.sent[resource.tag]) for page in pages))

    for listing in resource.lists:
        yield Case(listing.operation, partial(apart, listing), other=True)
