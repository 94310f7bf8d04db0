"""Lists of records: how they are asked for, and what must be in them in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from mock_server.lifecycle.paging import Paging, Query

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reference's existing values are: the operation, its list, the value in each item."""

    operation: str
    items: str
    value: str = "/id"


@dataclass(frozen=True, slots=True)
class Filter:
    """A query that lists some of the records.

    `query` makes it of a value, `holds` says whether a record is one of them (None: that
    is not known), `value` draws a value that means something for the records there are (None:
    there is none). `universe` is the query that lists all records it chooses from,
    with the list that `among` names (an operationId; empty: the filtered list itself). `path` makes
    path parameters, where the value goes in the path.
    """

    name: str
    value: Callable[[Random, Sequence[Json]], Any]
    query: Callable[[Any], Query]
    holds: Callable[[Json, Any], bool | None]
    universe: Query = ()
    among: str = ""
    path: Callable[[Any], Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """A query that orders a list by a key; records without one may stand anywhere.

    One that is not `promised` may be refused, or leave the list in its own `order`.
    """

    name: str
    query: Query
    key: Callable[[Json], Any]
    descending: bool = False
    promised: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation that lists records.

    `items` points at the list in an answer, `id` at the identifier in an item, `total` at the
    number of all records (None: not shown). `at` as in `Read`. `together` says whether all
    filters in one query apply. `shows` says which records are in the list (None: all). `query` is
    always sent. `order` is the order without a query (None: any). `path` are path parameters:
    texts, or a `Source`, of whose existing values one is taken for each case.
    """

    operation: str
    items: str
    paging: Paging | None = None
    id: str = "/id"
    total: str | None = None
    at: Mapping[str, str | None] = field(default_factory=dict)
    shows: Callable[[Json], bool] | None = None
    query: Query = ()
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()
    order: Sort | None = None
    path: Mapping[str, str | Source] = field(default_factory=dict)
    together: bool = False
