"""What an operation is given: one authenticated call, within a transaction."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.standin.database import Condition, Row, select
from lab.standin.refusals import NotFound
from lab.standin.switches import StandInDefect, Switches

Json = dict[str, Any]
#: A status, and a body unless there is none.
Answer = tuple[int, Json | None]

_INT64 = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class StandInCall:
    """One call.

    `key` is the id in the path as it was sent, `arguments` every value of each name in the query,
    `now` a time as it is stored.
    """

    connection: sqlite3.Connection
    account: int
    now: str
    base_url: str
    switches: Switches
    arguments: Mapping[str, list[str]]
    key: str = ""
    body: Mapping[str, Any] | None = None

    @property
    def sent(self) -> Mapping[str, Any]:
        """The body, which operations that take one are given."""
        return self.body or {}

    @property
    def filters(self) -> list[str]:
        """The filters of `q[]`, and the one of `q`."""
        return [*self.arguments.get("q[]", []), *self.arguments.get("q", [])[-1:]]

    def mine(self, unless: StandInDefect | None = None) -> Condition:
        """Return the condition that a row is the caller's, which a defect forgets."""
        if unless in self.switches:
            return Condition.all()
        return Condition.of(account_id=self.account)

    def find(self, source: str, kind: str, *conditions: Condition) -> Row:
        """Return the row that the path names, if it meets the conditions; raises NotFound."""
        asked = Condition("id = ?", (identifier(self.key),))
        rows = select(self.connection, source, Condition.all(asked, *conditions))
        if not rows:
            raise NotFound(kind, self.key)
        return rows[0]

    def row(self, source: str, key: int) -> Row:
        """Return the row of an id, which there is."""
        return select(self.connection, source, Condition.of(id=key))[0]

    def link(self, path: str) -> Json:
        """Return the object that links to a path of this service."""
        return {"links": {"self": self.base_url + path}}

    def commit(self) -> None:
        """Keep what was done so far, even if the call is refused later."""
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN IMMEDIATE")

    def roll_back(self) -> None:
        """Undo what was done so far, even if the call succeeds."""
        self.connection.execute("ROLLBACK")
        self.connection.execute("BEGIN IMMEDIATE")


def identifier(text: object) -> int | None:
    """Return the number in an identifier as it is sent, or None if it is no 64-bit integer."""
    if not isinstance(text, str) or not _INT64.fullmatch(text):
        return None
    number = int(text)
    return number if -(1 << 63) <= number < 1 << 63 else None
