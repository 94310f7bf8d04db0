"""Records below another record: their lists, and which of them are whose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contract_tests.claims import (
    Answers,
    Distinct,
    Framed,
    Lists,
    Ordered,
    SameMembers,
    Sized,
    Totals,
)
from contract_tests.exchange.trace import find
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.links import pages_are_linked
from contract_tests.properties.oracles.lists import largest_page, reachable
from contract_tests.properties.oracles.queries import FAR
from mock_server.lifecycle.model import Lifecycle, Listing, Parts, Read, Resource

_FEW = 4
#: Pages of a fixed size up to this are filled, so that another one follows.
_LONGEST = 30
#: Below so many records that were there before it is looked what there is.
_KNOWN = 12


@oracle(
    "children_are_listed", "the records below another are listed in pages, all of them", writes=True
)
def children_are_listed(resource: Resource) -> Iterator[Case]:
    """The list of what is below a record has all of it and nothing else, however it is cut."""
    if resource.create is None or resource.parent is None:
        return

    def pages(listing: Listing, actions: Actions) -> None:
        fixed = listing.paging.fixed if listing.paging is not None else None
        many = fixed if fixed is not None and fixed <= _LONGEST else _FEW
        made, elsewhere = _family(actions, resource, listing, many)
        name, operation, path = resource.name, listing.operation, made[0].path
        whole = actions.pages(listing, path=path)
        actions.hold(
            *(Lists(whole, name, operation, record.id) for record in made),
            Lists(whole, name, operation, elsewhere.id, present=False),
        )
        _in_pages(actions, resource, listing, whole, path)

    for listing in resource.lists:
        yield Case(listing.operation, partial(pages, listing))


@oracle(
    "existing_children_are_listed",
    "the records below listed records are listed in pages",
    writes=False,
)
def children_of_known(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """The lists of what is below records that are there have nothing twice, and tell so much."""
    above = lifecycle.resource(resource.parent) if resource.parent is not None else None
    if above is None or not reachable(above):
        return
    parents = reachable(above)[0]

    def pages(listing: Listing, actions: Actions) -> None:
        known = actions.records(actions.pages(parents, most=1), parents)
        for item in actions.random.sample(known, min(_KNOWN, len(known))):
            path: Any = {**parents.path, resource.parent_in_path: str(find(item, parents.id))}
            whole = actions.pages(listing, path=path)
            _in_pages(actions, resource, listing, whole, path)

    for listing in resource.lists:
        yield Case(listing.operation, partial(pages, listing))


def _in_pages(
    actions: Actions,
    resource: Resource,
    listing: Listing,
    whole: tuple[int, ...],
    path: Mapping[str, Any],
) -> None:
    """Hold that a list that was walked through is the same in pages of any size."""
    name, operation, paging = resource.name, listing.operation, listing.paging
    actions.hold(Distinct(whole, name, operation))
    if listing.total is not None:
        actions.hold(*(Totals(page, whole, name, operation) for page in whole))
    if listing.order is not None:
        actions.hold(Ordered(whole, name, operation))
    if paging is None:
        return
    cuts = {
        size: actions.pages(listing, path=path, size=size) for size in paging.sizes if size <= _FEW
    }
    if paging.fixed is not None:
        cuts[paging.fixed] = whole
    for size, cut in cuts.items():
        actions.hold(SameMembers(cut, whole, name, operation, operation))
        given = largest_page(actions, listing, whole, size)
        for index, page in enumerate(cut):
            full = page != cut[-1]
            actions.hold(
                Sized(page, listing.items, given, full=full),
                Framed(page, index, given, name, operation),
            )
        if listing.total is not None:
            actions.hold(Totals(cut[-1], cut, name, operation))
    longest = max(cuts.values(), key=len, default=whole)
    pages_are_linked(actions, resource, listing, longest[:3], path)
    far = paging.page(actions.random.choice(FAR), paging.fixed or paging.largest)
    actions.send(operation, Parts({**listing.path, **path}, (*listing.query, *far)))


@oracle("child_has_one_parent", "a record is not found below another than its own", writes=True)
def children_have_one_parent(resource: Resource) -> Iterator[Case]:
    """With another parent in the path, a record is answered as one that is not there."""
    if resource.create is None or resource.parent is None:
        return

    def apart(read: Read, actions: Actions) -> None:
        made, elsewhere = _family(actions, resource, resource.lists[0])
        path = {**elsewhere.path, resource.id_in_path: made[0].id}
        answer = actions.send(read.operation, Parts(path=path))
        actions.hold(Answers(answer, resource.absent, "the record is below another one"))

    for read in resource.reads:
        yield Case(read.operation, partial(apart, read))


def _family(
    actions: Actions, resource: Resource, listing: Listing, more: int = _FEW
) -> tuple[list[Record], Record]:
    """Create one record and some more below one parent, and one below another.

    What a list keeps from before is only seen if it was asked for before.
    """
    made = [actions.create(resource)]
    actions.pages(listing, path=made[0].path)
    made += [actions.create(resource, beside=made[0]) for _ in range(more)]
    return made, actions.create(resource)
