"""How much memory records take, and how much there may be."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
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
#: How a field of such a type, or of text, is declared.
_PLAIN_NAMES = frozenset({*(kind.__name__ for kind in _PLAIN), "None"})
_TEXT_NAMES = frozenset({"str", "None"})
_NAME = re.compile(r"\w+")
#: The memory that a container may have (Linux, control groups of version 2).
_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
#: Where nobody can say how much memory there is.
_UNKNOWN = 4 << 30
#: The part of the memory that a server takes unless it is set up otherwise.
_SHARE = 4


class Full(Exception):
    """There is no room for what is asked; the message says which bound was met, in one line."""

    #: Seconds after which it may be tried again, where waiting may help.
    retry_after: int | None = None


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
    parts = _parts_of(kind)
    if parts is None:
        if isinstance(value, Mapping):
            return _VALUE + sum([_size_of(name) + _size_of(item) for name, item in value.items()])
        return _VALUE
    # Every write comes here: what has one size is not looked at, and texts are counted in C.
    texts, others = parts.texts(value), parts.others(value)
    try:
        length = sum(map(len, filter(None, texts)))
    except TypeError:  # one is not what it is declared to be
        return _VALUE + parts.plain + sum(map(_size_of, (*texts, *others)))
    return _VALUE + parts.plain + _VALUE * len(texts) + length + sum(map(_size_of, others))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The fields of a dataclass: texts, others, and the bytes that those of one size take."""

    texts: Callable[[Any], tuple[Any, ...]]
    others: Callable[[Any], tuple[Any, ...]]
    plain: int


@cache
def _parts_of(kind: Any) -> _Parts | None:
    """Return the fields of a dataclass as they are declared, None for another type."""
    if not is_dataclass(kind):
        return None
    texts, others, plain = [], [], 0
    for each in fields(kind):
        declared = set(_NAME.findall(str(getattr(each.type, "__name__", each.type))))
        if declared <= _TEXT_NAMES:
            texts.append(each.name)
        elif declared <= _PLAIN_NAMES:
            plain += _VALUE
        else:
            others.append(each.name)
    return _Parts(_getter(texts), _getter(others), plain)


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gives the values under some names, a tuple however many there are."""
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
