"""Links between the pages of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from contract_tests.claims import Linked, SameMembers
from contract_tests.properties.actions import Actions
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.lists import listings
from mock_server.lifecycle.model import Listing, Parts, Query, Resource
from mock_server.lifecycle.paging import Paging


@oracle("page_links_lead", "links between pages lead where they say", writes=False)
def links_lead(resource: Resource) -> Iterator[Case]:
    """A page's links to the pages beside it give what the page numbers give."""

    def lead(listing: Listing, paging: Paging, chosen: bool, actions: Actions) -> None:
        size = paging.fixed or paging.sizes[min(2, len(paging.sizes) - 1)]
        query = _chosen(listing, size, actions) if chosen else ()
        pages = actions.pages(listing, query, size=size, most=3)
        pages_are_linked(actions, resource, listing, pages, {})

    for listing in listings(resource):
        paging = listing.paging
        if paging is not None and (paging.next or paging.previous):
            yield Case(listing.operation, partial(lead, listing, paging, False))
            if listing.filters:
                yield Case(listing.operation, partial(lead, listing, paging, True))


def pages_are_linked(
    actions: Actions,
    resource: Resource,
    listing: Listing,
    pages: Sequence[int],
    path: Mapping[str, Any],
) -> None:
    """Hold that pages link to those beside them, as far as the vendor gives links."""
    paging = listing.paging
    for page, beside in pairwise(pages):
        for here, there, forward in ((page, beside, True), (beside, page, False)):
            link = None if paging is None else paging.next if forward else paging.previous
            if link is None:
                continue
            actions.hold(Linked(here, resource.name, listing.operation, forward))
            target = link(actions.trace.answer(here).body) or ""
            parts = Parts({**listing.path, **path}, actions.session.query_of(target))
            followed = actions.do(listing.operation, parts)
            name, operation = resource.name, listing.operation
            actions.hold(SameMembers((followed,), (there,), name, operation, operation))


def _chosen(listing: Listing, size: int, actions: Actions) -> Query:
    """A query with a filter that lets more than a page through, but not all."""
    known = actions.records(actions.pages(listing), listing)
    for chosen in actions.random.sample(listing.filters, len(listing.filters)):
        plain = chosen.path is None and not chosen.among and not chosen.universe
        value = chosen.value(actions.random, known) if plain else None
        if value is not None:
            through = sum(bool(chosen.holds(record, value)) for record in known)
            if size < through < len(known):
                return chosen.query(value)
    return ()
