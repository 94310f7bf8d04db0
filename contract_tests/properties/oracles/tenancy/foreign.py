"""What belongs to another account is neither read nor referred to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from contract_tests.claims import Refuses, Unfollowed
from contract_tests.exchange.trace import MISSING, Caller, find
from contract_tests.properties.actions import Actions, CaseNotApplicable
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change, fields_of, same_record
from contract_tests.properties.oracles.lists import other_may_list, reachable
from contract_tests.properties.oracles.records import pointer_of
from mock_server.lifecycle.model import (
    Create,
    Field,
    Lifecycle,
    Listing,
    Parts,
    Read,
    Resource,
    Source,
    Update,
)

#: One kind of record, and a list of it.
_Among = tuple[Resource, Listing]
_ACCOUNTS: tuple[Caller, Caller] = ("first", "other")
_FEW = 3


@oracle("listed_records_are_private", "another account cannot read what one lists", writes=False)
def lists_are_private(resource: Resource) -> Iterator[Case]:
    """A listed record that another account does not list is refused to it.

    What nobody can create may be everybody's. Where accounts count for themselves, a record of the
    other's own may have the same identifier and be in none of its lists.
    """
    if resource.create is None:
        return

    def named(answer: int, view: Read, actions: Actions) -> Any:
        """What tells a record from another one of its identifier: its name, or all of it."""
        tag = pointer_of(resource.field(resource.tag), view.at) if resource.tag else None
        return actions.at(answer, f"{view.record}{tag or ''}")

    def unread(listing: Listing, view: Read, actions: Actions) -> None:
        strange = _listed(actions, resource, listing, "first")
        if other_may_list(actions, listing):
            theirs = _listed(actions, resource, listing, "other")
            strange = [each for each in strange if each not in theirs]
        for known in actions.random.sample(strange, min(_FEW, len(strange))):
            path = {**listing.path, resource.id_in_path: known}
            own = named(actions.send(view.operation, Parts(path=path)), view, actions)
            answer = actions.send(view.operation, Parts(path=path), "other")
            shown = named(answer, view, actions)
            if MISSING in (own, shown) or own == shown:
                actions.hold(Refuses(answer, "the record is another account's"))

    for listing in reachable(resource)[:1]:
        for view in resource.reads:
            yield Case(view.operation, partial(unread, listing, view), other=True)


@oracle("references_stay_in_account", "a record refers to nothing of another account", writes=True)
def references_stay_at_home(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """The identifier of another account's record is refused, or nothing comes of it."""
    create = resource.create
    if create is None or not resource.reads or resource.parent is not None:
        return
    view = resource.reads[0]

    def created(create: Create, field: Field, among: _Among, actions: Actions) -> None:
        values = actions.first_values(resource, null=False)
        values[field.name] = _theirs(actions, *among)
        if resource.tag is not None:
            values[resource.tag] = actions.session.name()
        parts = Parts(headers=create.headers, body=create.body(values))
        answer = actions.send(create.operation, parts)
        if actions.trace.answer(answer).succeeded:
            path = {resource.id_in_path: str(actions.at(answer, create.id or ""))}
            shown = actions.do(view.operation, Parts(path=path))
            actions.hold(Unfollowed(shown, view.record, values, resource.name, field.name))

    def updated(update: Update, field: Field, among: _Among, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.show(record)
        values = {**change(actions, resource, update), field.name: _theirs(actions, *among)}
        parts = Parts(path=record.path, body=update.body(values))
        if actions.trace.answer(actions.send(update.operation, parts)).succeeded:
            name, shown = resource.name, actions.show(record)
            actions.hold(Unfollowed(shown, view.record, values, name, field.name))
        else:
            same_record(actions, record, before)

    for field in resource.fields:
        among = _among(lifecycle, field)
        if among is None:
            continue
        if field.create and create.id is not None:
            run = partial(created, create, field, among)
            yield Case(create.operation, run, other=True, touches_foreign_data=True)
        for update in resource.updates:
            if field in fields_of(resource, update):
                run = partial(updated, update, field, among)
                yield Case(update.operation, run, other=True, touches_foreign_data=True)


def _among(lifecycle: Lifecycle, field: Field) -> _Among | None:
    """The records whose identifier a field takes."""
    source = field.source
    for resource in lifecycle.resources:
        for listing in resource.lists:
            if source == Source(listing.operation, listing.items, listing.id):
                return resource, listing
    return None


def _theirs(actions: Actions, kind: Resource, listing: Listing) -> str:
    """The identifier of a record that the other account has, and the first one has not."""
    if kind.create is not None:
        actions.create(kind, account="other")
    mine, theirs = (_listed(actions, kind, listing, account) for account in _ACCOUNTS)
    strange = [each for each in theirs if each not in mine]
    if not strange:
        raise CaseNotApplicable(f"each of {kind.name} may be one of either account")
    return actions.random.choice(strange)


def _listed(actions: Actions, kind: Resource, listing: Listing, account: Caller) -> list[str]:
    """The identifiers of an account's records, those that were taken away among them."""
    queries = {(), *(each.reveal for each in kind.removals if each.reveal)}
    pages = [
        page for query in sorted(queries) for page in actions.pages(listing, query, account=account)
    ]
    found = [find(each, listing.id) for each in actions.records(pages, listing)]
    return [str(each) for each in found if each is not MISSING]
