"""Values of Laravel's input, as the rules of the spec let them through.

These give None for all others, so that rules can look at a body that breaks the spec elsewhere.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from mock_server.openapi import php


def number(value: Any) -> Decimal | None:
    """Return a number or a text that is one."""
    if isinstance(value, str):
        return php.number(value)
    return Decimal(value) if _is_number(value) else None


def record_id(value: Any) -> int | None:
    """Return the number of a record, which may come as a text."""
    if isinstance(value, str):
        return php.whole(value)
    if not _is_number(value) or value != int(value):
        return None
    return php.whole(str(int(value)))


def flag(value: Any, *, default: bool) -> bool:
    """Return a flag: true, 1 and "1" are yes, false, 0 and "0" are no, nothing is the default."""
    if value is None:
        return default
    return value == "1" if isinstance(value, str) else bool(value)


def yes(value: Any) -> bool:
    """Return the import's form of a flag: only `NO` is no (inferred)."""
    return bool(value != "NO")


def text(value: Any) -> str:
    """Return a text; nothing is an empty one."""
    return value if isinstance(value, str) else ""


def day(value: Any) -> date | None:
    """Return the day of a date or of a time."""
    return php.day(value) if isinstance(value, str) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
