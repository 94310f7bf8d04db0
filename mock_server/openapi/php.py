"""Text as PHP reads it: numbers, whole numbers and dates.

Source: PHP's documentation of numeric strings, of FILTER_VALIDATE_INT and of date and time formats;
Laravel 8 source (`validateNumeric`, `validateInteger`, `validateDate`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import available_timezones

from mock_server.openapi.json_values import any_number
from mock_server.openapi.short_texts import remembered_if_short

_NUMERIC = re.compile(
    r"[ \t\n\r\v\f]*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\n\r\v\f]*"
)
_WHOLE = re.compile(r"[ \t\n\r\v\0]*([+-]?(?:0|[1-9][0-9]{0,18}))[ \t\n\r\v\0]*")
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def number(text: str) -> Decimal | None:
    """Return the number that a text is for `is_numeric`, or None."""
    match = _NUMERIC.fullmatch(text)
    return None if match is None else Decimal(any_number(match[1]))


def whole(text: str) -> int | None:
    """Return the whole number of 64 bits that a text is for `FILTER_VALIDATE_INT`, or None."""
    match = _WHOLE.fullmatch(text)
    found = None if match is None else int(match[1])
    return found if found is not None and _SMALLEST <= found <= _LARGEST else None


_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = {name: number for number, name in enumerate(_MONTHS, 1)}
_MONTH |= {name[:3]: number for name, number in _MONTH.items()} | {"sept": 9}
_NAME = f"(?P<name>{'|'.join(sorted(_MONTH, key=len, reverse=True))})"
_Y4, _Y = "(?P<y>[0-9]{4})", "(?P<y>[0-9]{4}|[0-9]{2})"
_M, _D = "(?P<m>0?[1-9]|1[0-2])", "(?P<d>0?[1-9]|[12][0-9]|3[01])"
_M2, _D2 = "(?P<m>0[1-9]|1[0-2])", "(?P<d>0[1-9]|[12][0-9]|3[01])"
_GAP = r"[ \t.-]*"
#: The spellings of a date that names its year, as PHP lists them; without a day it is the first.
_DATES = (
    f"{_Y}-{_M}-{_D}",
    f"{_Y4}/{_M}/{_D}",
    f"{_M}/{_D}/{_Y}",
    rf"{_D}[.\t-]{_M}[.-]{_Y4}",
    rf"{_D}[.\t]{_M}\.(?P<y>[0-9]{{2}})",
    f"{_Y4}{_M2}{_D2}",
    f"{_Y4}-{_M}",
    f"{_D}(?:st|nd|rd|th)?{_GAP}{_NAME}{_GAP}{_Y}",
    rf"{_NAME}{_GAP}{_D}[,.stndrh\t ]+{_Y}",
    f"{_NAME}-{_D2}-{_Y}",
    f"{_Y}-{_NAME}-{_D2}",
    f"{_NAME}{_GAP}{_Y4}",
    f"{_Y4}{_GAP}{_NAME}",
    r"(?P<y>[0-9]{4})-?W(?P<week>0[1-9]|[1-4][0-9]|5[0-3])(?:-?(?P<weekday>[1-7]))?",
)
_ZONE = (
    r"(?P<zone>[A-Za-z]{1,5}|[A-Za-z]+(?:/[A-Za-z_]+)+)"
    r"|(?:GMT|UTC)?[+-](?:[01]?[0-9]|2[0-4])(?::?[0-5][0-9]){0,2}"
)
_TIME = (
    r"(?:(?:0?[1-9]|1[0-2])(?::[0-5][0-9](?::[0-5][0-9])?)?[ \t]*[ap]\.?m\.?"
    r"|(?P<h>[01]?[0-9]|2[0-4]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:[.,:][0-9]+)?)?"
    r"|(?<=t)(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)"
)
_WEEKDAYS = r"(?:(?:sun|mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?)(?:day)?,?[ \t]+)?"
_AFTER = rf"(?:(?:[ \t]*t|[ \t,]+){_TIME}[ \t]*(?:{_ZONE}|\((?:UTC|GMT)\))?)?"
_SPELLINGS = tuple(
    re.compile(rf"[ \t\n\r]*{_WEEKDAYS}{each}{_AFTER}[ \t\n\r]*", re.IGNORECASE | re.ASCII)
    for each in _DATES
)
_SECONDS = re.compile(r"@(-?[0-9]{1,12})")
_ABBREVIATIONS = re.compile(
    "z|utc|gmt|wet|west|cet|cest|eet|eest|msk|est|edt|cst|cdt|mst|mdt|pst|pdt|bst|ist|jst|cat|eat"
    "|wat|sast"
)
_EPOCH, _SECONDS_OF_A_DAY = date(1970, 1, 1), 86_400
_LAST_HOUR = "24"
_TURN = 70


@remembered_if_short(1024)
def day(text: str) -> date | None:
    """Return the day of a date or time that Laravel's rule `date` takes, or None.

    That is what `strtotime` reads, if it names a year and a day that is there (`checkdate`). Words
    such as `tomorrow` name none; Roman months and days of the year are not read here.
    """
    seconds = _SECONDS.fullmatch(text)
    try:
        if seconds is not None:
            return _EPOCH + timedelta(days=int(seconds[1]) // _SECONDS_OF_A_DAY)
        for spelling in _SPELLINGS:
            match = spelling.fullmatch(text)
            if match is not None and _is_zone(match["zone"]):
                found = _date(match.groupdict())
                return found + timedelta(days=1) if match["h"] == _LAST_HOUR else found
    except (ValueError, OverflowError):
        # No such day, or one beyond what a date can hold.
        return None
    return None


def _date(parts: dict[str, str | None]) -> date:
    year = int(parts["y"] or 0)
    if len(parts["y"] or "") < len("2000"):
        year += 2000 if year < _TURN else 1900
    week = parts.get("week")
    if week is not None:
        return date.fromisocalendar(year, int(week), int(parts["weekday"] or 1))
    name = parts.get("name")
    month = _MONTH[name.lower()] if name else int(parts["m"] or 0)
    return date(year, month, int(parts.get("d") or 1))


def _is_zone(name: str | None) -> bool:
    if name is None or _ABBREVIATIONS.fullmatch(name.lower()):
        return True
    return name.lower() in _zones()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(name.lower() for name in available_timezones())
