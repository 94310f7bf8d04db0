"""Reads the JSON of a rule, and says exactly where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from mock_server.openapi.pointers import escape

_LARGEST = 10**9


class InvalidRule(ValueError):
    """A rule that cannot be used; the message is one line and begins with a JSON pointer."""

    @property
    def pointer(self) -> str:
        """Where in the rule it is wrong."""
        return str(self).partition(":")[0]


def one_of(word: str, known: list[str]) -> str:
    """Return the end of a message: what a wrong word may have meant, or all there are."""
    near = get_close_matches(word, known, n=3)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"


class Reader:
    """One JSON object; what has not been asked for by the end is unknown.

    `pointer` leads to it from the rule. All methods raise InvalidRule.
    """

    def __init__(self, value: Any, pointer: str = "") -> None:
        self.pointer = pointer
        if not isinstance(value, Mapping):
            raise self.wrong(None, "must be an object")
        self._left: dict[str, Any] = dict(value)
        self._known: list[str] = []

    def wrong(self, key: str | int | None, message: str) -> InvalidRule:
        """Return the error that something is wrong with a property, or with the object."""
        place = self.pointer
        if key is not None:
            shown = escape(key)
            place += "/" + shown.encode("unicode_escape").decode("ascii")
        return InvalidRule(f"{place or '/'}: {message}")

    def take(self, key: str) -> Any:
        """Return a property as it is, None if it is absent."""
        self._known.append(key)
        return self._left.pop(key, None)

    def text(self, key: str) -> str | None:
        """Return a text that is not empty."""
        value = self.take(key)
        if value is not None and (not isinstance(value, str) or not value):
            raise self.wrong(key, "must be a text that is not empty")
        return value

    def choice(self, key: str, choices: list[str], default: str | None = None) -> str | None:
        """Return one of some words."""
        value = self.text(key)
        if value is not None and value not in choices:
            raise self.wrong(key, f"there is no {value!r}; {one_of(value, choices)}")
        return default if value is None else value

    def flag(self, key: str) -> bool:
        """Return a boolean, false if it is absent."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return bool(value)

    def whole(self, key: str, least: int = 1) -> int | None:
        """Return a whole number of at least `least`."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST:
            raise self.wrong(key, f"must be a whole number of at least {least}")
        return value

    def number(self, key: str, least: float = 0.0, most: float = _LARGEST) -> float | None:
        """Return a number between two bounds."""
        value = self.take(key)
        if value is None:
            return None
        try:
            number = float(value) if not isinstance(value, bool | str) else None
        except (TypeError, OverflowError):
            number = None
        if number is None or not least <= number <= most:
            bounds = f"of at least {least:g}" if most == _LARGEST else f"from {least:g} to {most:g}"
            raise self.wrong(key, f"must be a number {bounds}")
        return number

    def required(self, key: str, value: Any) -> Any:
        """Return a value that must be there."""
        if value is None:
            raise self.wrong(key, "is required")
        return value

    def objects(self, key: str) -> Iterator[Reader]:
        """Yield a reader for each object of a list that is not empty."""
        value = self.take(key)
        if not isinstance(value, list) or not value:
            raise self.wrong(key, "must be a list of at least one object")
        for index, item in enumerate(value):
            yield Reader(item, f"{self.pointer}/{key}/{index}")

    def end(self) -> None:
        """Refuse what nobody asked for."""
        for key in self._left:
            raise self.wrong(key, f"there is no such property; {one_of(key, self._known)}")
