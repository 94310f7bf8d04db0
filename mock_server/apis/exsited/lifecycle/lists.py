"""How Exsited's lists are cut into pages, filtered and ordered (facts, section 2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from mock_server.lifecycle.model import Filter, Json, Listing, Sort
from mock_server.lifecycle.paging import Paging, by_offset
from mock_server.lifecycle.pointers import find
from mock_server.lifecycle.values import instant

_NO_PAGE = "NULL"
_TYPES = (
    "STANDARD",
    "RECURRING",
    "GIFT_CERTIFICATE",
    "DIRECT_COST",
    "VARIATION",
    "BUNDLE",
    "FAMILY",
)
#: Names and identifiers that every collation puts into the same order.
_WORDS = re.compile(r"[A-Z][a-z]+(?= )")
_NUMBERED = re.compile(r"ITEM-\d{4}$")


def paging(wrapper: str = "") -> Paging:
    """Return the paging of a list whose `pagination` is in a wrapper, given as a pointer."""

    def link(name: str) -> Callable[[Any], str | None]:
        def linked_page(body: Any) -> str | None:
            found = find(body, f"{wrapper}/pagination/{name}")
            return found if isinstance(found, str) and found != _NO_PAGE else None

        return linked_page

    def violation(body: Any, place: int, size: int) -> str | None:
        pagination = find(body, f"{wrapper}/pagination")
        if (pagination["limit"], pagination["offset"]) != (size, place * size):
            return f"it says limit {pagination['limit']}, offset {pagination['offset']}"
        if place == 0 and pagination["previous_page"] != _NO_PAGE:
            return f"the first page follows {pagination['previous_page']}"
        return None

    following = link("next_page")
    return replace(
        by_offset(lambda body: following(body) is not None),
        next=following,
        previous=link("previous_page"),
        violation=violation,
    )


def _type(random: Random, records: Sequence[Json]) -> str:
    """A type that a record has, or any."""
    shown = [str(record["type"]) for record in records]
    return random.choice([*shown, random.choice(_TYPES)])


def _by_text(name: str, pattern: re.Pattern[str]) -> Callable[[Json], Any]:
    def key(record: Json) -> Any:
        found = pattern.match(str(record[name]))
        return found[0] if found else None

    return key


def _by_time(name: str) -> Callable[[Json], Any]:
    """Items that were never changed have no time of a change, and may stand anywhere."""
    return lambda record: instant(record[name]) if record[name] else None


_KEYS: dict[str, Callable[[Json], Any]] = {
    "id": _by_text("id", _NUMBERED),
    "name": _by_text("name", _WORDS),
    "display_name": _by_text("display_name", _WORDS),
    "type": lambda record: record["type"],
    "status": lambda record: record["status"],
    "created_on": _by_time("created_on"),
    "last_updated_on": _by_time("last_updated_on"),
    "version": lambda record: int(record["version"]),
}


def _sorts() -> tuple[Sort, ...]:
    ascending = (Sort(name, (("order_by", name),), key) for name, key in _KEYS.items())
    descending = (
        Sort(f"{name} desc", (("order_by", name), ("direction", "desc")), key, descending=True)
        for name, key in _KEYS.items()
    )
    return (*ascending, *descending)


ITEM_LIST = Listing(
    "listItems",
    "/items",
    paging(),
    total="/pagination/records",
    filters=(
        Filter(
            "type",
            _type,
            lambda value: (("type", value),),
            lambda record, value: bool(record["type"] == value),
        ),
    ),
    sorts=_sorts(),
    order=Sort("id, as the spec's default", (), _KEYS["id"]),
)
