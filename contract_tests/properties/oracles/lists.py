"""Lists: their pages, totals, filters and orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from contract_tests.claims import (
    Distinct,
    Filtered,
    Framed,
    Lists,
    Ordered,
    SameMembers,
    Sized,
    Totals,
)
from contract_tests.exchange.trace import MISSING, find
from contract_tests.properties.actions import Actions
from contract_tests.properties.oracle import Case, oracle
from mock_server.lifecycle.model import (
    Filter,
    Listing,
    Parts,
    Query,
    Removal,
    Resource,
    Sort,
    Source,
)
from mock_server.lifecycle.paging import Paging

#: A walk in small pages ends after so many, to spare a real service with long lists.
_FEW = 30
#: Of lists that there are many of, such as one below each record, so many are tried.
_LISTS = 8


def reachable(resource: Resource) -> list[Listing]:
    """Return the lists that can be asked for without knowing a record."""
    return list(resource.lists) if resource.parent is None else []


def listings(resource: Resource) -> list[Listing]:
    """Return those that are cut into pages."""
    return [listing for listing in reachable(resource) if listing.paging is not None]


def other_may_list(actions: Actions, listing: Listing) -> bool:
    """Say whether the other account may ask for a list, as a path may name its owner."""
    asked = actions.send(listing.operation, Parts(listing.path, listing.query), "other")
    return actions.trace.answer(asked).succeeded


def universe_of(resource: Resource, listing: Listing, chosen: Filter) -> Listing:
    """Return the list of all records that a filter chooses from."""
    fitting = (each for each in resource.lists if each.operation == chosen.among)
    return next(fitting) if chosen.among else listing


def largest_page(actions: Actions, listing: Listing, whole: Sequence[int], asked: int) -> int:
    """Return how many records a page has of which so many are asked for, in the middle of a list.

    A service may give fewer than the most that a document allows. `whole` are the pages of a walk
    in the largest ones.
    """
    first = len(actions.records(whole[:1], listing))
    return min(asked, first) if len(whole) > 1 and first else asked


def filtered(actions: Actions, listing: Listing, chosen: Filter, value: Any) -> tuple[int, ...]:
    """Ask for what a filter chooses, and return the pages."""
    path = chosen.path(value) if chosen.path else None
    return actions.pages(listing, chosen.query(value), path=path)


@oracle("pages_partition_list", "pages partition the list", writes=False)
def pages_partition(resource: Resource) -> Iterator[Case]:
    """Pages of any size, put together, are the list: nothing twice, nothing left out, in order."""

    def partition(listing: Listing, paging: Paging, actions: Actions) -> None:
        whole = actions.pages(listing)
        name, operation = resource.name, listing.operation
        actions.hold(Distinct(whole, name, operation))
        count = len(actions.records(whole, listing))
        for size in paging.sizes or (paging.fixed or 0,):
            if not size or count / size > _FEW:
                continue
            pages = actions.pages(listing, size=size)
            given = largest_page(actions, listing, whole, size)
            actions.hold(
                Distinct(pages, name, operation),
                SameMembers(pages, whole, name, operation, operation),
                *(Framed(page, index, given, name, operation) for index, page in enumerate(pages)),
                *(Sized(page, listing.items, given, full=page != pages[-1]) for page in pages),
            )

    for listing in listings(resource):
        if listing.paging is not None:
            yield Case(listing.operation, partial(partition, listing, listing.paging))


@oracle("totals_match_pages", "totals are the number of records", writes=False)
def totals_agree(resource: Resource) -> Iterator[Case]:
    """Every page tells the number of records that all pages have."""

    def agree(listing: Listing, query: Query, actions: Actions) -> None:
        sizes = listing.paging.sizes if listing.paging is not None else ()
        pages = actions.pages(listing, query, size=sizes[-1] if sizes else None)
        count = len(actions.records(pages, listing))
        smaller = [size for size in sizes if size < count]
        if len(pages) == 1 and smaller:
            # Of a list with one page, the total of the page is that of the list.
            pages = actions.pages(listing, query, size=smaller[-1])
        for page in {pages[0], pages[-1]}:
            actions.hold(Totals(page, pages, resource.name, listing.operation))

    def of_some(listing: Listing, chosen: Filter, actions: Actions) -> None:
        value = chosen.value(actions.random, actions.records(actions.pages(listing), listing))
        if value is not None:
            agree(listing, chosen.query(value), actions)

    for listing in reachable(resource):
        if listing.total is not None:
            yield Case(listing.operation, partial(agree, listing, ()))
            for chosen in [each for each in listing.filters if each.path is None][:2]:
                yield Case(listing.operation, partial(of_some, listing, chosen))


@oracle("filters_are_exact", "filters are sound and complete", writes=False)
def filters_are_right(resource: Resource) -> Iterator[Case]:
    """A filtered list has all the records that it should, and no others."""

    def right(listing: Listing, chosen: Filter, actions: Actions) -> None:
        whole = universe_of(resource, listing, chosen)
        lists = any(isinstance(each, Source) for each in listing.path.values())
        for _ in range(_LISTS if lists else 2):
            actions.chosen.clear()
            universe = actions.pages(whole, chosen.universe)
            value = chosen.value(actions.random, actions.records(universe, whole))
            if value is None:
                continue
            pages = filtered(actions, listing, chosen, value)
            name, operation = resource.name, listing.operation
            actions.hold(
                Distinct(pages, name, operation),
                Filtered(pages, universe, name, operation, chosen.name, value),
            )

    for listing in reachable(resource):
        for chosen in listing.filters:
            yield Case(listing.operation, partial(right, listing, chosen))


@oracle("filters_follow_writes", "filters see what was just written", writes=True)
def filters_follow(resource: Resource) -> Iterator[Case]:
    """Filters are sound and complete right after records were created and removed."""
    if resource.create is None or resource.parent is not None:
        return

    def follow(listing: Listing, chosen: Filter, removal: Removal | None, actions: Actions) -> None:
        made = [actions.create(resource) for _ in range(2)]
        if removal is not None and actions.random.random() < 0.5:
            parts = removal.parts(made[0].id) if removal.parts else Parts(path=made[0].path)
            actions.do(removal.operation, parts)
        whole = universe_of(resource, listing, chosen)
        universe = actions.pages(whole, chosen.universe)
        known = actions.records(universe, whole)
        new = [each for each in known if str(find(each, whole.id)) in {one.id for one in made}]
        value = chosen.value(actions.random, new or known[-4:])
        if value is not None:
            pages = filtered(actions, listing, chosen, value)
            name, operation = resource.name, listing.operation
            actions.hold(Filtered(pages, universe, name, operation, chosen.name, value))

    removal = resource.removals[0] if resource.removals else None
    for listing in resource.lists:
        for chosen in listing.filters:
            yield Case(listing.operation, partial(follow, listing, chosen, removal))


@oracle("sorts_are_ordered", "sorted lists are in order and complete", writes=False)
def sorts_are_right(resource: Resource) -> Iterator[Case]:
    """A sorted list is in the order asked for, on every page, and leaves nothing out."""

    def right(listing: Listing, sort: Sort | None, actions: Actions) -> None:
        whole = actions.pages(listing)
        query = sort.query if sort else ()
        if sort is not None and not _taken(actions, listing, sort):
            return
        paging = listing.paging
        sizes: list[int | None] = [None]
        if paging is not None and len(actions.records(whole, listing)) <= 7 * _FEW:
            sizes += [size for size in paging.sizes if size == 7]
        for size in sizes:
            pages = actions.pages(listing, query, size=size)
            name, operation = resource.name, listing.operation
            actions.hold(
                Ordered(pages, name, operation, sort.name if sort else ""),
                SameMembers(pages, whole, name, operation, operation, ordered=False),
            )

    for listing in reachable(resource):
        if listing.order is not None:
            yield Case(listing.operation, partial(right, listing, None))
        for sort in listing.sorts:
            yield Case(listing.operation, partial(right, listing, sort))


def _taken(actions: Actions, listing: Listing, sort: Sort) -> bool:
    """Say whether a list can be sorted so; what is promised must be taken when it is asked for."""
    parts = Parts(path=listing.path, query=(*listing.query, *sort.query))
    return sort.promised or actions.trace.answer(actions.send(listing.operation, parts)).succeeded


@oracle("sorts_follow_writes", "orders see what was just written", writes=True)
def sorts_follow(resource: Resource) -> Iterator[Case]:
    """Sorted lists are in order right after records were created."""
    if resource.create is None or resource.parent is not None:
        return

    def follow(listing: Listing, actions: Actions) -> None:
        for _ in range(4):
            actions.create(resource, full=True)
        for sort in listing.sorts:
            if _taken(actions, listing, sort):
                pages = actions.pages(listing, sort.query)
                actions.hold(Ordered(pages, resource.name, listing.operation, sort.name))

    for listing in resource.lists:
        if listing.sorts:
            yield Case(listing.operation, partial(follow, listing))


@oracle("new_record_on_one_page", "a new record is on exactly one page", writes=True)
def new_is_on_one_page(resource: Resource) -> Iterator[Case]:
    """Records created and removed between two walks appear on, and vanish from, one page."""
    if resource.create is None or resource.parent is not None:
        return

    def one_page(listing: Listing, paging: Paging, actions: Actions) -> None:
        made = [actions.create(resource) for _ in range(3)]
        view = resource.reads[0] if resource.reads else None
        seen = actions.at(actions.show(made[0]), view.record) if view else MISSING
        if listing.shows is not None and not listing.shows(seen):
            return
        size = paging.fixed or max(paging.sizes)
        pages = actions.pages(listing, size=size)
        name, operation = resource.name, listing.operation
        actions.hold(
            Distinct(pages, name, operation),
            *(Lists(pages, name, operation, record.id) for record in made),
        )
        if listing.total is not None:
            actions.hold(Totals(pages[-1], pages, name, operation))
        if listing.order is not None:
            actions.hold(Ordered(pages, name, operation))

    for listing in listings(resource):
        if listing.paging is not None:
            yield Case(listing.operation, partial(one_page, listing, listing.paging))
