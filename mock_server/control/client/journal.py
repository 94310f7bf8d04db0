"""The client's methods about evidence."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from mock_server.control.client.session import ControlError, ControlSession

if TYPE_CHECKING:
    from mock_server.journal.explain import Explanation

_PAUSE = 0.05
Query = Mapping[str, Any]


class NotMet(AssertionError):
    """An expectation was not met; the message says what was expected and what happened."""


class NotSeen(ControlError):
    """No exchange came in time that is as it was asked for."""


class Evidence:
    """The journal of one sandbox: what was asked and answered, and what came of it.

    A query is a mapping of `api`, `operation`, `method`, `path` (with `*`), `status` (`404`, `4xx`)
    and `verdict`; calls and order of `verify` may also ask `body_contains` and `json`.
    """

    def __init__(self, session: ControlSession, sandbox: str) -> None:
        self._session = session
        self._sandbox = sandbox

    def _call(self, method: str, *path: str, **options: Any) -> Any:
        return self._session.call(method, "sandboxes", self._sandbox, *path, **options)

    def exchanges(
        self, query: Query | None = None, *, since: int = 0, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Return exchanges after a number, the oldest first, as JSON objects without secrets."""
        asked = {**(query or {}), "since": since, "limit": limit}
        found: list[dict[str, Any]] = self._call("GET", "journal", query=asked)["exchanges"]
        return found

    def search(self, words: str = "", *, limit: int = 100) -> dict[str, Any]:
        """Return the newest exchanges that are as all words say, and the `total` of them.

        Words are such as `status:4xx` and `changed:cliniko.products/12`.
        """
        query = {"q": words, "limit": limit}
        found: dict[str, Any] = self._call("GET", "search", query=query)
        return found

    def code(self, number: int) -> dict[str, str]:
        """Return an exchange as code that makes its call again: `curl` and `pytest`."""
        found: dict[str, str] = self._call("GET", "journal", str(number), "code")
        return found

    def replay(self, number: int) -> dict[str, Any]:
        """Send the request of an exchange again; returns the new exchange."""
        found: dict[str, Any] = self._call("POST", "journal", str(number), "replay")
        return found

    def exchange(self, number: int) -> dict[str, Any]:
        """Return one exchange."""
        found: dict[str, Any] = self._call("GET", "journal", str(number))
        return found

    def explain(self, number: int) -> Explanation:
        """Return what an exchange was taken for, and why it was answered so."""
        found: Explanation = self._call("GET", "journal", str(number), "explanation")
        return found

    def har(self, *, since: int = 0) -> dict[str, Any]:
        """Return the journal as an HTTP archive."""
        found: dict[str, Any] = self._call("GET", "har", query={"since": since})
        return found

    def verify(
        self,
        *,
        calls: Iterable[Query] = (),
        order: Iterable[Query] = (),
        effects: Iterable[Mapping[str, Any]] | None = None,
        exclusive: bool = False,
        since: int = 0,
    ) -> None:
        """Raise NotMet unless all came about after `since`."""
        body: dict[str, Any] = {
            "since": since,
            "calls": [dict(call) for call in calls],
            "order": [dict(call) for call in order],
            "exclusive": exclusive,
        }
        if effects is not None:
            body["effects"] = [dict(effect) for effect in effects]
        self.check(body)

    def check(self, expectations: Mapping[str, Any]) -> None:
        """Do as `verify`, with all that is expected as one JSON object."""
        verdict = self._call("POST", "verify", body=dict(expectations))
        if not verdict["met"]:
            raise NotMet(verdict["message"])

    def wait_for(
        self, query: Query | None = None, *, since: int = 0, timeout: float = 10.0
    ) -> dict[str, Any]:
        """Return the first exchange after `since` that matches, as soon as there is one.

        Raises NotSeen after `timeout` seconds of this machine's time.
        """
        end = time.monotonic() + timeout
        while True:
            found = self.exchanges(query, since=since, limit=1)
            if found:
                return found[0]
            if time.monotonic() >= end:
                asked = ", ".join(f"{name} {value}" for name, value in (query or {}).items())
                with_these = f" with {asked}" if asked else ""
                raise NotSeen(f"no exchange{with_these} within {timeout:g} seconds")
            time.sleep(_PAUSE)

    def follow(self, *, since: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield exchanges after a number, and then those to come, until the sandbox is deleted.

        Without a number it begins with the oldest that is held. After a reset, numbers begin
        again. Raises ControlError if some of what was asked for is no longer held, or if the server
        goes away.
        """
        kind, begun = "", since is not None
        query = {"since": str(since or 0), "follow": "true"}
        for line in self._session.lines("sandboxes", self._sandbox, "events", query=query):
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            if name != "data":
                continue
            if kind == "gap" and begun:
                gap = orjson.loads(value)
                raise ControlError(
                    f"the exchanges {gap['from']} to {gap['to']} are no longer held; --since "
                    f"{gap['to']} shows those after them"
                )
            if kind == "end":
                return
            if kind == "exchange":
                yield orjson.loads(value)
            begun = True
        raise ControlError(f"{self._session.url} has ended the connection")
