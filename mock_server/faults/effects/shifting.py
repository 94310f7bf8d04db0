"""A list that shifts between its pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast
from urllib.parse import parse_qs

from mock_server.engine.call import Call
from mock_server.engine.messages import Request
from mock_server.engine.replies import Wire
from mock_server.faults.effects.effect import Effect, Rest
from mock_server.faults.effects.later import without
from mock_server.faults.fields import Count
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Collection, Key, State, Table

_NAME = "faults.first_pages"
_OK = 200
#: Parameters that choose a page, with the values that mean the first one.
_PAGING = {"page": {"", "1"}, "offset": {"", "0"}}


class _Watched(State):
    """A state that remembers which tables were looked at."""

    __slots__ = ("looked_at",)
    looked_at: list[str]

    def collection(self, table: Table[Any]) -> Collection[Any]:
        if table.name not in self.looked_at:
            self.looked_at.append(table.name)
        # Not `super()`: slots make the dataclass anew, and it would look for the old one.
        return State.collection(self, table)


def _watched(state: State) -> _Watched:
    watched = _Watched(state.collections, state.sequences, state.seeded, state.revision)
    object.__setattr__(watched, "looked_at", [])
    return watched


@dataclass(frozen=True)
class ShiftingList(Effect):
    """A list changes while its pages are read, by so many records at its start.

    `disappear`: records of the first page are gone when the next pages are asked for, so that a
    caller misses as many. `appear`: they come after the first page was given out, so that a caller
    sees as many of its last ones again. Lists of one page, and other reads, are as always.
    """

    reads_only: ClassVar[bool] = True
    by: Count = 1
    how: Literal["disappear", "appear"] = "disappear"
    kind: Literal["shifting_list"] = "shifting_list"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer from a state without the first records, on the first page or on all others."""
        lists = first_pages_of(call.sandbox)
        name = f"{call.api}{call.request.url_path}"
        if not _is_first_page(call.request):
            gone = lists.get(name, []) if self.how == "disappear" else []
            if gone:
                call.state = without(call.seen, gone)
            return rest()
        seen = call.seen
        call.state = state = _watched(seen)
        wire = rest()
        first = _records_of(wire, state)[: self.by]
        if self.how == "disappear":
            lists[name] = first
        elif first:
            call.state = without(seen, first)
            return rest()
        return wire


def first_pages_of(sandbox: Sandbox) -> dict[str, list[tuple[str, Key]]]:
    """Return the first records of each list whose first page was read, by table and key."""
    memory = sandbox.attachments.get(_NAME)
    if memory is None:
        memory = sandbox.attachments[_NAME] = {}
    return cast("dict[str, list[tuple[str, Key]]]", memory)


def first_pages_in(sandbox: Sandbox) -> dict[str, list[tuple[str, Key]]]:
    """Return the same without making a place for it."""
    return cast("dict[str, list[tuple[str, Key]]]", sandbox.attachments.get(_NAME, {}))


def forget_pages(sandbox: Sandbox) -> None:
    """Forget which first pages were read."""
    sandbox.attachments.pop(_NAME, None)


def _is_first_page(request: Request) -> bool:
    query = parse_qs(request.query_string)
    return all(query.get(name, [""])[-1] in first for name, first in _PAGING.items())


def _records_of(wire: Wire, state: _Watched) -> list[tuple[str, Key]]:
    """The records behind the items of a list, in their order; none if it is no list of records.

    A property of the items whose values all are keys of one table that was looked at tells them.
    """
    items = _items(wire)
    for name in _names(items):
        values = [item.get(name) for item in items]
        for table in state.looked_at:
            records = State.collection(state, Table(table, object))
            keys = [_key(value, records) for value in values]
            if all(key is not None for key in keys):
                return [(table, key) for key in keys if key is not None]
    return []


def _items(wire: Wire) -> list[dict[str, Any]]:
    if wire.status != _OK:
        return []
    try:
        body = json.loads(wire.body)
    except ValueError:
        return []
    candidates: Iterable[Any] = [body, *body.values()] if isinstance(body, dict) else [body]
    for candidate in candidates:
        if (
            isinstance(candidate, list)
            and candidate
            and all(isinstance(item, dict) for item in candidate)
        ):
            return candidate
    return []


def _names(items: list[dict[str, Any]]) -> Iterator[str]:
    """The properties to try: `id` before all others."""
    if items:
        yield from sorted(items[0], key=lambda name: name != "id")


def _key(value: Any, records: Collection[Any]) -> Key | None:
    candidates: list[Key] = []
    if isinstance(value, int | str) and not isinstance(value, bool):
        candidates.append(value)
    if isinstance(value, str) and value.isdecimal() and len(value) <= 18:
        candidates.append(int(value))
    return next((key for key in candidates if records.get(key) is not None), None)
