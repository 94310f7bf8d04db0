"""Claims about filtered and sorted lists."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contract_tests.claims.lists import compared, listing_of, records
from contract_tests.claims.terms import Terms
from contract_tests.traces import Trace, find


@dataclass(frozen=True, slots=True)
class Filtered:
    """The pages of a filtered list have exactly the records of its universe that it should."""

    pages: tuple[int, ...]
    universe: tuple[int, ...]
    resource: str
    listing: str
    filter: str
    value: Any

    @property
    def subject(self) -> str:
        return self.filter

    def broken(self, trace: Trace, terms: Terms) -> str | None:
        listing = listing_of(terms.lifecycle, self.resource, self.listing)
        each = next(each for each in listing.filters if each.name == self.filter)
        whole = listing_of(terms.lifecycle, self.resource, each.among or self.listing)
        found = [str(find(record, listing.id)) for record in records(trace, self.pages, listing)]
        wanted = [
            str(find(record, whole.id))
            for record in records(trace, self.universe, whole)
            if each.holds(record, self.value)
        ]
        return compared(f"{trace[self.pages[0]]}", found, wanted, ordered=False)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The pages of a list are in the order that a sort says; `sort` is empty for the usual one."""

    pages: tuple[int, ...]
    resource: str
    listing: str
    sort: str = ""

    @property
    def subject(self) -> str:
        return self.sort or "order"

    def broken(self, trace: Trace, terms: Terms) -> str | None:
        listing = listing_of(terms.lifecycle, self.resource, self.listing)
        sort = next((each for each in listing.sorts if each.name == self.sort), listing.order)
        if sort is None:
            return None
        keys = [sort.key(record) for record in records(trace, self.pages, listing)]
        known = [key for key in keys if key is not None]
        for one, next_one in pairwise(known):
            if (one < next_one) if sort.descending else (one > next_one):
                return f"{trace[self.pages[-1]]}: {next_one!s} stands after {one!s}"
        return None
