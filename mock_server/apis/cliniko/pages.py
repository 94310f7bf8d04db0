"""Cliniko's lists: filtered, sorted, cut into pages, with links between them.

Source: the vendor's pages on pagination, ordering and filtering; facts, section 1, lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from mock_server.apis.cliniko.filters import FILTERABLE, Filter, parse_filter
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request
from mock_server.state.order import Column, Order, order_by
from mock_server.state.store import Table

R = TypeVar("R")
_PER_PAGE = 50
#: A filter's records are looked up, instead of looking at all, if they are so small a part of all.
_FEW = 4


@dataclass(frozen=True, slots=True)
class ListView(Generic[R]):
    """What one list shows.

    `path` and `key` are the list's path and its key in the body; `serializer` gives, for a
    request, what shows one record.
    """

    path: str
    key: str
    table: Table[R]
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
    filters = filters_of(request)
    archived_too = any(each.field == "archived_at" for each in filters)
    order = _order(
        tuple(request.query.get("sort", ())) or ("created_at",),
        request.query.get("order", "asc"),
        None if archived_too else is_unarchived,
    )
    if not filters:
        return context.state.ordered(listing.table, order)

    def chosen() -> list[R]:
        few = _fewest(listing.table, filters, order.where, context)
        if few is not None:
            return order.sort(_passing(few, filters))
        return _passing(context.state.ordered(listing.table, order), filters)

    asked = (request.operation_id, order, *_filter_texts(request))
    return context.state.recall(listing.table, asked, chosen)


def _fewest(
    table: Table[R], filters: list[Filter], where: Callable[[R], bool] | None, context: Context
) -> Sequence[R] | None:
    """All records that some filter lets through, if they are few; found without looking at all."""
    most = context.state.count(table) // _FEW
    found: Sequence[R] | None = None
    for each in filters:
        if each.bounds is not None:
            records = context.state.ordered(table, _order((each.field,), "asc", where))
            within = records.within(*each.bounds)
            if len(within) <= most:
                found, most = within, len(within)
    return found


def _passing(records: Iterable[R], filters: Iterable[Filter]) -> list[R]:
    for each in filters:
        value, judge = attrgetter(each.field), each.passes
        records = [record for record in records if judge(value(record))]
    return list(records)


def is_unarchived(record: Any) -> bool:
    """Say whether a record is in the lists that do not ask for archived ones."""
    return getattr(record, "archived_at", None) is None


def filters_of(request: Request) -> list[Filter]:
    """Return the request's filters: those of `q[]`, and the one of `q` (inferred)."""
    texts = _filter_texts(request)
    if not texts:
        return []
    kinds = FILTERABLE[str(request.operation_id)]
    return [parse_filter(text, kinds) for text in texts]


def _filter_texts(request: Request) -> list[str]:
    query = request.query
    return [*query.get("q[]", ()), *([query["q"]] if "q" in query else ())]


def passes(record: Any, filters: Iterable[Filter]) -> bool:
    """Say whether a record meets every filter."""
    return all(each.passes(getattr(record, each.field)) for each in filters)


@lru_cache(maxsize=256)
def _order(
    columns: tuple[str, ...], direction: str, where: Callable[[Any], bool] | None
) -> Order[Any]:
    """The order by the columns, then by id.

    Of a column that is named twice the first counts. One without a direction takes the given one.
    Null comes last going up and first going down, as in PostgreSQL (inferred).
    """
    directions: dict[str, str] = {}
    for column in columns:
        name, _, own = column.partition(":")
        directions.setdefault(name, own)
    up_or_down = ((name, own or direction) for name, own in directions.items())
    sorted_by: list[Column[Any]] = [Column(name, way == "desc") for name, way in up_or_down]
    return order_by(*sorted_by, "id", where=where)


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
