"""Exsited's pages: cut by limit and offset, with the addresses of the pages before and after.

Source: facts, section 2 (documented): the string `NULL` is shown where there is no page. The limit
that applies by default is inferred from the vendor's sample page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from mock_server.engine.messages import Request

R = TypeVar("R")
LIMIT = 10
NO_PAGE = "NULL"


def page_of(records: Sequence[R], path: str, request: Request) -> tuple[Sequence[R], Any]:
    """Return the page that the request asks for, and its `pagination`; `path` is the list's."""
    limit, offset = request.query.get("limit", LIMIT), request.query.get("offset", 0)
    total = len(records)
    kept = [(name, value) for name, value in request.query.items() if name not in _PAGE]

    def link(start: int) -> str:
        query = urlencode([*kept, ("limit", limit), ("offset", start)])
        return f"{request.base_url}{quote(path)}?{query}"

    pagination = {
        "records": total,
        "limit": limit,
        "offset": offset,
        "previous_page": link(max(offset - limit, 0)) if offset > 0 else NO_PAGE,
        "next_page": link(offset + limit) if offset + limit < total else NO_PAGE,
    }
    return records[offset : offset + limit], pagination


_PAGE = ("limit", "offset")
