"""Bodies with another value at a place, or with a value in the place of each variable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mock_server.cases.model import filled
from mock_server.cases.recipes import NOTHING

#: More entries than a list has anywhere in the documents' examples.
MANY = 250


def filled_sample(text: str) -> str:
    """Return a text with sample values in its variables."""
    return filled(text, _Samples({"tag": "c0000"}))


class _Samples(dict[str, str]):
    """Variables with a value each; those of long texts are what their names say."""

    def __missing__(self, name: str) -> str:
        length = name.removeprefix("long_")
        return "x" * int(length) if length.isdecimal() else "1"


def sampled(body: Any, values: Mapping[str, str]) -> Any:
    """Return a body with a value in the place of each variable, as a schema sees it."""
    samples = _Samples(values)
    samples["tag"] = "c0000"
    if isinstance(body, str):
        if body.startswith("{{#"):
            return int(samples[body[3:-2]])
        return filled(body, samples)
    if isinstance(body, dict):
        return {name: sampled(item, values) for name, item in body.items()}
    return [sampled(item, values) for item in body] if isinstance(body, list) else body


def with_value(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return a body with another value at a place, or, for NOTHING, without it."""
    first, rest = path[0], path[1:]
    if isinstance(body, list):
        changed = with_value(body[int(first)], rest, value)
        return [changed if at == first else each for at, each in enumerate(body)]
    if rest:
        return {**body, first: with_value(body[first], rest, value)}
    left = {name: item for name, item in body.items() if name != first}
    return left if value is NOTHING else {**body, first: value}


def lengthened(value: Any) -> Any:
    """Return a long list of entries like the first, each with a tag of its own; None for no list.

    A list may be JSON in a text.
    """
    if isinstance(value, str) and value.startswith("["):
        longer = lengthened(json.loads(value))
        return None if longer is None else json.dumps(longer)
    if not isinstance(value, list) or not value:
        return None
    text = json.dumps(value[0])
    return [json.loads(text.replace("{{tag}}", f"{{{{tag}}}}{each}")) for each in range(MANY)]


def has_value(body: Any, path: tuple[str | int, ...]) -> bool:
    """Say whether a body has something at a place."""
    try:
        value_at(body, path)
    except LookupError:
        return False
    return True


def value_at(body: Any, path: tuple[str | int, ...]) -> Any:
    """Return what a body has at a place; raises LookupError."""
    for part in path:
        body = body[part]
    return body
