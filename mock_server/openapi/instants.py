"""Instants as text (RFC 3339)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?", re.ASCII
)


def parse_instant(text: object, *, assume_utc: bool = False) -> datetime:
    """Return an aware instant in UTC; with `assume_utc`, a text without an offset is in UTC.

    A date alone is its midnight. Raises ValueError for anything else, also for what is no text.
    """
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not an instant such as 2026-01-31T12:00:00Z")
    instant = datetime.fromisoformat(text.upper())
    if instant.tzinfo is None:
        if not assume_utc:
            raise ValueError(f"{text!r} does not say its offset from UTC")
        return instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"{text!r} is out of range") from problem


def instant_text(instant: datetime) -> str:
    """Return an instant as RFC 3339 has it, in UTC, with as many digits as it needs."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
