"""Fast reading of records as this program writes them; what is odd is left to the forms.

The forms of seed files find every mistake and its place, which takes most of their time.
"""

from __future__ import annotations

import base64
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]


class NotPlain(ValueError):
    """A value is not as it is usually written; it may be right all the same."""


def reader_of(kind: Any) -> Reader:
    """Return what makes a value of a type of JSON.

    It raises NotPlain, or another ValueError, TypeError, KeyError or ArithmeticError.
    """
    return _reader_of(kind)


@cache
def _reader_of(kind: Any) -> Reader:
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        others = [each for each in arguments if each is not types.NoneType]
        return _optional(reader_of(others[0])) if len(others) == 1 else _not_plain
    if origin is Literal and all(type(each) is str for each in arguments):
        return _one_of(frozenset(arguments))
    if origin is tuple and arguments[1:] == (...,):
        return _tuple(reader_of(arguments[0]))
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    return _not_plain


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise NotPlain
        return value

    return read


def _decimal(value: Any) -> Decimal:
    if type(value) is not str:
        raise NotPlain
    return Decimal(value)


def _one_of(texts: frozenset[str]) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not str or value not in texts:
            raise NotPlain
        return value

    return read


def _not_plain(_: Any) -> Any:
    raise NotPlain


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _tuple(read: Reader) -> Reader:
    def read_all(value: Any) -> Any:
        if type(value) is not list:
            raise NotPlain
        return tuple([read(each) for each in value])

    return read_all


def _record(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = [(each.name, reader_of(hints[each.name])) for each in fields(kind) if each.init]

    def read(value: Any) -> Any:
        if len(value) != len(readers):
            raise NotPlain
        return kind(**{name: read_field(value[name]) for name, read_field in readers})

    return read


_PLAIN: dict[Any, Reader] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    types.NoneType: _exactly(types.NoneType),
    Decimal: _decimal,
    datetime: lambda value: datetime.fromisoformat(value).astimezone(UTC),
    date: date.fromisoformat,
    bytes: lambda value: base64.b64decode(value, validate=True),
}
