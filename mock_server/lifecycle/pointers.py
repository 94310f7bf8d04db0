"""Follow JSON pointers, and fill in what a request takes from a record that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mock_server.openapi.pointers import unescape

ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "ABSENT"})()


@dataclass(frozen=True, slots=True)
class Shown:
    """Stands in a body for what the record that it is about shows at a pointer.

    `other`: what a second record of the same kind shows there.
    """

    at: str
    other: bool = False


def find(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer leads to, or ABSENT.

    In a list, the part `name=text` leads to the first object that has this text under this name.
    """
    for part in pointer.split("/")[1:]:
        key = unescape(part)
        if isinstance(value, dict):
            value = value.get(key, ABSENT)
        elif isinstance(value, list):
            value = _member(value, key)
        else:
            return ABSENT
    return value


def _member(members: list[Any], key: str) -> Any:
    if key.isdigit():
        return members[int(key)] if int(key) < len(members) else ABSENT
    name, _, text = key.partition("=")
    objects = (each for each in members if isinstance(each, dict))
    return next((each for each in objects if str(each.get(name)) == text), ABSENT)


def takes(body: Any) -> bool:
    """Say whether a body has a `Shown` that stands for something of its own record."""
    if isinstance(body, Shown):
        return not body.other
    if isinstance(body, dict):
        return any(map(takes, body.values()))
    return isinstance(body, list) and any(map(takes, body))


def filled(body: Any, record: Any, other: Any = ABSENT) -> Any:
    """Return a body with what a record or the other shows for each `Shown`; raises LookupError."""
    if isinstance(body, Shown):
        found = find(other if body.other else record, body.at)
        if found is ABSENT:
            raise LookupError(f"the record shows nothing at {body.at}")
        return found
    if isinstance(body, dict):
        return {name: filled(value, record, other) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, record, other) for value in body]
    return body
