"""What Laravel makes of a request: its input, after the middleware that every application has.

Source: Laravel 8 source (`Request::input`, `Request::isJson`, `TrimStrings`,
`ConvertEmptyStringsToNull`); PHP's documentation of variables from outside (names with brackets).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mock_server.engine.bodies import FORM, JSON, MULTIPART
from mock_server.engine.messages import Request
from mock_server.openapi.json_values import any_number, is_too_deep
from mock_server.openapi.multipart import (
    MOST_FIELDS,
    NotMultipart,
    header_parameters,
    is_boundary,
    read_multipart,
)

#: What PHP's `trim` takes off both ends of a text.
_BLANKS = " \t\n\r\0\x0b"
_NAME = re.compile(r" *([^\[]+)((?:\[[^\]]*\])*)", re.DOTALL)
#: PHP's `max_input_nesting_level`; a field below it is left out.
_MAX_NESTING = 64
_KEY = re.compile(r"\[([^\]]*)\]")


def read_query(request: Request) -> Mapping[str, list[str]]:
    """Return a query's values by name: trimmed, without empty ones, U+FFFD for no UTF-8."""
    values: dict[str, list[str]] = {}
    for name, text in _pairs(request.query_string):
        if trimmed := text.strip(_BLANKS):
            values.setdefault(name, []).append(trimmed)
        else:
            values.pop(name, None)
    return values


def read_body(request: Request, content: bytes) -> tuple[dict[str, Any], str]:
    """Return a request's input: its body's fields, and those of its query that the body has not.

    JSON is what has `/json` or `+json` in its type; a form is one of the two kinds of HTML. A body
    of any other type, or one that cannot be read, has no fields. Files are left out: no field here
    takes one.
    """
    header = request.headers.get("content-type", "")
    media_type, parameters = header_parameters(header)
    fields: dict[str, Any] = {}
    if "/json" in header or "+json" in header:
        fields = _json(content)
    elif media_type == FORM:
        fields = _named(_pairs(content.decode("utf-8", "replace")))
    elif media_type == MULTIPART and is_boundary(parameters.get("boundary")):
        fields = _named(_parts(content, parameters["boundary"]))
    return {**_named(_pairs(request.query_string)), **fields}, JSON


def read_items(encoded: str) -> Any:
    """Return the JSON that a field carries, its texts cleaned as those of any input.

    That the vendor's own code does so is inferred. Raises ValueError.
    """
    return _cleaned(_decoded(encoded))


def _json(content: bytes) -> dict[str, Any]:
    try:
        sent = _decoded(content.decode())
        return _cleaned_fields(sent) if isinstance(sent, dict) else {}
    except ValueError:
        return {}


def _decoded(text: str) -> Any:
    if is_too_deep(text):
        raise ValueError("nested too deeply")
    return _DECODER.decode(text)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    parse_int=any_number, parse_float=any_number, parse_constant=_refuse_constant
)


def _cleaned_fields(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _cleaned(value) for name, value in fields.items()}


def _cleaned(value: Any) -> Any:
    """A value as PHP has it after both middlewares; an object with the keys of a list is one.

    Raises ValueError for a lone surrogate, which PHP's JSON reader does not take.
    """
    if isinstance(value, str):
        value.encode()
        return value.strip(_BLANKS) or None
    if isinstance(value, list):
        # PHP cannot tell an empty object from an empty list; within a list, the rules ask for one.
        return [{} if item == [] else item for item in map(_cleaned, value)]
    if isinstance(value, dict):
        return _array(_cleaned_fields(value))
    return value


def _array(values: dict[str, Any]) -> Any:
    """PHP's array: a list where its keys count from 0, and nothing in it is an empty list."""
    is_list = all(key == str(place) for place, key in enumerate(values))
    return list(values.values()) if is_list else values


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """The fields of a query or a form; what is past PHP's `max_input_vars` is dropped."""
    if text.count("&") >= MOST_FIELDS:
        text = "&".join(text.split("&", MOST_FIELDS)[:MOST_FIELDS])
    return parse_qsl(text, keep_blank_values=True) if text else ()


def _parts(content: bytes, boundary: str) -> Iterable[tuple[str, str]]:
    try:
        parts = read_multipart(content, boundary, lenient=True)
    except NotMultipart:
        return ()
    return [
        (part.name, part.content.decode("utf-8", "replace"))
        for part in parts
        if part.filename is None
    ]


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Fields by their names, cleaned; `a[0][b]` and `a[]` are places within `a`."""
    found: dict[str, Any] = {}
    for name, text in pairs:
        match = _NAME.match(name)
        if match is None:
            continue
        first, *places = re.sub(r"[ .]", "_", match[1]), *_KEY.findall(match[2])
        if len(places) <= _MAX_NESTING:
            _put(found, [first, *places], text)
    return _cleaned_fields(found)


def _put(within: dict[str, Any], keys: list[str], text: str) -> None:
    *outer, last = keys
    for key in outer:
        key = key or str(len(within))
        if not isinstance(within.get(key), dict):
            within[key] = {}
        within = within[key]
    within[last or str(len(within))] = text
