"""A change is seen everywhere, and changes nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import Gained, SameAs
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.records import listed, outcomes, pointer_of, shown
from mock_server.lifecycle.model import (
    Field,
    Json,
    Listing,
    Read,
    Resource,
    Update,
)


def fields_of(resource: Resource, update: Update) -> list[Field]:
    """Return the fields that an update may name."""
    return [
        field
        for field in resource.fields
        if field.update and (update.fields is None or field.name in update.fields)
    ]


def change(actions: Actions, resource: Resource, update: Update, *, full: bool = False) -> Json:
    """Draw what an update sends: something of what it may name, all that it must, or all."""
    fields = fields_of(resource, update)
    if full:
        values = actions.values(fields, full=True)
    elif update.partial:
        most = min(3, len(fields)) if actions.random.random() < 0.5 else (len(fields) + 1) // 2
        few = actions.random.sample(fields, actions.random.randint(1, most))
        needed = {name for field in few for name in field.needs}
        values = actions.values(
            [each for each in fields if each in few or each.name in needed], full=True
        )
    else:
        values = actions.values(fields)
    if resource.tag is not None and resource.tag in values:
        values[resource.tag] = actions.session.name()
    if not update.partial and resource.tag is not None:
        values.setdefault(resource.tag, actions.session.name())
    return values


@oracle("read_after_update", "a change is seen by every read and list", writes=True)
def changes_are_seen(resource: Resource) -> Iterator[Case]:
    """After an update its answer, every read and every list show the new values."""
    if resource.create is None or not resource.reads:
        return

    def seen(update: Update, read: Read | None, actions: Actions) -> None:
        record = actions.create(resource)
        view = read or resource.reads[0]
        actions.show(record, view)
        values = change(actions, resource, update, full=actions.random.random() < 0.5)
        changed = actions.update(record, update, values)
        if update.record is not None:
            actions.hold(*shown(changed, update.record, resource, values, update.at))
        answer = actions.show(record, view)
        actions.hold(*shown(answer, view.record, resource, values, view.at))
        if read is None:
            actions.hold(*outcomes(answer, resource, values))

    def relisted(update: Update, listing: Listing, actions: Actions) -> None:
        record = actions.create(resource)
        view = resource.reads[0]
        # What a list keeps from before a change is only seen if it was asked for before it.
        before = actions.pages(listing, path=record.path)
        there = listing.shows is None or listing.shows(
            actions.at(actions.show(record), view.record)
        )
        values = change(actions, resource, update, full=actions.random.random() < 0.7)
        actions.update(record, update, values)
        if listing.shows is None or listing.shows(actions.at(actions.show(record), view.record)):
            after = listed(actions, record, listing, values)
            actions.hold(Gained(after, before, listing.items, 0 if there else 1))

    def cleared(update: Update, names: list[str], actions: Actions) -> None:
        record = actions.create(resource, full=True)
        values: Json = dict.fromkeys(names)
        if not update.partial:
            values = {**change(actions, resource, update), **values}
        actions.update(record, update, values)
        for read in resource.reads:
            actions.hold(*shown(actions.show(record, read), read.record, resource, values, read.at))

    for update in resource.updates:
        yield Case(update.operation, partial(seen, update, None))
        clearable = [each.name for each in fields_of(resource, update) if each.clearable]
        if clearable:
            yield Case(update.operation, partial(cleared, update, clearable))
        for listing in resource.lists:
            yield Case(listing.operation, partial(relisted, update, listing))
        for read in resource.reads[1:]:
            yield Case(read.operation, partial(seen, update, read))


def fully_set(
    actions: Actions, resource: Resource, *, but: Update | None = None
) -> tuple[Record, set[str]]:
    """Create a record and set all that its updates can set, and return the names of that.

    With `but`, that update is left out.
    """
    record = actions.create(resource, full=True)
    sent = {*record.sent}
    for update in resource.updates:
        if update is not but and update.partial:
            values = change(actions, resource, update, full=True)
            actions.update(record, update, values)
            sent |= {*values}
    return record, sent


def views_of(actions: Actions, record: Record) -> list[int]:
    """Return the answers of all reads of a record."""
    return [actions.show(record, view) for view in record.resource.reads]


def fields_are_kept(actions: Actions, record: Record, before: list[int], names: set[str]) -> None:
    """Hold that all reads show these fields, and which record it is, as they did before."""
    resource = record.resource
    for view, was in zip(resource.reads, before, strict=True):
        answer = actions.show(record, view)
        for pointer in (resource.id, resource.created) if view is resource.reads[0] else ():
            if pointer is not None:
                actions.hold(SameAs(answer, view.record + pointer, was, view.record + pointer))
        for field in resource.fields:
            pointer = pointer_of(field, view.at)
            if pointer is not None and field.name in names:
                place = view.record + pointer
                actions.hold(SameAs(answer, place, was, place, resource.name, field.name))


@oracle("update_keeps_the_rest", "an update keeps what it does not name", writes=True)
def the_rest_is_kept(resource: Resource) -> Iterator[Case]:
    """After an update the fields that it did not name are as they were, in every read."""
    if resource.create is None or not resource.reads:
        return

    def kept(update: Update, actions: Actions) -> None:
        record, sent = fully_set(actions, resource, but=update)
        for _ in range(3):
            before = views_of(actions, record)
            values = change(actions, resource, update)
            actions.update(record, update, values)
            fields_are_kept(actions, record, before, sent - {*values})
            sent |= {*values}

    for update in resource.updates:
        if update.partial or update.keeps:
            yield Case(update.operation, partial(kept, update))


@oracle("updates_accumulate", "two changes are both kept", writes=True)
def both_changes_are_kept(resource: Resource) -> Iterator[Case]:
    """A second update does not undo the first, and a third value replaces the second."""
    if resource.create is None or not resource.reads:
        return

    def twice(update: Update, actions: Actions) -> None:
        record = actions.create(resource)
        view = resource.reads[0]
        kept: Json = {}
        for step in range(3):
            again = [field for field in fields_of(resource, update) if field.name in kept]
            values = (
                change(actions, resource, update, full=actions.random.random() < 0.3)
                if step < 2
                else actions.values(again, full=True)
            )
            if resource.tag is not None and resource.tag in values:
                values[resource.tag] = actions.session.name()
            actions.update(record, update, values)
            kept.update(values)
            for field in resource.fields:
                if any(name in values for name in field.needs):
                    kept.pop(field.name, None) if field.name not in values else None
            answer = actions.show(record)
            actions.hold(*shown(answer, view.record, resource, kept, view.at))

    for update in resource.updates:
        if update.partial or update.keeps:
            yield Case(update.operation, partial(twice, update))


@oracle("update_touches_one_record", "a change leaves other records alone", writes=True)
def others_are_left_alone(resource: Resource) -> Iterator[Case]:
    """An update, a removal or a move of one record leaves another as it was."""
    if resource.create is None or not resource.reads:
        return

    def alone(update: Update, actions: Actions) -> None:
        one, other = actions.create(resource, full=True), actions.create(resource, full=True)
        if actions.random.random() < 0.5:
            one, other = other, one
        view = resource.reads[0]
        before = actions.show(other)
        values = change(actions, resource, update)
        actions.update(one, update, values)
        after = actions.show(other)
        actions.hold(SameAs(after, view.record, before, view.record))
        actions.hold(*shown(after, view.record, resource, other.sent, view.at))

    for update in resource.updates:
        yield Case(update.operation, partial(alone, update))


def same_record(actions: Actions, record: Record, before: int) -> None:
    """Hold that a record is just as it was in an earlier answer."""
    pointer = record.resource.reads[0].record
    actions.hold(SameAs(actions.show(record), pointer, before, pointer))
