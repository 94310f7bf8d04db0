"""What a request says, in the forms that Laravel takes: numbers as text, empty text as nothing.

These read values that the spec has let through, and give None for all others, so that rules can
look at a body that breaks the spec elsewhere.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_ID = re.compile(r"[0-9]{1,15}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: What Laravel's middleware takes off both ends of a text.
_BLANKS = " \t\n\r\0\x0b"


def number(value: Any) -> Decimal | None:
    """Return a number or a text that is one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def record_id(value: Any) -> int | None:
    """Return the number of a record, which may come as a text."""
    if isinstance(value, str):
        return int(value) if _ID.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return int(value) if value == int(value) else None


def flag(value: Any, *, default: bool) -> bool:
    """Return a flag: true, 1 and "1" are yes, false, 0 and "0" are no, nothing is the default."""
    if value is None or value == "":
        return default
    return value == "1" if isinstance(value, str) else bool(value)


def yes(value: Any) -> bool:
    """Return the import's form of a flag: only `NO` is no (inferred)."""
    return bool(value != "NO")


def text(value: Any) -> str:
    """Return a text without blanks at its ends; nothing is an empty one."""
    return value.strip(_BLANKS) if isinstance(value, str) else ""


def day(value: Any) -> date | None:
    """Return the day of a date or of a time."""
    if isinstance(value, str) and _DAY.match(value):
        return date.fromisoformat(value[:10])
    return None
