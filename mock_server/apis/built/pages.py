"""Laravel's paginator.

Source: built.txt (keys and their order, 20 rows to a page) and Laravel 8's LengthAwarePaginator
and UrlWindow (windows of links, labels, pages out of range; facts, section 4, documented).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mock_server.openapi import php

R = TypeVar("R")
PER_PAGE = 20
_ON_EACH_SIDE = 3
#: From so many pages on, the links have gaps.
_GAPS_FROM = 2 * _ON_EACH_SIDE + 8
_NEAR = _ON_EACH_SIDE + 4


def page_number(asked: str | None) -> int:
    """Return the page asked for; what is below 1, no whole number or past 64 bits is page 1."""
    return max(1, php.whole(asked or "") or 1)


def page(
    rows: Sequence[R], asked: str | None, url: str, serialize: Callable[[R], dict[str, Any]]
) -> dict[str, Any]:
    """Return one page of the rows; one past the end is empty, its `from` and `to` null.

    `url` is the address of the list without a page.
    """
    current = page_number(asked)
    last = max(1, -(-len(rows) // PER_PAGE))
    start = (current - 1) * PER_PAGE
    shown = rows[start : start + PER_PAGE]

    def address(number: int) -> str:
        return f"{url}?page={number}"

    previous = address(current - 1) if current > 1 else None
    following = address(current + 1) if current < last else None
    return {
        "current_page": current,
        "data": [serialize(row) for row in shown],
        "first_page_url": address(1),
        "from": start + 1 if shown else None,
        "last_page": last,
        "last_page_url": address(last),
        "links": [
            _link(previous, "&laquo; Previous"),
            *(
                _link(None, "...")
                if number is None
                else _link(address(number), str(number), active=number == current)
                for number in window(current, last)
            ),
            _link(following, "Next &raquo;"),
        ],
        "next_page_url": following,
        "path": url,
        "per_page": PER_PAGE,
        "prev_page_url": previous,
        "to": start + len(shown) if shown else None,
        "total": len(rows),
    }


def window(current: int, last: int) -> list[int | None]:
    """Return the numbers of the pages that are linked, with None for a gap.

    Up to 13 pages, all of them. From 14 on, the first two and the last two, and around the
    current one three on each side, or ten pages of the end that it is near.
    """
    if last < _GAPS_FROM:
        return [*range(1, last + 1)]
    if current <= _NEAR:
        return [*range(1, _NEAR + _ON_EACH_SIDE + 1), None, last - 1, last]
    if current > last - _NEAR:
        return [1, 2, None, *range(last - (_NEAR + _ON_EACH_SIDE - 1), last + 1)]
    around = range(current - _ON_EACH_SIDE, current + _ON_EACH_SIDE + 1)
    return [1, 2, None, *around, None, last - 1, last]


def _link(url: str | None, label: str, *, active: bool = False) -> dict[str, Any]:
    return {"url": url, "label": label, "active": active}
