"""Lists cut into numbered pages, with links between them.

Source: Django REST Framework source, `PageNumberPagination`. That Skhokho pages so, and by 20, is
inferred: its document says "paginated" only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, urlencode

from mock_server.engine.errors import RecordNotFound

R = TypeVar("R")
PAGE_SIZE: Final = 20
_LAST = "last"


def page_of(
    records: Sequence[R],
    asked: str | None,
    url: str,
    query_string: str,
    show: Callable[[R], dict[str, Any]],
) -> dict[str, Any]:
    """Return one page's body: `count`, `next`, `previous` and `results`.

    `asked` is the query's `page`: a number from 1, `last`, or nothing for the first. `url` is the
    list's own, without its query. Raises RecordNotFound for a page that does not exist; the first
    one always does.
    """
    pages = max(1, -(-len(records) // PAGE_SIZE))
    number = pages if asked == _LAST else _number(asked)
    if number > pages:
        raise RecordNotFound("page", asked)
    start = (number - 1) * PAGE_SIZE
    return {
        "count": len(records),
        "next": link(url, query_string, number + 1) if number < pages else None,
        "previous": link(url, query_string, number - 1) if number > 1 else None,
        "results": [show(record) for record in records[start : start + PAGE_SIZE]],
    }


def link(url: str, query_string: str, page: int) -> str:
    """Return the URL of a page: the query with its names in order, and no `page` for the first."""
    query = parse_qs(query_string, keep_blank_values=True)
    query.pop("page", None)
    if page > 1:
        query["page"] = [str(page)]
    text = urlencode(sorted(query.items()), doseq=True)
    return f"{url}?{text}" if text else url


def _number(asked: str | None) -> int:
    if not asked:
        return 1
    try:
        return int(asked)
    except ValueError as problem:
        # More digits than Python reads; certainly no page.
        raise RecordNotFound("page", asked) from problem
