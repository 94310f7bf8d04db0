"""How plain values are written in a seed file, and read back."""

from __future__ import annotations

import base64
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from mock_server.control.seed_files.files import Problem

_NUMBER_LENGTH = 400


class InvalidValue(Exception):
    """A value is not what its type says; the message says what it should be."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one type is written, and read back.

    `quick` returns the value of a JSON value, and raises `InvalidValue` at the first mistake.
    `read` finds every mistake: it gets a JSON value, its pointer, and the list that mistakes go
    into; what it returns counts only if there were none.
    """

    write: Callable[[Any], Any]
    quick: Callable[[Any], Any]
    read: Callable[[Any, str, list[Problem]], Any]


def plain(write: Callable[[Any], Any], quick: Callable[[Any], Any]) -> Form:
    """Return the form of a type whose values have no parts."""

    def read(value: Any, pointer: str, problems: list[Problem]) -> Any:
        try:
            return quick(value)
        except InvalidValue as problem:
            problems.append((pointer, str(problem)))
            return None

    return Form(write, quick, read)


def _exactly(kind: type, text: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise InvalidValue(f"must be {text}")
        return value

    return read


def _write_text(text: str) -> Any:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which no JSON document can carry as it is
        return {"$text": base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()}
    return text


def _read_text(value: Any) -> str:
    if isinstance(value, dict) and list(value) == ["$text"]:
        try:
            return base64.b64decode(value["$text"], validate=True).decode("utf-8", "surrogatepass")
        except (TypeError, ValueError) as problem:
            raise InvalidValue("must be the base64 of a text") from problem
    if not isinstance(value, str):
        raise InvalidValue("must be text")
    return value


def _write_decimal(number: Decimal) -> str:
    return format(number, "f")


def _read_decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise InvalidValue('must be a decimal in quotes, such as "12.50"')
    if len(str(value)) > _NUMBER_LENGTH:
        raise InvalidValue("is a number of too many digits")
    try:
        number = Decimal(value)
    except InvalidOperation as problem:
        raise InvalidValue('must be a decimal in quotes, such as "12.50"') from problem
    if not number.is_finite() or abs(number.adjusted()) > _NUMBER_LENGTH:
        raise InvalidValue("is a number out of range")
    return number


def _write_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_instant(value: Any) -> datetime:
    """Return the instant, in UTC, that a text with an offset names; raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004 - one error for every text that is none
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("no offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError("out of range") from problem


def _read_instant(value: Any) -> datetime:
    try:
        return read_instant(value)
    except ValueError as problem:
        raise InvalidValue('must be an instant such as "2026-01-31T12:00:00Z"') from problem


def _read_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as problem:
        raise InvalidValue('must be a date such as "2026-01-31"') from problem


def _read_bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError) as problem:
        raise InvalidValue("must be bytes in base64") from problem


def _write_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


#: The form of each type of plain values.
PLAIN: dict[Any, Form] = {
    str: plain(_write_text, _read_text),
    int: plain(int, _exactly(int, "a whole number")),
    bool: plain(bool, _exactly(bool, "true or false")),
    types.NoneType: plain(lambda _: None, _exactly(types.NoneType, "null")),
    Decimal: plain(_write_decimal, _read_decimal),
    datetime: plain(_write_instant, _read_instant),
    date: plain(date.isoformat, _read_date),
    bytes: plain(_write_bytes, _read_bytes),
}
