"""Cliniko's lists: their pages, filters and orders (facts, section 1, lists)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from random import Random
from typing import Any

from mock_server.lifecycle.model import Filter, Json, Listing, Query, Sort
from mock_server.lifecycle.paging import Paging, numbered
from mock_server.lifecycle.values import instant, number

EVERYTHING: Query = (("q[]", "archived_at:*"),)
_ARCHIVED: Query = (("q[]", "archived_at:?"),)


def _after_next_page(body: Any) -> bool:
    return isinstance(body, dict) and "next" in (body.get("links") or {})


def _link(name: str) -> Callable[[Any], str | None]:
    return lambda body: (body.get("links") or {}).get(name)


PAGES: Paging = numbered(_after_next_page, next_link=_link("next"), previous_link=_link("previous"))


def _compared(field: str, operator: str) -> Filter:
    """A filter of times, by an operator; the value is that of some record (facts, lists)."""
    judge: Callable[[Any, Any], bool] = {">=": ge, ">": gt, "<=": le, "<": lt}[operator]

    def value(random: Random, records: Sequence[Json]) -> str | None:
        known = [record[field] for record in records if record.get(field)]
        return _seconds(random.choice(known)) if known else None

    return Filter(
        name=f"{field}:{operator}",
        value=value,
        query=lambda wanted: (("q[]", f"{field}:{operator}{wanted}"),),
        holds=lambda record, wanted: judge(instant(record[field]), instant(wanted)),
    )


def _seconds(shown: str) -> str:
    return instant(shown).strftime("%Y-%m-%dT%H:%M:%SZ")


def _any_id(random: Random, records: Sequence[Json]) -> str | None:
    return str(random.choice(records)["id"]) if records else None


def _any_ids(random: Random, records: Sequence[Json]) -> str | None:
    few = random.sample(list(records), min(3, len(records)))
    return ",".join(str(record["id"]) for record in few) or None


IDS = (
    Filter(
        "id:=",
        _any_ids,
        lambda ids: (("q[]", f"id:={ids}"),),
        lambda record, ids: str(record["id"]) in ids.split(","),
    ),
    Filter(
        "id:!=",
        _any_id,
        lambda known: (("q[]", f"id:!={known}"),),
        lambda record, known: str(record["id"]) != known,
    ),
    Filter(
        "id:>=",
        _any_id,
        lambda known: (("q[]", f"id:>={known}"),),
        lambda record, known: int(record["id"]) >= int(known),
    ),
    Filter(
        "id:<",
        _any_id,
        lambda known: (("q[]", f"id:<{known}"),),
        lambda record, known: int(record["id"]) < int(known),
    ),
)


def _plain_name(random: Random, records: Sequence[Json]) -> str | None:
    names = [record["name"] for record in records if _plain(record.get("name"))]
    return random.choice(names) if names else None


def _plain(name: Any) -> bool:
    """Whether no service could read anything into a name but its letters."""
    return isinstance(name, str) and name.isascii() and "%" not in name and "_" not in name


def _part_of_name(random: Random, records: Sequence[Json]) -> str | None:
    name = _plain_name(random, records)
    words = [word for word in (name or "").split() if len(word) > 1]
    return random.choice(words) if words else None


def _part_or_near(random: Random, records: Sequence[Json]) -> str | None:
    """A part of some name, or one that only a pattern of SQL would find in it."""
    part = _part_of_name(random, records)
    if part is None or random.random() < 0.5:
        return part
    place = random.randrange(len(part))
    return f"{part[:place]}{random.choice('%_')}{part[place + 1 :]}"


def _is(shown: str, wanted: str) -> bool | None:
    """Whether a name is the wanted one; nobody says whether case counts."""
    return True if shown == wanted else _but_for_case(shown.casefold() == wanted.casefold())


def _contains(shown: str, part: str) -> bool | None:
    """Whether a name has a part in it, which is no pattern; nobody says whether case counts."""
    return True if part in shown else _but_for_case(part.casefold() in shown.casefold())


def _but_for_case(alike: bool) -> bool | None:
    return None if alike else False


NAMES = (
    Filter(
        "name:=",
        _plain_name,
        lambda name: (("q[]", f"name:={name}"),),
        lambda record, name: _is(record["name"], name),
    ),
    Filter(
        "name:~",
        _part_or_near,
        lambda part: (("q[]", f"name:~{part}"),),
        lambda record, part: _contains(record["name"], part),
    ),
    Filter(
        "name:~~",
        _part_of_name,
        lambda part: (("q[]", f"name:~~%{part}%"),),
        lambda record, part: _contains(record["name"], part),
    ),
)
_TIMES = tuple(
    _compared(field, operator)
    for field in ("created_at", "updated_at")
    for operator in (">=", ">", "<=", "<")
)
#: Two filters at once are both applied (facts, lists).
BOTH = Filter(
    "created_at:>= and id:!=",
    _any_id,
    lambda known: (("q[]", "created_at:>=2000-01-01T00:00:00Z"), ("q[]", f"id:!={known}")),
    lambda record, known: str(record["id"]) != known,
)
ARCHIVE = (
    Filter(
        "archived_at:*",
        lambda _, records: "*" if records else None,
        lambda _: EVERYTHING,
        lambda _record, _value: True,
        universe=EVERYTHING,
    ),
    Filter(
        "archived_at:?",
        lambda _, records: "?" if records else None,
        lambda _: _ARCHIVED,
        lambda record, _: record["archived_at"] is not None,
        universe=EVERYTHING,
    ),
    Filter(
        "archived_at:!?",
        lambda _, records: "!?" if records else None,
        lambda _: (("q[]", "archived_at:!?"),),
        lambda record, _: record["archived_at"] is None,
        universe=EVERYTHING,
    ),
)


def tax_of(record: Json) -> str | None:
    """Return the identifier of a product's tax, read from its link."""
    tax = record.get("tax")
    return tax["links"]["self"].rstrip("/").rpartition("/")[2] if tax else None


