"""How lists are cut into pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is cut into pages.

    `page` makes the query of a page, counted from 0, of so many records; `sizes` are sizes to try,
    none if the vendor fixes it, at `fixed` records. `more` says of a page's body whether another
    one follows. `next` and `previous` give the links to the pages beside it, or None where there
    is none (None instead of a function: the vendor gives no links). `last` is the query of the
    last page (empty: there is none for that), `beyond` are the statuses of a page
    past it (empty: not known). `offset` names the parameter that counts the records to pass over.
    `violation` says what is wrong in what a page's body says about itself (its number, its bounds),
    given its place from 0 and the number of records asked for, or returns None.
    """

    page: Callable[[int, int], Query]
    more: Callable[[Any], bool]
    sizes: tuple[int, ...] = (1, 2, 3, 7, 20)
    fixed: int | None = None
    largest: int = 100
    next: Callable[[Any], str | None] | None = None
    previous: Callable[[Any], str | None] | None = None
    violation: Callable[[Any, int, int], str | None] | None = None
    last: Query = ()
    beyond: tuple[int, ...] = ()
    offset: str = ""

    def after(self, index: int, seen: int, records: int) -> Query:
        """Return the query of the page at a place, where those before it had `seen` records.

        A service may give fewer records than it is asked for, and none of them is passed over.
        """
        pairs = self.page(index, records)
        return tuple((name, str(seen) if name == self.offset else value) for name, value in pairs)


def numbered(
    more: Callable[[Any], bool],
    *,
    number: str = "page",
    size: str | None = "per_page",
    sizes: tuple[int, ...] = (1, 2, 3, 7, 20),
    fixed: int | None = None,
    largest: int = 100,
    next_link: Callable[[Any], str | None] | None = None,
    previous_link: Callable[[Any], str | None] | None = None,
    violation: Callable[[Any, int, int], str | None] | None = None,
    last: Query = (),
    beyond: tuple[int, ...] = (),
) -> Paging:
    """Return paging by page numbers from 1."""

    def page(index: int, records: int) -> Query:
        first = ((number, str(index + 1)),)
        return first if size is None else (*first, (size, str(records)))

    return Paging(
        page, more, sizes, fixed, largest, next_link, previous_link, violation, last, beyond
    )


def by_offset(
    more: Callable[[Any], bool],
    *,
    offset: str = "offset",
    limit: str = "limit",
    sizes: tuple[int, ...] = (1, 2, 3, 7, 20),
    largest: int = 100,
) -> Paging:
    """Return paging by the number of records to pass over."""

    def page(index: int, records: int) -> Query:
        return ((offset, str(index * records)), (limit, str(records)))

    return Paging(page, more, sizes, None, largest, offset=offset)
