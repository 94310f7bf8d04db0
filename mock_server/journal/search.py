"""Find exchanges in a journal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.openapi.patterns import any_matches


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
        return (
            self.api in {None, exchange.api}
            and self.operation in {None, exchange.operation}
            and (self.method is None or self.method.upper() == exchange.method)
            and (self.path is None or any_matches(self.path, exchange.paths))
            and _has_status(exchange.status, self.status)
            and self.verdict in {None, exchange.verdict}
            and self._has_body(exchange)
        )

    def __str__(self) -> str:
        asked = {
            name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None
        }
        return ", ".join(f"{name}={value!r}" for name, value in asked.items()) or "anything"

    def _has_body(self, exchange: Exchange) -> bool:
        if self.body_contains is not None:
            text = exchange.request_body.decode("utf-8", "replace")
            if self.body_contains not in text:
                return False
        if self.json is None:
            return True
        try:
            return contains(json.loads(exchange.request_body), self.json)
        except ValueError:
            return False


def find_calls(journal: Journal, query: Query, since: int = 0) -> list[Exchange]:
    """Return the exchanges after number `since` that match, the oldest first.

    Raises EvidenceDropped if exchanges of that time are no longer held.
    """
    return [exchange for exchange in journal.since(since) if query.matches(exchange)]


def contains(value: Any, part: Any) -> bool:
    """Say whether a JSON value has everything that `part` has, at the same places."""
    if isinstance(part, dict):
        return isinstance(value, dict) and all(
            name in value and contains(value[name], item) for name, item in part.items()
        )
    if isinstance(part, list):
        return (
            isinstance(value, list)
            and len(value) == len(part)
            and all(contains(*pair) for pair in zip(value, part, strict=True))
        )
    return bool(value == part) and isinstance(value, bool) == isinstance(part, bool)


def _has_status(status: int, wanted: int | str | None) -> bool:
    if wanted is None:
        return True
    text = str(wanted).lower()
    return str(status) == text or (text.endswith("xx") and text[:1] == str(status)[:1])
