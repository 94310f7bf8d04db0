"""Whether two orders of the same records differ, or only what the records are sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from mock_server.lifecycle.model import Listing, Query, Sort
from mock_server.lifecycle.values import UnparsableValue

#: A record of the left target, and the one of the right one that stands for it.
Pair = tuple[Any, Any]


def follows(listing: Listing, query: Query, pairs: Sequence[Pair], order: Sequence[int]) -> bool:
    """Say whether another order follows from what each side's records show.

    `pairs` are in the left target's order, `order` says at which place the right one has each. Two
    records that were made in one second here may have been made in two there, and so stand the
    other way round; two that compare alike on both sides may not.
    """
    sort = _sort_of(listing, query)
    if sort is None:
        return False
    return all(
        _compared(sort, one[0], other[0]) != _compared(sort, one[1], other[1])
        for (here, one), (there, other) in combinations(zip(order, pairs, strict=True), 2)
        if here > there
    )


def _sort_of(listing: Listing, query: Query) -> Sort | None:
    """The sort that a query asks for, or the list's own."""
    asked = (sort for sort in listing.sorts if sort.query and {*sort.query} <= {*query})
    return next(asked, listing.order)


def _compared(sort: Sort, one: Any, other: Any) -> str:
    """How two records of one side stand to each other by what a sort looks at."""
    try:
        left, right = sort.key(one), sort.key(other)
        if left is None or right is None:
            return f"{left is None} {right is None}"
        return f"{left < right} {left == right}"
    except (UnparsableValue, LookupError, TypeError, ValueError, AttributeError):
        return "unknown"
