"""Instants and times as people write them on a command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)(s|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def instant(text: str | None) -> datetime:
    """Return an aware instant, in UTC if the text has no offset; raises ValueError."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError as problem:
        raise ValueError(f"{text!r} is no instant such as 2026-01-31T12:00:00Z") from problem
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def duration(text: str | None) -> timedelta:
    """Return a time such as `90`, `90s`, `15m`, `2h` or `-1d`; raises ValueError."""
    match = _DURATION.fullmatch(text or "")
    if match is None:
        raise ValueError(f"{text!r} is no time such as 90s, 15m, 2h or 1d")
    try:
        return timedelta(seconds=float(match[1]) * _SECONDS[match[2] or "s"])
    except OverflowError as problem:
        raise ValueError(f"{text!r} is too long") from problem