def tax_filter() -> Filter:
    """Return the filter of products by their tax."""

    def value(random: Random, records: Sequence[Json]) -> str | None:
        known = [tax for tax in map(tax_of, records) if tax]
        return random.choice(known) if known else None

    return Filter(
        "tax_id:=",
        value,
        lambda tax: (("q[]", f"tax_id:={tax}"),),
        lambda record, tax: tax_of(record) == tax,
    )


def _by_time(name: str, query: str, *, descending: bool = False) -> Sort:
    field = name.partition(":")[0]

    def key(record: Json) -> datetime:
        return instant(record[field]).replace(microsecond=0, tzinfo=UTC)

    return Sort(name, (("sort", query),), key, descending)


_OLDEST_FIRST = Sort("created_at", (), lambda record: instant(record["created_at"]))
_SORTS = (
    _by_time("created_at", "created_at"),
    _by_time("created_at:desc", "created_at:desc", descending=True),
    _by_time("updated_at", "updated_at"),
    _by_time("updated_at:desc", "updated_at:desc", descending=True),
    Sort(
        "id:desc",
        (("sort", "id:desc"),),
        lambda record: int(record["id"]),
        descending=True,
    ),
    Sort(
        "created_at,id:desc",
        (("sort", "created_at,id:desc"),),
        lambda record: (instant(record["created_at"]), -int(record["id"])),
    ),
    Sort(
        "order=desc",
        (("order", "desc"),),
        lambda record: instant(record["created_at"]),
        descending=True,
    ),
)


def by_number(field: str, *, descending: bool = False) -> Sort:
    """Return the order by a field that holds a number; nobody says which columns sort a list."""
    query = f"{field}:desc" if descending else field

    def key(record: Json) -> Decimal | None:
        return None if record[field] is None else number(record[field])

    return Sort(query, (("sort", query),), key, descending, promised=False)


def listing(operation: str, items: str, *filters: Filter, sorts: Sequence[Sort] = ()) -> Listing:
    """Return a list that is cut, filtered and sorted as all of the vendor's are (facts, lists)."""
    return Listing(
        operation,
        items=f"/{items}",
        paging=PAGES,
        total="/total_entries",
        filters=(*IDS, *_TIMES, *filters),
        sorts=(*_SORTS, *sorts),
        order=_OLDEST_FIRST,
    )
