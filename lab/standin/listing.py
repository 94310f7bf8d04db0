"""Lists: filtered, sorted and cut into pages by the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from lab.standin.calls import Answer, Json, StandInCall
from lab.standin.database import Condition, Row, count, select
from lab.standin.filters import FilterKind, condition
from lab.standin.refusals import malformed
from lab.standin.switches import StandInDefect, Variation

_PER_PAGE = 50
_MOST_PER_PAGE = 100
_WHOLE = re.compile(r"[0-9]+")
_COUNTED = {"cost_price", "quantity", "stock_level"}


@dataclass(frozen=True, slots=True)
class StandInList:
    """A list: its path and key in a body, the table or view of its rows, and what it can do.

    `filters` are the fields of `q[]`, `sorts` the columns of `sort`, and `render` makes the JSON
    of a row. Rows with something in the column that `hides` names are in no page.
    """

    name: str
    source: str
    filters: Mapping[str, FilterKind]
    sorts: frozenset[str]
    render: Callable[[StandInCall, Row], Json]
    hides: str | None = None

    def answer(self, call: StandInCall) -> Answer:
        """Return the page that is asked for; raises Refused with 400 if that makes no sense."""
        switches = call.switches
        number = _whole(call, "page", 1)
        size = _whole(call, "per_page", _PER_PAGE, _MOST_PER_PAGE)
        asked = condition(
            self.filters,
            call.filters,
            switches,
            forgets=StandInDefect.ARCHIVED_STILL_LISTED,
        )
        if self.hides is not None:
            asked = Condition.all(asked, Condition.of(**{self.hides: None}))
        counted = asked
        if StandInDefect.COUNT_WITHOUT_FILTER in switches:
            counted = condition(self.filters, [], switches, StandInDefect.ARCHIVED_STILL_LISTED)
        mine = call.mine(unless=StandInDefect.COUNT_OF_ALL_ACCOUNTS)
        total = count(call.connection, self.source, Condition.all(mine, counted))
        last = max(1, -(-total // size))
        if Variation.PAST_THE_END_IS_LAST_PAGE in switches:
            number = min(number, last)
        order = self._order(call, number)
        rows = []
        if number <= last:
            found = Condition.all(call.mine(), asked)
            tail = f"{order} {_window(call, number, size)}"
            rows = select(call.connection, self.source, found, tail)
        goes_on = number < last
        if StandInDefect.NEXT_LINK_ON_LAST_PAGE in switches:
            goes_on = len(rows) >= size
        return 200, {
            self.name: [self.render(call, row) for row in rows],
            "total_entries": total,
            "links": self._links(call, number, goes_on=goes_on),
        }

    def _order(self, call: StandInCall, number: int) -> str:
        """The ORDER BY clause; rows that tie keep the order of their ids."""
        direction = _last(call, "order", "asc")
        if direction not in {"asc", "desc"}:
            raise malformed("order must be asc or desc")
        columns = list(self._columns(call, direction))
        if not columns:
            columns = [f"created_at {direction}"]
            if StandInDefect.ORDER_BY_MISSING in call.switches and "name" in self.filters:
                columns = ["name"]
        if StandInDefect.SECOND_SORT_COLUMN_IGNORED in call.switches:
            columns = columns[:1]
        backwards = Variation.TIES_NEWEST_FIRST in call.switches or (
            StandInDefect.TIES_DIFFER_BY_PAGE in call.switches and number % 2 == 0
        )
        return f"ORDER BY {', '.join(columns)}, id {'desc' if backwards else 'asc'}"

    def _columns(self, call: StandInCall, default: str) -> Iterator[str]:
        for text in dict.fromkeys(filter(None, _last(call, "sort", "").split(","))):
            column, colon, own = text.partition(":")
            if column not in self.sorts:
                raise malformed(f"{column} is not sortable")
            if colon and own not in {"asc", "desc"}:
                raise malformed(f"{column} sorts by asc or desc")
            if StandInDefect.NUMBERS_SORTED_AS_TEXT in call.switches and column in _COUNTED:
                column = f"CAST({column} AS TEXT) COLLATE BINARY"
            direction = own or default
            first = (direction == "asc") == (Variation.NULLS_FIRST in call.switches)
            yield f"{column} {direction} NULLS {'FIRST' if first else 'LAST'}"

    def _links(self, call: StandInCall, number: int, *, goes_on: bool) -> Json:
        links = {"self": self._link(call, number)}
        if number > 1:
            links["previous"] = self._link(call, number - 1)
        if goes_on:
            links["next"] = self._link(call, number + 1)
        return links

    def _link(self, call: StandInCall, number: int) -> str:
        kept = {"order", "per_page", "q", "q[]", "sort"}
        if StandInDefect.NEXT_LINK_DROPS_FILTERS in call.switches:
            kept -= {"q", "q[]"}
        sent = {name: values for name, values in call.arguments.items() if name in kept}
        # Sorted by name, as Rails has them.
        query = sorted({**sent, "page": [str(number)]}.items())
        return f"{call.base_url}/{self.name}?{urlencode(query, doseq=True)}"


def _window(call: StandInCall, number: int, size: int) -> str:
    """The LIMIT clause of a page."""
    offset = (number - 1) * size
    if StandInDefect.OFFSET_OFF_BY_ONE in call.switches and number > 1:
        offset += 1
    if StandInDefect.LIMIT_ONE_MORE in call.switches:
        size += 1
    return f"LIMIT {size} OFFSET {offset}"


def _last(call: StandInCall, name: str, default: str) -> str:
    """A parameter's value; of several, the last."""
    return call.arguments.get(name, [default])[-1]


def _whole(call: StandInCall, name: str, default: int, most: int | None = None) -> int:
    """A number from 1 in the query."""
    text = _last(call, name, str(default))
    # Nobody has that many pages, and Python reads no number of any length.
    if not _WHOLE.fullmatch(text) or len(text) > 1000 or int(text) < 1:
        raise malformed(f"{name} must be a whole number from 1")
    if most is not None and int(text) > most:
        raise malformed(f"{name} must be at most {most}")
    return int(text)
