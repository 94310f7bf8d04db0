"""Remember what was made of a record, for as long as the record is the same object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from mock_server.state.memory import size_of

T = TypeVar("T")
#: The largest record of which a result is kept, in bytes of memory.
_LARGEST = 16 << 10


def remembered(function: Callable[..., T], limit: int = 4_096) -> Callable[..., T]:
    """Return `function`, which then runs once for each record and equal other arguments.

    Records never change in place, so a record that is the same object is the same value, and
    finding that out costs less than hashing it. What is returned is shared: callers must not
    change it. Only the newest result for a record is held, and at most `limit` in all; a large
    record is made anew each time.
    """
    results: dict[int, tuple[object, tuple[Any, ...], T]] = {}

    def lookup(record: object, *others: Any) -> T:
        entry = results.get(id(record))
        if entry is not None and entry[0] is record and entry[1] == others:
            return entry[2]
        result = function(record, *others)
        if size_of(record) > _LARGEST:
            return result
        if len(results) >= limit:
            results.clear()
        # Holding the record keeps its id from being given to another.
        results[id(record)] = (record, others, result)
        return result

    return lookup
