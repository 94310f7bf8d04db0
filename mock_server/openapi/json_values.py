"""Read JSON exactly and safely: decimals stay decimals, and nothing in it can hurt."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

#: Deeper nesting than any vendor's body has, and far below what would exhaust a stack.
MAX_DEPTH = 64
#: Beyond the range of a double, where real services overflow, and below it, where they read zero.
_MAX_MAGNITUDE = 308
_MIN_MAGNITUDE = -324
_MOST_BITS = 1024
#: Python 3.13 has words of its own for these, and points at the comma.
_TRAILING_COMMA = {
    "Illegal trailing comma before end of object": (
        "Expecting property name enclosed in double quotes"
    ),
    "Illegal trailing comma before end of array": "Expecting value",
}
#: Stands for a number beyond a double's range.
INFINITE = Decimal("1e400")
_SUSPECT = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


class NotJson(ValueError):
    """A body that is not JSON, or not JSON that is taken in.

    `problem` says what is wrong in a few words, the same on every version of Python, without
    echoing what was sent.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read_json(content: bytes) -> Any:
    """Return the JSON value of a body; numbers with a fraction or exponent become `Decimal`.

    Raises NotJson for what is not JSON in UTF-8, and for nesting deeper than `MAX_DEPTH`, numbers
    beyond a double's range, lone surrogates, and NUL.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise NotJson("the body is not valid UTF-8") from problem
    if is_too_deep(text):
        raise NotJson("the JSON is nested too deeply")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as problem:
        raise NotJson(worded(problem)) from problem
    if _SUSPECT.search(text):
        _refuse_unstorable(value)
    return value


def worded(problem: json.JSONDecodeError) -> str:
    """Return what is wrong with a text that is no JSON, as every version of Python says it."""
    message, place = problem.msg, problem.pos
    if message in _TRAILING_COMMA:
        message = _TRAILING_COMMA[message]
        after = problem.doc[place + 1 :]
        place = len(problem.doc) - len(after.lstrip(" \t\r\n"))
    return str(json.JSONDecodeError(message, problem.doc, place))


def is_too_deep(text: str) -> bool:
    """Say whether a text of JSON is nested deeper than `MAX_DEPTH`."""
    return text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH


def any_number(text: str) -> int | Decimal:
    """Return a number of JSON, however large or small.

    One that no double can hold comes as plus or minus `INFINITE`, or 0, which is what frameworks
    make of it that read doubles.
    """
    if not any(mark in text for mark in ".eE") and len(text) <= _MAX_MAGNITUDE:
        return int(text)
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal can hold
        number = INFINITE.copy_sign(Decimal(float(text))) if float(text) else Decimal(0)
    if number and number.adjusted() > INFINITE.adjusted():
        return INFINITE.copy_sign(number)
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_MAGNITUDE:
        raise NotJson("a number is out of range")
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as problem:  # an exponent beyond what Decimal can hold
        raise NotJson("a number is out of range") from problem
    if len(text) > 2 * _MAX_MAGNITUDE or (number and number.adjusted() > _MAX_MAGNITUDE):
        raise NotJson("a number is out of range")
    return number if number.adjusted() >= _MIN_MAGNITUDE else Decimal(0)


def _constant(name: str) -> Any:
    raise NotJson(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_decimal, parse_constant=_constant)


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def check_value(value: Any) -> None:
    """Hold a value that another reader made to what `read_json` returns; raises NotJson."""
    if isinstance(value, dict):
        for key, item in value.items():
            check_value(key)
            check_value(item)
    elif isinstance(value, list):
        for item in value:
            check_value(item)
    elif isinstance(value, str):
        _refuse_unstorable(value)
    elif isinstance(value, int):
        if value.bit_length() > _MOST_BITS:
            raise NotJson("a number is out of range")
    elif value is not None:
        raise NotJson(f"a value of the type {type(value).__name__} is none of JSON")


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise NotJson("a string contains a NUL character")
        try:
            value.encode()
        except UnicodeEncodeError as problem:
            raise NotJson("a string contains a lone surrogate") from problem
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unstorable(key)
            _refuse_unstorable(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)
