"""Queries beyond one filter at a time: several filters, the last page, the page after it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import Answers, Distinct, Narrowed, SameMembers, Sized
from contract_tests.properties.actions import Actions
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.lists import largest_page, listings, reachable
from mock_server.lifecycle.model import Listing, Parts, Resource
from mock_server.lifecycle.paging import Paging

#: Longer lists are not filled up to a page's end.
_FEW = 30
#: Places of pages that no list has.
FAR = (1_000, 100_000)


@oracle("filters_combine", "filters narrow a list together", writes=False)
def filters_narrow(resource: Resource) -> Iterator[Case]:
    """A list with two filters has just the records that both let through."""

    def both(listing: Listing, actions: Actions) -> None:
        first, second = actions.random.sample(listing.filters, 2)
        if (first.universe, first.among, first.path) != (second.universe, "", None):
            return
        universe = actions.pages(listing, first.universe)
        known = actions.records(universe, listing)
        one = first.value(actions.random, known)
        if one is None:
            return
        through = [record for record in known if first.holds(record, one)]
        two = second.value(actions.random, through or known)
        queries = first.query(one) + (second.query(two) if two is not None else ())
        names = [name for name, _ in queries]
        if two is None or len({*names}) != len(names) or {*first.universe} & {*queries}:
            return
        pages = actions.pages(listing, queries)
        chosen = ((first.name, one), (second.name, two))
        actions.hold(
            Distinct(pages, resource.name, listing.operation),
            Narrowed(pages, universe, resource.name, listing.operation, chosen),
        )

    for listing in reachable(resource):
        if listing.together and len(listing.filters) > 1:
            for _ in range(3):
                yield Case(listing.operation, partial(both, listing))


@oracle("last_page_ends_list", "a list ends with its last page", writes=False)
def lists_end(resource: Resource) -> Iterator[Case]:
    """The last page can be asked for as such, and there is none after it.

    Where nothing is known of how one after it is answered, asking for it makes no service fail.
    """

    def last(listing: Listing, paging: Paging, actions: Actions) -> None:
        pages = actions.pages(listing)
        parts = Parts(path=listing.path, query=(*listing.query, *paging.last))
        answer = actions.do(listing.operation, parts)
        name, operation = resource.name, listing.operation
        actions.hold(SameMembers((answer,), pages[-1:], name, operation, operation))

    def beyond(listing: Listing, paging: Paging, actions: Actions) -> None:
        pages = actions.pages(listing)
        size = paging.fixed or paging.largest
        for index in (len(pages) + actions.random.choice((0, 1)), actions.random.choice(FAR)):
            query = (*listing.query, *paging.page(index, size))
            answer = actions.send(listing.operation, Parts(path=listing.path, query=query))
            actions.hold(Answers(answer, paging.beyond, "the list has no such page"))

    def far(listing: Listing, paging: Paging, actions: Actions) -> None:
        index = actions.random.choice(FAR)
        query = (*listing.query, *paging.page(index, paging.fixed or paging.largest))
        actions.send(listing.operation, Parts(path=listing.path, query=query))

    for listing in listings(resource):
        paging = listing.paging
        if paging is not None and paging.last:
            yield Case(listing.operation, partial(last, listing, paging))
        if paging is not None:
            after = beyond if paging.beyond else far
            yield Case(listing.operation, partial(after, listing, paging))


@oracle("full_last_page_ends_list", "no page follows a full last one", writes=True)
def full_page_is_last(resource: Resource) -> Iterator[Case]:
    """A list whose records fill its last page just so ends with that page."""
    if resource.create is None:
        return

    def full(listing: Listing, paging: Paging, actions: Actions) -> None:
        whole = actions.pages(listing)
        size = largest_page(actions, listing, whole, paging.fixed or max(paging.sizes))
        count = len(actions.records(whole, listing))
        if count > _FEW * size:
            return
        # A list without records has a page all the same, and it is empty.
        for _ in range(-count % size if count else size):
            actions.create(resource)
        pages = actions.pages(listing, size=size)
        # Of a list with one page, the most that a page may have was not known.
        given = largest_page(actions, listing, pages, size)
        # Others may have made or removed some meanwhile.
        if len(actions.records(pages, listing)) % given == 0:
            actions.hold(Sized(pages[-1], listing.items, given, full=True))

    for listing in listings(resource):
        paging = listing.paging
        if paging is not None and listing.shows is None:
            yield Case(listing.operation, partial(full, listing, paging))
