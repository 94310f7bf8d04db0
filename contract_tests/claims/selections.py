"""Claims about filtered and sorted lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contract_tests.claims.claim import Claim, ClaimContext, Numbers
from contract_tests.claims.lists import compared, listing_of, records
from contract_tests.exchange.trace import Trace, find
from mock_server.lifecycle.model import Filter, Listing, Sort


@dataclass(frozen=True, slots=True)
class Filtered(Claim):
    """The pages of a filtered list have exactly the records of its universe that it should."""

    pages: Numbers
    universe: Numbers
    resource: str
    listing: str
    filter: str
    value: Any

    @property
    def subject(self) -> str:
        return self.filter

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        each = next(each for each in listing.filters if each.name == self.filter)
        whole = listing_of(context.lifecycle, self.resource, each.among or self.listing)
        selected = _selected(trace, self.universe, whole, ((each, self.value),))
        return _chosen(trace, self.pages, listing, selected)


@dataclass(frozen=True, slots=True)
class Narrowed(Claim):
    """The pages of a list with several filters have exactly the records that all let through.

    `chosen` are names of filters with their values.
    """

    pages: Numbers
    universe: Numbers
    resource: str
    listing: str
    chosen: tuple[tuple[str, Any], ...]

    @property
    def subject(self) -> str:
        return " with ".join(name for name, _ in self.chosen)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        known = {each.name: each for each in listing.filters}
        chosen = [(known[name], value) for name, value in self.chosen]
        return _chosen(trace, self.pages, listing, _selected(trace, self.universe, listing, chosen))


@dataclass(frozen=True, slots=True)
class Ordered(Claim):
    """The pages of a list are in the order that a sort says; `sort` is empty for the usual one."""

    pages: Numbers
    resource: str
    listing: str
    sort: str = ""

    @property
    def subject(self) -> str:
        return self.sort or "order"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        sort = next((each for each in listing.sorts if each.name == self.sort), listing.order)
        if sort is None:
            return None
        listed = list(records(trace, self.pages, listing))
        wrong = _out_of_order(listed, sort)
        if wrong is None or self._may_be_passed_over(sort, listing, listed):
            return None
        return f"{trace[self.pages[-1]]}: {wrong}"

    @staticmethod
    def _may_be_passed_over(sort: Sort, listing: Listing, listed: Sequence[Any]) -> bool:
        usual = listing.order
        return not sort.promised and usual is not None and _out_of_order(listed, usual) is None


def _out_of_order(listed: Sequence[Any], sort: Sort) -> str | None:
    """Which of the records comes after one that it belongs before."""
    known = [key for key in map(sort.key, listed) if key is not None]
    for one, next_one in pairwise(known):
        if (one < next_one) if sort.descending else (one > next_one):
            return f"{next_one!s} comes after {one!s}"
    return None


def _selected(
    trace: Trace,
    universe: Sequence[int],
    whole: Listing,
    chosen: Sequence[tuple[Filter, Any]],
) -> dict[str, bool | None]:
    """Whether all filters let each record of a universe through (None: that cannot be selected)."""
    selected: dict[str, bool | None] = {}
    for record in records(trace, universe, whole):
        judged = [each.holds(record, value) for each, value in chosen]
        selected[str(find(record, whole.id))] = (
            False if False in judged else None if None in judged else True
        )
    return selected


def _chosen(
    trace: Trace, pages: Sequence[int], listing: Listing, selected: Mapping[str, bool | None]
) -> str | None:
    """How pages have other records than those that were let through."""
    listed = [str(find(record, listing.id)) for record in records(trace, pages, listing)]
    found = [each for each in listed if selected.get(each, False) is not None]
    wanted = [each for each, through in selected.items() if through]
    return compared(f"{trace[pages[0]]}", found, wanted, ordered=False)
