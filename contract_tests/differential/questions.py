"""Sequences about what the documents leave open, where two services may answer differently.

Nothing is claimed of an answer: no oracle could. Each acts on records of its own, so that it can be
compared between accounts that hold different ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.exchange.trace import find
from contract_tests.properties.actions import Actions, CaseNotApplicable, Record
from contract_tests.properties.oracle import Case
from contract_tests.properties.oracles.changes import change
from mock_server.lifecycle.model import (
    Json,
    Lifecycle,
    Listing,
    Parts,
    Query,
    Removal,
    Resource,
)
from mock_server.lifecycle.paging import Paging

#: A word of small and of capital letters that no record has.
_WORD = "Qwvyxo"
#: How often a value is drawn to see what a filter takes: not each one fits every record.
_DRAWS = 12

Question = tuple[str, Case]


def questions(lifecycle: Lifecycle) -> Iterator[Question]:
    """Yield what the documents of an API leave open, in a few words, and a case that asks it."""
    for resource in lifecycle.resources:
        if resource.create is None:
            continue
        for removal in resource.removals:
            yield (
                "how a record is removed again, and changed after that",
                Case(removal.operation, partial(_again, resource, removal)),
            )
        yield (
            "what becomes of texts that are empty",
            Case(resource.create.operation, partial(_empty, resource)),
        )
        if resource.parent is not None:
            continue
        for listing in resource.lists:
            yield from _of_list(resource, listing)


def _of_list(resource: Resource, listing: Listing) -> Iterator[Question]:
    yield (
        "where a sorted list has records with equal or missing values",
        Case(listing.operation, partial(_ordered, resource, listing)),
    )
    if listing.paging is not None and listing.filters:
        yield (
            "what a page past the end shows",
            Case(listing.operation, partial(_beyond, resource, listing, listing.paging)),
        )
    if resource.tag is not None and listing.filters:
        yield (
            "whether capital and small letters are the same to a filter",
            Case(listing.operation, partial(_letters, resource, listing)),
        )


def _again(resource: Resource, removal: Removal, actions: Actions) -> None:
    record = actions.create(resource, dict(removal.given))
    parts = removal.parts(record.id) if removal.parts else Parts(path=record.path)
    for _ in range(2):
        actions.send(removal.operation, parts)
    for update in resource.updates:
        body = update.body(change(actions, resource, update))
        actions.send(update.operation, Parts(path=record.path, body=body))
    if resource.reads:
        actions.send(resource.reads[0].operation, Parts(path=record.path))


def _empty(resource: Resource, actions: Actions) -> None:
    texts = (each.name for each in resource.fields if each.create and each.kind.name == "text")
    values = {name: "" for name in texts if name != resource.tag}
    record = actions.create(resource, {**_least(resource, actions), **values}, exactly=True)
    if resource.reads:
        actions.show(record)


def _ordered(resource: Resource, listing: Listing, actions: Actions) -> None:
    """List records with and without what they may lack, one of them taken away, in every order."""
    filled = actions.first_values(resource, full=True, null=False)
    made = [actions.create(resource, filled), actions.create(resource)]
    made += [actions.create(resource, _least(resource, actions), exactly=True) for _ in range(2)]
    removal = next((each for each in resource.removals if each.reveal is not None), None)
    if removal is not None:
        parts = removal.parts(made[1].id) if removal.parts else Parts(path=made[1].path)
        actions.send(removal.operation, parts)
    for query in ((), *(sort.query for sort in listing.sorts)):
        actions.pages(listing, query)


def _least(resource: Resource, actions: Actions) -> Json:
    """Values of no more fields than a new record needs."""
    always = resource.create.always if resource.create is not None else ()
    needed = [each for each in resource.fields if each.required or each.name in always]
    return actions.values([each for each in needed if each.create])


def _beyond(resource: Resource, listing: Listing, paging: Paging, actions: Actions) -> None:
    """Ask for a second page of a list that a filter narrows to one record."""
    record = actions.create(resource)
    query = _narrowed(listing, record, actions)
    for index in (0, 1):
        page = (*listing.query, *query, *paging.page(index, paging.fixed or paging.largest))
        actions.send(listing.operation, Parts(path=listing.path, query=page))


def _narrowed(listing: Listing, record: Record, actions: Actions) -> Query:
    """A query for one record alone; raises CaseNotApplicable if no filter has one."""
    shown = _shown(listing, record, actions)
    for chosen in listing.filters:
        value = None if chosen.among or chosen.path else chosen.value(actions.random, [shown])
        query = chosen.query(value) if value is not None else ()
        if any(record.id in text or _tag(record) in text for _, text in query):
            found = actions.records(actions.pages(listing, query), listing)
            if [str(find(each, listing.id)) for each in found] == [record.id]:
                return query
    raise CaseNotApplicable(f"no filter of {listing.operation} chooses one record")


def _letters(resource: Resource, listing: Listing, actions: Actions) -> None:
    """Ask filters for a text as it is written, and with the case of a word the other way round."""
    made = actions.session.name()
    name, other = f"{made} {_WORD}", f"{made} {_WORD.swapcase()}"
    shown = _shown(listing, actions.create(resource, {str(resource.tag): name}), actions)
    for chosen in listing.filters:
        if chosen.among or chosen.path:
            continue
        drawn = [chosen.value(actions.random, [shown]) for _ in range(_DRAWS)]
        wanted = (_WORD, _WORD.swapcase()) if _WORD in drawn else (name, other)
        for text in wanted if _WORD in drawn or name in drawn else ():
            actions.pages(listing, chosen.query(text))


def _shown(listing: Listing, record: Record, actions: Actions) -> Json:
    """A record as a list shows it; raises CaseNotApplicable if it does not."""
    for each in actions.records(actions.pages(listing), listing):
        if isinstance(each, dict) and str(find(each, listing.id)) == record.id:
            return each
    raise CaseNotApplicable(f"{listing.operation} does not show {record.id}")


def _tag(record: Record) -> str:
    return str(record.sent.get(record.resource.tag or "", record.id))
