"""What one owner has is not seen through another, though one account may call for both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import Refuses, Unlike
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change, same_record
from contract_tests.properties.oracles.removals import parts_of, removable
from mock_server.lifecycle.model import (
    Listing,
    Parts,
    Read,
    Removal,
    Resource,
    Update,
)

_WHY = "the record is not that owner's"


@oracle("owners_are_separate", "a record is not reached through another owner", writes=True)
def owners_are_apart(resource: Resource) -> Iterator[Case]:
    """With another owner in the path a record is not read, listed, changed or taken away."""
    owner = resource.owner_in_path
    if not owner or resource.create is None or not resource.reads:
        return

    def elsewhere(actions: Actions) -> dict[str, str]:
        return {owner: actions.session.name()}

    def read(view: Read, actions: Actions) -> None:
        record = actions.create(resource)
        answer = actions.send(view.operation, Parts(path={**record.path, **elsewhere(actions)}))
        actions.hold(Refuses(answer, _WHY), *_unlike(answer, record))

    def listed(listing: Listing, actions: Actions) -> None:
        record = actions.create(resource)
        other = elsewhere(actions)
        parts = Parts(path={**listing.path, **other}, query=listing.query)
        answer = actions.send(listing.operation, parts)
        pages = actions.pages(listing, path=other) if actions.trace.answer(answer).succeeded else ()
        for page in (answer, *pages):
            actions.hold(*_unlike(page, record))

    def updated(update: Update, actions: Actions) -> None:
        record = actions.create(resource)
        path = {**record.path, **elsewhere(actions)}
        body = update.body(change(actions, resource, update))
        untouched(actions, record, update.operation, Parts(path=path, body=body))

    def removed(removal: Removal, actions: Actions) -> None:
        record = removable(actions, resource, removal)
        parts = parts_of(record, removal)
        path = {**parts.path, **elsewhere(actions)}
        parts = Parts(path, parts.query, parts.headers, parts.body)
        untouched(actions, record, removal.operation, parts)

    def untouched(actions: Actions, record: Record, operation: str, parts: Parts) -> None:
        before = actions.show(record)
        actions.hold(Refuses(actions.send(operation, parts), _WHY))
        same_record(actions, record, before)

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
