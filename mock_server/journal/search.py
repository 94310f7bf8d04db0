"""Find exchanges in a journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.journal.redaction import REDACTED, is_secret, redacted
from mock_server.openapi.patterns import any_matches
from mock_server.openapi.pointers import join

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Query:
    """What an exchange must be like; what is None is not asked.

    `path` is a pattern of the path as it was called, as the vendor has it, or below the
    vendor's base path: `*` is anything but a slash, `**` anything. `status` is a number, or a
    class such as `4xx`. `body_contains` is a piece of the request body's text; `json` a JSON
    value that the request body must contain: every property named, at any depth, equal; arrays
    item by item.
    """

    api: str | None = None
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | str | None = None
    verdict: str | None = None
    body_contains: str | None = None
    json: Any = None

    def matches(self, exchange: Exchange) -> bool:
        """Say whether an exchange is like this."""
        return next(self.differences(exchange), None) is None

    def differences(self, exchange: Exchange) -> Iterator[str]:
        """Yield in what an exchange is not like this, in a few words each, without secrets."""
        for name in ("api", "operation", "verdict"):
            wanted, value = getattr(self, name), getattr(exchange, name)
            if wanted is not None and wanted != value:
                yield f"the {name} is {value}, not {wanted}"
        if self.method is not None and self.method.upper() != exchange.method:
            yield f"the method is {exchange.method}, not {self.method.upper()}"
        if self.path is not None and not any_matches(self.path, exchange.paths):
            yield f"the path is {exchange.path}, not {self.path}"
        if not _has_status(exchange.status, self.status):
            yield f"the status is {exchange.status}, not {self.status}"
        yield from self._differences_of_body(exchange)

    def __str__(self) -> str:
        asked = {
            name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None
        }
        return ", ".join(f"{name}={value!r}" for name, value in asked.items()) or "anything"

    def _differences_of_body(self, exchange: Exchange) -> Iterator[str]:
        if self.body_contains is not None:
            text = exchange.request_body.decode("utf-8", "replace")
            if self.body_contains not in text:
                yield f"the request body does not contain {_short(self.body_contains)}"
        if self.json is None:
            return
        try:
            value = json.loads(exchange.request_body)
        except ValueError:
            yield "the request body is not JSON" if exchange.request_body else "there is no body"
            return
        yield from _missing(value, self.json)


def find_calls(journal: Journal, query: Query, since: int = 0) -> list[Exchange]:
    """Return the exchanges after number `since` that match, the oldest first.

    Raises EvidenceDropped if exchanges of that time are no longer held.
    """
    return [exchange for exchange in journal.since(since) if query.matches(exchange)]


def contains(value: Any, part: Any) -> bool:
    """Say whether a JSON value has everything that `part` has, at the same places."""
    return next(_missing(value, part), None) is None


def _missing(value: Any, part: Any, at: str = "", *, secret: bool = False) -> Iterator[str]:
    """Yield in what a value lacks a part, by JSON pointers; the value of a secret is not shown."""
    place = at or "the request body"
    if isinstance(part, dict) and isinstance(value, dict):
        for name, item in part.items():
            below = join(at, name)
            if name in value:
                yield from _missing(value[name], item, below, secret=secret or is_secret(name))
            else:
                yield f"{below} is missing"
    elif isinstance(part, list) and isinstance(value, list):
        if len(part) != len(value):
            yield f"{place} has {len(value)} items, not {len(part)}"
            return
        for index, pair in enumerate(zip(value, part, strict=True)):
            yield from _missing(*pair, join(at, index), secret=secret)
    elif value != part or isinstance(value, bool) != isinstance(part, bool):
        yield f"{place} is {REDACTED if secret else _short(redacted(value))}, not {_short(part)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _has_status(status: int, wanted: int | str | None) -> bool:
    if wanted is None:
        return True
    text = str(wanted).lower()
    return str(status) == text or (text.endswith("xx") and text[:1] == str(status)[:1])
