"""Claims about the records of lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contract_tests.claims.claim import Claim, ClaimContext, Number, Numbers
from contract_tests.exchange.trace import Answer, Trace, find
from mock_server.lifecycle.model import Lifecycle, Listing, Resource


@dataclass(frozen=True, slots=True)
class Lists(Claim):
    """A list, on these pages, has a record (`present`), or has it not."""

    pages: Numbers
    resource: str
    listing: str
    id: str
    present: bool = True

    @property
    def subject(self) -> str:
        return "a record"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        found = [str(find(record, listing.id)) for record in records(trace, self.pages, listing)]
        times = found.count(str(self.id))
        if times == int(self.present):
            return None
        last = trace[self.pages[-1]]
        if not self.present:
            return f"{last}: lists {self.id}, which should not be seen"
        return f"{last}: {self.id} is {'missing' if not times else f'there {times} times'}"


@dataclass(frozen=True, slots=True)
class Distinct(Claim):
    """No record occurs twice on these pages."""

    pages: Numbers
    resource: str
    listing: str

    @property
    def subject(self) -> str:
        return "a record"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        found = [str(find(record, listing.id)) for record in records(trace, self.pages, listing)]
        twice = next((each for each in found if found.count(each) > 1), None)
        return twice and f"{trace[self.pages[-1]]}: {twice} is listed {found.count(twice)} times"


@dataclass(frozen=True, slots=True)
class Single(Claim):
    """A value that one record alone was given is at one record alone of those on these pages.

    `pointer` is where a listed record shows it.
    """

    pages: Numbers
    resource: str
    listing: str
    pointer: str
    value: Any

    @property
    def subject(self) -> str:
        return "a record"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        listed = records(trace, self.pages, listing)
        found = [str(find(each, listing.id)) for each in listed if self._fits(each)]
        if len(found) < 2:
            return None
        return f"{trace[self.pages[-1]]}: {' and '.join(found)} were made of one request"

    def _fits(self, record: Any) -> bool:
        return bool(find(record, self.pointer) == self.value)


@dataclass(frozen=True, slots=True)
class Advances(Claim):
    """No page shows the very records of the page before, and there are no more pages than `most`.

    A service that ignores which page it is asked for would be asked for ever.
    """

    pages: Numbers
    items: str
    most: int

    @property
    def subject(self) -> str:
        return "pages"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        for before, page in pairwise(self.pages):
            listed = _list_at(trace.answer(page), self.items)
            if listed and listed == _list_at(trace.answer(before), self.items):
                return f"{trace[page]}: shows the very records of the page before"
        if len(self.pages) >= self.most:
            return f"{trace[self.pages[-1]]}: has not ended after {len(self.pages)} pages"
        return None


@dataclass(frozen=True, slots=True)
class SameMembers(Claim):
    """Two ways of listing give the same records (`ordered`: in the same order)."""

    pages: Numbers
    other_pages: Numbers
    resource: str
    listing: str
    other_listing: str
    ordered: bool = True

    @property
    def subject(self) -> str:
        return "records"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        other = listing_of(context.lifecycle, self.resource, self.other_listing)
        found = [str(find(each, listing.id)) for each in records(trace, self.pages, listing)]
        wanted = [str(find(each, other.id)) for each in records(trace, self.other_pages, other)]
        return compared(f"{trace[self.pages[-1]]}", found, wanted, ordered=self.ordered)


@dataclass(frozen=True, slots=True)
class Totals(Claim):
    """The total that a list tells is the number of records on all its pages."""

    answer: Number
    pages: Numbers
    resource: str
    listing: str

    @property
    def subject(self) -> str:
        return "total"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        seen = len(list(records(trace, self.pages, listing)))
        total = trace.answer(self.answer).at(listing.total or "")
        if str(total) == str(seen):
            return None
        name = (listing.total or "").rpartition("/")[2]
        return f"{trace[self.answer]}: {name} is {total}, but the pages hold {seen}"


@dataclass(frozen=True, slots=True)
class Framed(Claim):
    """What a page says about itself (its number, its bounds) is right; `index` counts from 0."""

    answer: Number
    index: int
    size: int
    resource: str
    listing: str

    @property
    def subject(self) -> str:
        return "page"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        paging = listing_of(context.lifecycle, self.resource, self.listing).paging
        if paging is None or paging.violation is None:
            return None
        try:
            problem = paging.violation(trace.answer(self.answer).body, self.index, self.size)
        except (KeyError, TypeError, ValueError) as nonsense:
            problem = f"{type(nonsense).__name__}: {nonsense}"
        return problem and f"{trace[self.answer]}: {problem}"


@dataclass(frozen=True, slots=True)
class Gained(Claim):
    """A list has so many records more than it had."""

    pages: Numbers
    before: Numbers
    items: str
    by: int

    @property
    def subject(self) -> str:
        return "records"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        counts = [
            sum(len(_list_at(trace.answer(each), self.items)) for each in pages)
            for pages in (self.before, self.pages)
        ]
        if counts[1] - counts[0] == self.by:
            return None
        return (
            f"{trace[self.pages[-1]]}: {counts[0]} records became {counts[1]}, not {self.by} more"
        )


@dataclass(frozen=True, slots=True)
class Sized(Claim):
    """A page has no more records than were asked for, and just as many if it is `full`."""

    answer: Number
    items: str
    size: int
    full: bool = False

    @property
    def subject(self) -> str:
        return "page size"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        count = len(_list_at(trace.answer(self.answer), self.items))
        if count == self.size or (count < self.size and not self.full):
            return None
        return f"{trace[self.answer]}: {count} records on a page of {self.size}"


@dataclass(frozen=True, slots=True)
class Linked(Claim):
    """A page links to the pages beside it: `next` and `previous`, where there are any."""

    answer: Number
    resource: str
    listing: str
    next: bool

    @property
    def subject(self) -> str:
        return "next link" if self.next else "previous link"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        paging = listing_of(context.lifecycle, self.resource, self.listing).paging
        link = None if paging is None else paging.next if self.next else paging.previous
        if link is None or link(trace.answer(self.answer).body) is not None:
            return None
        return f"{trace[self.answer]}: no {self.subject}, though there is such a page"


def listing_of(lifecycle: Lifecycle, resource: str, operation: str) -> Listing:
    """Return a resource's list by its operation; raises LookupError."""
    found: Resource = lifecycle.resource(resource)
    taken = (move.taken for move in found.moves)
    for listing in (*found.lists, found.history, *taken):
        if listing is not None and listing.operation == operation:
            return listing
    raise LookupError(f"{resource} is not listed by {operation}")


def records(trace: Trace, pages: Sequence[int], listing: Listing) -> Iterator[Any]:
    """Yield the records of a list's pages."""
    for page in pages:
        yield from _list_at(trace.answer(page), listing.items)


def _list_at(answer: Answer, pointer: str) -> list[Any]:
    found = answer.at(pointer)
    return found if isinstance(found, list) else []


def compared(where: str, found: list[str], wanted: list[str], *, ordered: bool) -> str | None:
    """Return how two lists of identifiers differ, or None."""
    missing = [each for each in wanted if each not in set(found)]
    if missing:
        return f"{where}: {missing[0]} is missing ({len(missing)} in all)"
    extra = [each for each in found if each not in set(wanted)]
    if extra:
        return f"{where}: {extra[0]} should not be there ({len(extra)} in all)"
    if len(found) != len(wanted):
        return f"{where}: {len(found)} records instead of {len(wanted)}"
    if ordered and found != wanted:
        place = next(
            i for i, pair in enumerate(zip(found, wanted, strict=True)) if len({*pair}) > 1
        )
        return f"{where}: {found[place]} is where {wanted[place]} should be"
    return None
