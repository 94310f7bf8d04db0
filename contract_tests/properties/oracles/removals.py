"""What is taken away is gone everywhere, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import Answers, Lists, Marked
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change, fields_are_kept, same_record, views_of
from contract_tests.properties.oracles.records import shown
from mock_server.lifecycle.model import (
    Listing,
    Parts,
    Removal,
    Resource,
    Update,
)


def removable(actions: Actions, resource: Resource, removal: Removal) -> Record:
    """Create a record that can be taken away so."""
    return actions.create(resource, dict(removal.given))


def remove(actions: Actions, record: Record, removal: Removal) -> int:
    """Take a record away; it must succeed."""
    return actions.do(removal.operation, parts_of(record, removal), record.account)


def parts_of(record: Record, removal: Removal) -> Parts:
    """Return what is sent to take a record away."""
    return removal.parts(record.id) if removal.parts else Parts(path=record.path)


def bring_back(actions: Actions, record: Record, removal: Removal, undo: str) -> int:
    """Undo a removal; it must succeed."""
    return actions.do(undo, undo_parts_of(record, removal), record.account)


def undo_parts_of(record: Record, removal: Removal) -> Parts:
    """Return what is sent to bring a record back."""
    return removal.undo_parts(record.id) if removal.undo_parts else Parts(path=record.path)


def gone_from_reads(actions: Actions, record: Record, removal: Removal) -> None:
    """Hold that reads say what they must of a removed record."""
    resource = record.resource
    for read in resource.reads:
        answer = actions.send(read.operation, Parts(path=record.path))
        if removal.reads == "absent":
            actions.hold(Answers(answer, resource.absent, f"{removal.operation} took it away"))
        else:
            actions.hold(Answers(answer, (), f"{removal.operation} leaves it to be read"))


def marked(actions: Actions, record: Record, removal: Removal, *, gone: bool) -> None:
    """Hold that a removed record tells that it is gone, or that another tells that it is not."""
    if removal.mark is None or (removal.reads == "absent" and not removal.reveal_read and gone):
        return
    view = record.resource.reads[0]
    parts = Parts(path=record.path, query=removal.reveal_read)
    answer = actions.do(view.operation, parts, record.account)
    pointer = view.record + removal.mark
    name = removal.name or removal.operation
    actions.hold(Marked(answer, pointer, name, record.resource.name, gone))


@oracle("gone_after_removal", "a removed record is gone from reads and lists", writes=True)
def removed_is_gone(resource: Resource) -> Iterator[Case]:
    """After a removal reads, lists and the record's own mark say so; another record stays."""
    if resource.create is None:
        return

    def gone(removal: Removal, actions: Actions) -> None:
        record, other = removable(actions, resource, removal), actions.create(resource)
        before = actions.show(other) if resource.reads else 0
        if resource.reads:
            marked(actions, record, removal, gone=False)
        remove(actions, record, removal)
        gone_from_reads(actions, record, removal)
        if resource.reads:
            marked(actions, record, removal, gone=True)
            same_record(actions, other, before)
            if removal.reads == "shown" and removal.changes is not None:
                view = resource.reads[0]
                rest = {k: v for k, v in record.sent.items() if k not in removal.changes}
                actions.hold(*shown(actions.show(record), view.record, resource, rest, view.at))

    def hidden(removal: Removal, listing: Listing, actions: Actions) -> None:
        record = removable(actions, resource, removal)
        other = actions.create(resource, beside=record)
        pages = actions.pages(listing, path=record.path)
        there = [
            Lists(pages, resource.name, listing.operation, each.id) for each in (record, other)
        ]
        if listing.shows is not None and any(
            claim.violation(actions.context, actions.trace) is not None for claim in there
        ):
            return
        actions.hold(*there)
        remove(actions, record, removal)
        present = not removal.hidden
        if present and removal.reads == "shown" and listing.shows is not None:
            present = listing.shows(actions.at(actions.show(record), resource.reads[0].record))
        pages = actions.pages(listing, path=record.path)
        name, operation = resource.name, listing.operation
        actions.hold(Lists(pages, name, operation, record.id, present=present))
        actions.hold(Lists(pages, name, operation, other.id))
        if removal.reveal is not None and listing is resource.lists[0]:
            pages = actions.pages(listing, removal.reveal, path=record.path)
            actions.hold(Lists(pages, name, operation, record.id))

    for removal in resource.removals:
        yield Case(removal.operation, partial(gone, removal))
        for listing in resource.lists:
            yield Case(listing.operation, partial(hidden, removal, listing))


@oracle("removal_can_be_undone", "a removal can be undone", writes=True)
def undone_is_back(resource: Resource) -> Iterator[Case]:
    """Undoing a removal makes the record what it was, in reads and lists, each time anew."""
    if resource.create is None:
        return

    def back(removal: Removal, undo: str, actions: Actions) -> None:
        record = removable(actions, resource, removal)
        names = {*record.sent} - {*removal.given}
        for again in (False, True):
            for update in resource.updates[:1] if again and not removal.given else ():
                values = change(actions, resource, update, full=True)
                actions.update(record, update, values)
                names |= {*values}
            before = views_of(actions, record)
            remove(actions, record, removal)
            if removal.reads == "shown" and removal.changes is not None:
                fields_are_kept(actions, record, before, names - {*removal.changes})
            bring_back(actions, record, removal, undo)
            marked(actions, record, removal, gone=False)
            fields_are_kept(actions, record, before, names)
        for listing in resource.lists:
            if listing.shows is None:
                pages = actions.pages(listing, path=record.path)
                actions.hold(Lists(pages, resource.name, listing.operation, record.id))

    for removal in resource.removals:
        if removal.undo is not None:
            yield Case(removal.undo, partial(back, removal, removal.undo))


@oracle("removed_stays_removed", "a removed record cannot be changed or removed again", writes=True)
def gone_stays_gone(resource: Resource) -> Iterator[Case]:
    """Updates and removals of a deleted record are refused as of one that never was."""
    if resource.create is None:
        return

    def dead(removal: Removal, update: Update, actions: Actions) -> None:
        record = removable(actions, resource, removal)
        remove(actions, record, removal)
        parts = Parts(path=record.path, body=update.body(change(actions, resource, update)))
        actions.hold(
            Answers(actions.send(update.operation, parts), resource.absent, "it is deleted")
        )
        gone_from_reads(actions, record, removal)

    def again(removal: Removal, statuses: tuple[int, ...], actions: Actions) -> None:
        record = removable(actions, resource, removal)
        remove(actions, record, removal)
        actions.hold(Answers(actions.send(removal.operation, parts_of(record, removal)), statuses))
        gone_from_reads(actions, record, removal)

    for removal in resource.removals:
        if removal.effect == "deletes":
            for update in resource.updates:
                yield Case(update.operation, partial(dead, removal, update))
        if removal.again is not None:
            yield Case(removal.operation, partial(again, removal, removal.again))
