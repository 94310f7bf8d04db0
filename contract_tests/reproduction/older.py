"""What Python has learned since 3.8, for code that is taken to wherever a reproduction runs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

_TIME = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?")


def pairwise(values: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Return each value with the one after it."""
    known = list(values)
    return zip(known, known[1:])  # noqa: B905, RUF007 - that is what it stands for


def zip_strict(*columns: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Return the values of each place; raises ValueError unless all have as many."""
    known = [list(each) for each in columns]
    if len({len(each) for each in known}) > 1:
        raise ValueError("they are not of one length")
    return zip(*known)  # noqa: B905 - older ones know no `strict`


def removeprefix(text: str, prefix: str) -> str:
    """Return a text without what it begins with."""
    return text[len(prefix) :] if text.startswith(prefix) else text  # noqa: FURB188 - 3.9


def removesuffix(text: str, suffix: str) -> str:
    """Return a text without what it ends with."""
    return text[: -len(suffix)] if suffix and text.endswith(suffix) else text


def read_time(text: str) -> datetime:
    """Return a time as RFC 3339 spells it; raises ValueError."""
    found = _TIME.fullmatch(text)
    if found is None:
        return datetime.fromisoformat(text)
    fraction = f".{found[2][:6].ljust(6, '0')}" if found[2] else ""
    offset = (found[3] or "").replace("Z", "+00:00")
    offset = f"{offset[:3]}:{offset[3:]}" if len(offset) == 5 else offset
    return datetime.fromisoformat(f"{found[1]}{fraction}{offset}")


#: What stands for what.
INSTEAD: Mapping[Callable[..., Any], Callable[..., Any]] = {itertools.pairwise: pairwise}
