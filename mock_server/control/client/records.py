"""The client's methods about single records."""

from __future__ import annotations

from typing import Any

from mock_server.control.client.session import ControlSession


class Records:
    """The records of one sandbox; a table is named with its API, as `cliniko.products`."""

    def __init__(self, session: ControlSession, sandbox: str) -> None:
        self._session = session
        self._sandbox = sandbox

    def _call(self, *path: str, **query: Any) -> Any:
        return self._session.call("GET", "sandboxes", self._sandbox, *path, query=query)

    def tables(self) -> list[dict[str, Any]]:
        """Return the tables, each with how many records it has."""
        found: list[dict[str, Any]] = self._call("tables")["tables"]
        return found

    def page(
        self,
        table: str,
        text: str | None = None,
        *,
        sort: str | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> dict[str, Any]:
        """Return the records of a table that contain a text, and the `total` of them.

        `sort` is a field, with a minus in front for the largest first.
        """
        found: dict[str, Any] = self._call(
            "records", table=table, q=text, sort=sort, offset=offset, limit=limit
        )
        return found

    def get(self, table: str, key: int | str) -> dict[str, Any]:
        """Return one record with its history, what it names and what names it."""
        found: dict[str, Any] = self._call("record", table=table, key=str(key))
        return found
