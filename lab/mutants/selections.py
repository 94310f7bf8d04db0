"""Lists that are wrong: their filters and orders."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import on_request
from lab.mutants.lists import items_of, page_edit
from lab.mutants.messages import Pairs, Request, Service
from lab.mutants.roles import filter_pairs, listings
from mock_server.lifecycle.listings import Listing, Sort


def _filters(scene: Scene) -> Iterator[tuple[Listing, str, list[tuple[str, str]]]]:
    for _, listing in listings(scene):
        for chosen in listing.filters:
            pairs = filter_pairs(chosen)
            if pairs:
                yield listing, chosen.name, pairs


def _is_filter(pair: tuple[str, str], parts: list[tuple[str, str]]) -> bool:
    return any(pair[0] == name and pair[1].startswith(start) for name, start in parts)


@defects("filter-ignored", "a filter is ignored", semantic=True)
def filter_ignored(scene: Scene) -> Iterator[Site]:
    """Leave a filter out of the query."""
    for listing, name, parts in _filters(scene):

        def change(request: Request, parts: list[tuple[str, str]] = parts) -> Request:
            kept: Pairs = tuple(pair for pair in request.query if not _is_filter(pair, parts))
            return request if kept == request.query else request.with_query(kept)

        yield Site(listing.operation, name, partial(on_request, listing.operation, change))


@defects("filter-lets-one-in", "a filtered list has a record that does not fit", semantic=True)
def filter_lets_one_in(scene: Scene) -> Iterator[Site]:
    """Add the first record of the unfiltered list that is not there."""
    for listing, name, parts in _filters(scene):

        def edit(
            items: list[Any],
            request: Request,
            service: Service,
            listing: Listing = listing,
            parts: list[tuple[str, str]] = parts,
        ) -> list[Any]:
            kept: Pairs = tuple(pair for pair in request.query if not _is_filter(pair, parts))
            if kept == request.query or not items:
                return items
            whole = items_of(service.send(request.with_query(kept)), listing)
            return [*items[:-1], *[each for each in whole if each not in items][:1], items[-1]]

        yield Site(listing.operation, name, partial(page_edit, listing, edit))


@defects("filter-leaves-one-out", "a filtered list lacks its first record", semantic=True)
def filter_leaves_one_out(scene: Scene) -> Iterator[Site]:
    """Leave out the first record that fits."""
    for listing, name, parts in _filters(scene):

        def edit(
            items: list[Any],
            request: Request,
            service: Service,
            parts: list[tuple[str, str]] = parts,
        ) -> list[Any]:
            del service
            filtered = any(_is_filter(pair, parts) for pair in request.query)
            return items[1:] if filtered else items

        yield Site(listing.operation, name, partial(page_edit, listing, edit))


def _promised(listing: Listing) -> list[Sort]:
    """The orders that a list must take: to pass over another is no defect."""
    return [sort for sort in listing.sorts if sort.promised]


@defects("sort-ignored", "an order that is asked for is ignored", semantic=True)
def sort_ignored(scene: Scene) -> Iterator[Site]:
    """Leave the order out of the query."""
    for _, listing in listings(scene):
        for sort in _promised(listing):

            def change(request: Request, wanted: Pairs = sort.query) -> Request:
                if not set(wanted) <= set(request.query):
                    return request
                rest = tuple(pair for pair in request.query if pair not in wanted)
                return request.with_query(rest)

            yield Site(listing.operation, sort.name, partial(on_request, listing.operation, change))


@defects("sort-by-page", "each page is in the opposite order", semantic=True)
def sort_by_page(scene: Scene) -> Iterator[Site]:
    """Turn each page around, where an order is asked for or promised."""
    for _, listing in listings(scene):
        orders = [("", ())] if listing.order is not None else []
        for name, wanted in [*orders, *((sort.name, sort.query) for sort in _promised(listing))]:
            words = {key for sort in listing.sorts for key, _ in sort.query}

            def edit(
                items: list[Any],
                request: Request,
                service: Service,
                wanted: Pairs = wanted,
                words: set[str] = words,
            ) -> list[Any]:
                del service
                query = set(request.query)
                meant = set(wanted) <= query if wanted else not words & {key for key, _ in query}
                return items[::-1] if meant else items

            yield Site(listing.operation, name or "order", partial(page_edit, listing, edit))


@defects("order-breaks-between-pages", "the last two records of a page are swapped", semantic=True)
def order_breaks(scene: Scene) -> Iterator[Site]:
    """Swap the last two records of each page of a list whose order is promised."""
    for _, listing in listings(scene):
        if listing.order is None and not listing.sorts:
            continue

        def edit(items: list[Any], request: Request, service: Service) -> list[Any]:
            del request, service
            return [*items[:-2], *items[-2:][::-1]]

        if listing.order is not None:
            yield Site(listing.operation, "order", partial(page_edit, listing, edit))
