"""Cliniko's lists: filtered, sorted, cut into pages, with links between them.

Source: the vendor's pages on pagination, ordering and filtering; facts, section 1, lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from mock_server.apis.cliniko.filters import FILTERABLE, Filter, parse_filter
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request
from mock_server.state.store import Table

R = TypeVar("R")
_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ListView(Generic[R]):
    """What one list shows.

    `path` and `key` are the list's path and its key in the body; `default` makes the default
    list of the records (visible ones, in the default order); `serializer` gives, for a request,
    what shows one record.
    """

    path: str
    key: str
    table: Table[R]
    default: Callable[[tuple[R, ...]], Sequence[R]]
    serializer: Callable[[Request, Context], Callable[[R], dict[str, Any]]]


def answer(listing: ListView[R], request: Request, context: Context) -> Reply:
    """Return the page that the request asks for."""
    query = request.query
    records = _select(listing, request, context)
    page, per_page = query.get("page", 1), query.get("per_page", _PER_PAGE)
    start = (page - 1) * per_page
    shown = records[start : start + per_page]
    return Reply(
        200,
        {
            listing.key: list(map(listing.serializer(request, context), shown)),
            "total_entries": len(records),
            "links": _links(f"{request.base_url}{listing.path}", query, page, start, len(records)),
        },
    )


def _select(listing: ListView[R], request: Request, context: Context) -> Sequence[R]:
    """The records that the request's filters let through, in its order."""
    sort, order = request.query.get("sort"), request.query.get("order", "asc")
    filters = filters_of(request)
    if not filters and not sort and order == "asc":
        return context.state.derive(listing.table, listing.default)
    if any(each.field == "archived_at" for each in filters):
        records: Iterable[R] = context.state.all(listing.table)
    else:
        records = context.state.derive(listing.table, listing.default)
    for each in filters:
        value, fits = attrgetter(each.field), each.passes
        records = [record for record in records if fits(value(record))]
    return in_order(records, sort or ["created_at"], order)


def filters_of(request: Request) -> list[Filter]:
    """Return the request's filters: those of `q[]`, and the one of `q` (inferred)."""
    query = request.query
    texts = [*query.get("q[]", ()), *([query["q"]] if "q" in query else ())]
    if not texts:
        return []
    kinds = FILTERABLE[str(request.operation_id)]
    return [parse_filter(text, kinds) for text in texts]


def passes(record: Any, filters: Iterable[Filter]) -> bool:
    """Say whether a record meets every filter."""
    return all(each.passes(getattr(record, each.field)) for each in filters)


def in_order(records: Iterable[R], columns: Iterable[str], direction: str) -> list[R]:
    """Return the records by the columns, then by id.

    Of a column that is named twice the first counts. One without a direction takes the given one.
    Null comes last going up and first going down, as in PostgreSQL (inferred).
    """
    ordered = sorted(records, key=attrgetter("id"))
    directions: dict[str, str] = {}
    for column in columns:
        name, _, own = column.partition(":")
        directions.setdefault(name, own)
    for name, own in reversed(directions.items()):
        ordered = _by_column(ordered, name, descending=(own or direction) == "desc")
    return ordered


def _by_column(records: list[R], name: str, *, descending: bool) -> list[R]:
    """The records by one column; those that are alike in it stay in their order.

    Nulls are set apart so that values are compared without a pair for each: large lists are
    sorted while other calls wait.
    """
    value = attrgetter(name)
    nulls = [record for record in records if value(record) is None]
    others = [record for record in records if value(record) is not None] if nulls else records
    others = sorted(others, key=value, reverse=descending)
    return nulls + others if descending else others + nulls


def _links(url: str, query: Mapping[str, Any], page: int, start: int, total: int) -> dict[str, str]:
    per_page = query.get("per_page", _PER_PAGE)
    kept: list[tuple[str, str]] = [
        (name, ",".join(query[name]) if name == "sort" else str(query[name]))
        for name in ("order", "per_page", "sort")
        if name in query
    ]
    kept += [("q[]", text) for text in query.get("q[]", ())]
    kept += [("q", query["q"])] if "q" in query else []

    rest = f"&{urlencode(kept)}" if kept else ""

    def link(number: int) -> str:
        return f"{url}?page={number}{rest}"

    links = {"self": link(page)}
    if page > 1:
        links["previous"] = link(page - 1)
    if start + per_page < total:
        links["next"] = link(page + 1)
    return links
