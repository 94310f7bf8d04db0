"""What is shown agrees with itself: the same record in every view, prices with taxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from contract_tests.claims import Distinct, Related, SameAs, SameTime
from contract_tests.exchange.trace import MISSING, Caller, find
from contract_tests.properties.actions import Actions, CaseNotApplicable
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change
from contract_tests.properties.oracles.lists import other_may_list, reachable
from contract_tests.properties.oracles.records import item_pointer, outcomes, pointer_of
from contract_tests.properties.oracles.samples import telling
from mock_server.lifecycle.model import (
    Listing,
    Parts,
    Read,
    Resource,
    Update,
)
from mock_server.lifecycle.values import UnparsableValue, instant


class Seen(NamedTuple):
    """A record in an answer: where it is there, and where a view has what (`Read.at`)."""

    answer: int
    record: str
    at: Mapping[str, str | None]


@oracle("views_agree", "lists and reads show the same record", writes=False)
def views_agree(resource: Resource) -> Iterator[Case]:
    """What a list shows of a record is what each read, and each other list, shows of it.

    It is so for another account too, if it may ask for the list.
    """

    def agree(account: Caller, listing: Listing, read: Read, actions: Actions) -> None:
        if account == "other" and not other_may_list(actions, listing):
            raise CaseNotApplicable(f"{listing.operation} is not for the other account")
        pages = actions.pages(listing, account=account)
        items = actions.records(pages, listing)
        for item in telling(actions, resource, listing, items):
            known = str(find(item, listing.id))
            path = {**listing.path, resource.id_in_path: known}
            answer = actions.do(read.operation, Parts(path=path), account)
            found = item_pointer(actions, pages, listing, known)
            if found is not None:
                shown = Seen(answer, read.record, read.at)
                _same_record(actions, resource, shown, Seen(*found, listing.at))

    def alike(listing: Listing, other: Listing, actions: Actions) -> None:
        first = _listed(actions, listing)
        for known, seen in _listed(actions, other).items():
            if known in first:
                _same_record(actions, resource, seen, first[known])

    lists = reachable(resource)
    for listing in lists:
        for read in resource.reads:
            yield Case(listing.operation, partial(agree, "first", listing, read))
        for read in resource.reads[:1]:
            yield Case(listing.operation, partial(agree, "other", listing, read), other=True)
    for other in lists[1:]:
        if other.operation != lists[0].operation:
            yield Case(other.operation, partial(alike, lists[0], other))


def _listed(actions: Actions, listing: Listing) -> dict[str, Seen]:
    """Where each record of a list is, by its identifier."""
    return {
        str(find(item, listing.id)): Seen(page, f"{listing.items}/{place}", listing.at)
        for page in actions.pages(listing)
        for place, item in enumerate(actions.records((page,), listing))
    }


def _same_record(actions: Actions, resource: Resource, one: Seen, other: Seen) -> None:
    """Hold that two views show the same of a record, of what both show."""
    for field in resource.fields:
        here, there = pointer_of(field, one.at), pointer_of(field, other.at)
        if here is None or there is None:
            continue
        here, there = one.record + here, other.record + there
        if MISSING not in (actions.at(one.answer, here), actions.at(other.answer, there)):
            claim = SameAs(one.answer, here, other.answer, there, resource.name, field.name)
            actions.hold(claim)
    same_times(actions, resource, one, other)


def same_times(actions: Actions, resource: Resource, one: Seen, other: Seen) -> None:
    """Hold that two views of a record show the same times, which no caller sets."""
    for name, time in (("created", resource.created), ("updated", resource.updated)):
        here, there = one.at.get(name, time), other.at.get(name, time)
        if here is None or there is None:
            continue
        here, there = one.record + here, other.record + there
        if _is_time(actions.at(one.answer, here)) and _is_time(actions.at(other.answer, there)):
            actions.hold(SameTime(one.answer, here, other.answer, there))


def _is_time(shown: Any) -> bool:
    try:
        instant(shown)
    except UnparsableValue:
        return False
    return True


@oracle("listed_once", "no record is listed twice", writes=False)
def listed_once(resource: Resource) -> Iterator[Case]:
    """Every list, with pages or without, has each of its records once."""

    def once(listing: Listing, actions: Actions) -> None:
        actions.hold(Distinct(actions.pages(listing), resource.name, listing.operation))

    for listing in reachable(resource):
        yield Case(listing.operation, partial(once, listing))


@oracle("reads_have_no_side_effect", "reading changes nothing", writes=False)
def reading_changes_nothing(resource: Resource) -> Iterator[Case]:
    """A read or list that is asked for again gives the same answer."""

    def listed(listing: Listing, actions: Actions) -> None:
        one = actions.pages(listing, most=2)
        other = actions.pages(listing, most=2)
        for first, again in zip(one, other, strict=False):
            actions.hold(SameAs(again, listing.items, first, listing.items))

    def read(view: Read, actions: Actions) -> None:
        listing = reachable(resource)[0]
        items = actions.records(actions.pages(listing, most=1), listing)
        if items:
            known = str(find(actions.random.choice(items), listing.id))
            parts = Parts(path={**listing.path, resource.id_in_path: known})
            first, *others = (actions.do(view.operation, parts) for _ in range(3))
            actions.hold(*(SameAs(each, view.record, first, view.record) for each in others))

    for listing in reachable(resource):
        yield Case(listing.operation, partial(listed, listing))
    if reachable(resource):
        for view in resource.reads:
            yield Case(view.operation, partial(read, view))


@oracle("derived_values_add_up", "prices and other derived values add up", writes=False)
def relations_hold(resource: Resource) -> Iterator[Case]:
    """Every listed and read record keeps its relations."""

    def hold(listing: Listing, actions: Actions) -> None:
        pages = actions.pages(listing)
        looked: Looked = {}
        for page in pages:
            items = actions.records((page,), listing)
            for place in actions.random.sample(range(len(items)), min(12, len(items))):
                related(actions, resource, page, f"{listing.items}/{place}", looked)

    def read(listing: Listing, actions: Actions) -> None:
        items = actions.records(actions.pages(listing), listing)
        looked: Looked = {}
        for item in actions.random.sample(items, min(16, len(items))):
            path = {**listing.path, resource.id_in_path: str(find(item, listing.id))}
            view = resource.reads[0]
            answer = actions.do(view.operation, Parts(path=path))
            related(actions, resource, answer, view.record, looked)

    for place, listing in enumerate(reachable(resource) if resource.relations else ()):
        if place == 0 and resource.reads:
            yield Case(resource.reads[0].operation, partial(read, listing))
        if not listing.at:
            yield Case(listing.operation, partial(hold, listing))


@oracle("derived_values_follow_writes", "derived values follow what was just written", writes=True)
def relations_follow(resource: Resource) -> Iterator[Case]:
    """A new and a changed record keep their relations."""
    if resource.create is None or not resource.reads:
        return
    view = resource.reads[0]

    def created(actions: Actions) -> None:
        for _ in range(4):
            record = actions.create(resource, full=True)
            answer = actions.show(record)
            related(actions, resource, answer, view.record, {})
            actions.hold(*outcomes(answer, resource, record.sent))

    def changed(update: Update, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        for full in (False, True, True):
            values = change(actions, resource, update, full=full)
            actions.update(record, update, values)
            answer = actions.show(record)
            related(actions, resource, answer, view.record, {})
            actions.hold(*outcomes(answer, resource, values))

    if resource.relations or resource.outcomes:
        yield Case(view.operation, created)
        for update in resource.updates:
            yield Case(update.operation, partial(changed, update))


#: What was asked for besides a record: the answers, by operation and path parameters.
Looked = dict[tuple[str, tuple[tuple[str, str], ...]], int]


def related(
    actions: Actions, resource: Resource, answer: int, pointer: str, looked: Looked
) -> None:
    """Hold that a shown record keeps all its relations.

    What they depend on is asked for if it was not `looked` at yet; since then, nothing may have
    been written.
    """

    def look(operation: str, path: Mapping[str, str]) -> Any:
        asked = (operation, tuple(path.items()))
        if asked not in looked:
            looked[asked] = actions.do(operation, Parts(path=path))
        return actions.at(looked[asked], "")

    record = actions.at(answer, pointer)
    if record is MISSING:
        return
    # One that is known to be broken must not hide the others for ever.
    for relation in actions.random.sample(resource.relations, len(resource.relations)):
        # The claim says what is wrong with a record that makes no sense.
        with suppress(UnparsableValue, KeyError, TypeError, AttributeError, ValueError):
            relation.violation(record, look)
        actions.hold(Related(answer, pointer, resource.name, relation.name))
