"""Lists that are wrong: their pages, totals and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lab.mutants.bodies import edited
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at, on_request
from lab.mutants.messages import Interceptor, Request, Response, Service
from lab.mutants.roles import PagingNames, filter_pairs, listings, paging_names
from mock_server.lifecycle.listings import Listing
from mock_server.lifecycle.pointers import ABSENT, find

#: Makes other items of a page's; it may ask the service for more.
Edit = Callable[[list[Any], Request, Service], list[Any]]


def _paged(scene: Scene) -> Iterator[tuple[Listing, PagingNames]]:
    for _, listing in listings(scene):
        names = paging_names(listing)
        if names is not None:
            yield listing, names


def items_of(response: Response, listing: Listing) -> list[Any]:
    """Return the items of a page, none if there are none."""
    found = find(response.json, listing.items)
    return found if response.succeeded and isinstance(found, list) else []


def with_items(response: Response, listing: Listing, items: list[Any]) -> Response:
    """Return a page with other items."""
    body = edited(response.json, listing.items, lambda _: items)
    return response.with_json(body)


def page_edit(listing: Listing, edit: Edit) -> Interceptor:
    """Return an interceptor that changes the items of each page."""

    def act(request: Request, service: Service) -> Response:
        given = service.send(request)
        items = items_of(given, listing)
        if not given.succeeded or find(given.json, listing.items) is ABSENT:
            return given
        new = edit(list(items), request, service)
        return given if new == items else with_items(given, listing, new)

    return at(listing.operation, act)


def _beside(
    listing: Listing, names: PagingNames, request: Request, service: Service, by: int
) -> list[Any]:
    """The items of the page before or after."""
    size = names.size_of(request.query) or 0
    if not size:
        return []
    if by < 0 and names.number(request.query, size) == 0:
        return []
    there = request.with_query(names.beside(request.query, size, by))
    return items_of(service.send(there), listing)


@defects("pages-overlap", "a page begins with the last record of the one before", semantic=True)
def pages_overlap(scene: Scene) -> Iterator[Site]:
    """Push the last record of a page into the next one."""
    for listing, names in _paged(scene):
        edit = partial(_after_one_before, listing, names)
        yield Site(listing.operation, "pages", partial(page_edit, listing, edit))


def _after_one_before(
    listing: Listing, names: PagingNames, items: list[Any], request: Request, service: Service
) -> list[Any]:
    before = _beside(listing, names, request, service, -1)
    return [before[-1], *items[:-1]] if before and items else items


@defects("record-between-pages", "each page but the first lacks its first record", semantic=True)
def record_between_pages(scene: Scene) -> Iterator[Site]:
    """Leave out the first record of later pages."""
    for listing, names in _paged(scene):

        def edit(
            items: list[Any], request: Request, service: Service, names: PagingNames = names
        ) -> list[Any]:
            del service
            size = names.size_of(request.query) or 5
            return items[1:] if names.number(request.query, size) else items

        yield Site(listing.operation, "pages", partial(page_edit, listing, edit))


@defects("last-record-missing", "the list lacks its last record", semantic=True)
def last_record_missing(scene: Scene) -> Iterator[Site]:
    """Leave out the last record of the last page, or of a list without pages."""
    for _, listing in listings(scene):
        yield Site(listing.operation, "items", partial(_without_last, listing))


def _without_last(listing: Listing) -> Interceptor:
    def act(request: Request, service: Service) -> Response:
        given = service.send(request)
        items = items_of(given, listing)
        paging = listing.paging
        if not items or (paging is not None and paging.more(given.json)):
            return given
        return with_items(given, listing, items[:-1])

    return at(listing.operation, act)


@defects("record-twice", "a page shows its first record twice", semantic=True)
def record_twice(scene: Scene) -> Iterator[Site]:
    """Repeat a record, as a join without DISTINCT does."""
    for _, listing in listings(scene):

        def edit(items: list[Any], request: Request, service: Service) -> list[Any]:
            del request, service
            return [items[0], *items] if len(items) > 1 else items

        yield Site(listing.operation, "items", partial(page_edit, listing, edit))


@defects("one-record-more", "a page has one record more than asked for", semantic=True)
def one_record_more(scene: Scene) -> Iterator[Site]:
    """Show the record that was read to see whether there is a next page."""
    for listing, names in _paged(scene):
        edit = partial(_with_one_after, listing, names)
        yield Site(listing.operation, "pages", partial(page_edit, listing, edit))


def _with_one_after(
    listing: Listing, names: PagingNames, items: list[Any], request: Request, service: Service
) -> list[Any]:
    return [*items, *(_beside(listing, names, request, service, 1))[:1]]


@defects("page-ignored", "every page is the first one", semantic=True)
def page_ignored(scene: Scene) -> Iterator[Site]:
    """Leave the number of the page out."""
    for listing, names in _paged(scene):
        plant = partial(on_request, listing.operation, partial(_without, names.page))
        yield Site(listing.operation, names.page, plant)


@defects("page-size-ignored", "the size of a page cannot be chosen", semantic=True)
def page_size_ignored(scene: Scene) -> Iterator[Site]:
    """Leave the size of the page out."""
    for listing, names in _paged(scene):
        if names.size is not None:
            plant = partial(on_request, listing.operation, partial(_without, names.size))
            yield Site(listing.operation, names.size, plant)


def _without(name: str, request: Request) -> Request:
    return request.with_query(tuple(pair for pair in request.query if pair[0] != name))


def _totals(scene: Scene) -> Iterator[tuple[Listing, str]]:
    for _, listing in listings(scene):
        if listing.total is not None:
            yield listing, listing.total


def _with_total(given: Response, pointer: str, total: int) -> Response:
    def changed(old: Any) -> Any:
        return str(total) if isinstance(old, str) else total

    return given.with_json(edited(given.json, pointer, changed))


@defects("total-of-page", "the total is the number of records on the page", semantic=True)
def total_of_page(scene: Scene) -> Iterator[Site]:
    """Count what is shown."""
    for listing, pointer in _totals(scene):

        def act(
            request: Request, service: Service, listing: Listing = listing, pointer: str = pointer
        ) -> Response:
            given = service.send(request)
            if not given.succeeded:
                return given
            return _with_total(given, pointer, len(items_of(given, listing)))

        yield Site(listing.operation, pointer, partial(at, listing.operation, act))


@defects("total-off-by-one", "the total counts one record more", semantic=True)
def total_off_by_one(scene: Scene) -> Iterator[Site]:
    """Count from one."""
    for listing, pointer in _totals(scene):

        def act(request: Request, service: Service, pointer: str = pointer) -> Response:
            given = service.send(request)
            total = find(given.json, pointer)
            return _with_total(given, pointer, int(total) + 1) if given.succeeded else given

        yield Site(listing.operation, pointer, partial(at, listing.operation, act))


@defects("total-unfiltered", "the total of a filtered list is that of the whole", semantic=True)
def total_unfiltered(scene: Scene) -> Iterator[Site]:
    """Count without the filters."""
    for listing, pointer in _totals(scene):
        names = {name for each in listing.filters for name, _ in filter_pairs(each)}
        if not names:
            continue

        def act(
            request: Request, service: Service, names: set[str] = names, pointer: str = pointer
        ) -> Response:
            given = service.send(request)
            if not given.succeeded:
                return given
            kept = tuple(pair for pair in request.query if pair[0] not in names)
            whole = service.send(request.with_query(kept))
            total = find(whole.json, pointer)
            return given if total is ABSENT else _with_total(given, pointer, int(total))

        yield Site(listing.operation, pointer, partial(at, listing.operation, act))


@defects(
    "next-link-missing", "a page that is not the last one links to no next page", semantic=True
)
def next_link_missing(scene: Scene) -> Iterator[Site]:
    """Say that there is nothing more after the second page."""
    for listing, names in _paged(scene):
        if names.paging.next is None:
            continue

        def act(request: Request, service: Service, names: PagingNames = names) -> Response:
            given = service.send(request)
            link = names.paging.next and given.succeeded and names.paging.next(given.json)
            if not link or not names.number(request.query, names.size_of(request.query) or 5):
                return given
            return given.with_json(_emptied(given.json, link))

        yield Site(listing.operation, "next", partial(at, listing.operation, act))


def _emptied(value: Any, link: str, depth: int = 0) -> Any:
    """A body without a link: null instead of it at the top, and nothing further down."""
    if not isinstance(value, dict):
        return value
    kept = {name: None if item == link else item for name, item in value.items()}
    return {
        name: _emptied(item, link, depth + 1)
        for name, item in kept.items()
        if depth == 0 or item is not None or value[name] is None
    }


@defects("next-link-skips", "the link to the next page passes over one", semantic=True)
def next_link_skips(scene: Scene) -> Iterator[Site]:
    """Link to the page after the next one."""
    for listing, names in _paged(scene):
        if names.paging.next is None:
            continue

        def act(request: Request, service: Service, names: PagingNames = names) -> Response:
            given = service.send(request)
            link = names.paging.next and given.succeeded and names.paging.next(given.json)
            if not link:
                return given
            size = names.size_of(request.query) or 5
            number = names.number(request.query, size)
            one, two = (dict(names.paging.page(number + by, size))[names.page] for by in (1, 2))
            further = re.sub(rf"(?<=[?&]){names.page}={one}(?=&|$)", f"{names.page}={two}", link)
            return given.with_body(given.body.replace(link.encode(), further.encode()))

        yield Site(listing.operation, "next", partial(at, listing.operation, act))
