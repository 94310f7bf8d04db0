"""How much memory records take, and how much there may be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

#: A record with its place in a tree, a value besides its text or bytes, in bytes.
_RECORD, _VALUE = 400, 60
#: The two records counted last, with their sizes: a call asks several times for those it writes.
#: Each is replaced as a whole, as servers on several threads count here.
_COUNTED: list[tuple[Any, int]] = [(None, 0), (None, 0)]
#: Types whose values are all of about one size.
_PLAIN = frozenset({bool, date, datetime, Decimal, float, int, type(None)})
#: The memory that a container may have (Linux, control groups of version 2).
_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
#: Where nobody can say how much memory there is.
_UNKNOWN = 4 << 30
#: The part of the memory that a server takes unless it is told otherwise.
_SHARE = 4


class Full(Exception):
    """There is no room for what is asked; the message says which bound was met, in one line."""


def size_of(record: Any) -> int:
    """Return about how many bytes of memory a record takes, 0 for none."""
    if record is None:
        return 0
    newest, older = _COUNTED
    if newest[0] is record:
        return newest[1]
    if older[0] is record:
        return older[1]
    size = _RECORD + _size_of(record)
    _COUNTED[:] = (record, size), newest
    return size


def _size_of(value: Any) -> int:
    kind: Any = type(value)
    if kind is str or kind is bytes:
        return _VALUE + len(value)
    if kind in _PLAIN:
        return _VALUE
    if kind is tuple or kind is list or kind is frozenset or kind is set:
        return _VALUE + sum([_size_of(item) for item in value])
    fields_of = _fields_of(kind)
    if fields_of is None:
        if isinstance(value, Mapping):
            return _VALUE + sum([_size_of(name) + _size_of(item) for name, item in value.items()])
        return _VALUE
    size = _VALUE
    # Every write comes here, so most fields are counted without a call.
    for each in fields_of(value):
        of = type(each)
        if of in _PLAIN:
            size += _VALUE
        else:
            size += _VALUE + len(each) if of is str else _size_of(each)
    return size


@cache
def _fields_of(kind: Any) -> Any:
    """Return what tells the values of a dataclass's fields, None for another type."""
    if not is_dataclass(kind):
        return None
    names = [each.name for each in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def share_of_memory() -> int:
    """Return the bytes that a server may take by default: a quarter of what this machine has."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        memory = _UNKNOWN
    with suppress(OSError, ValueError):  # no control groups, or "max"
        memory = min(memory, int(_GROUP_LIMIT.read_text(encoding="ascii")))
    return memory // _SHARE
