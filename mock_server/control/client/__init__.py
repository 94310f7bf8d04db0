"""The typed client of the control API.

`Control("http://127.0.0.1:8080")` is over a URL, `Control(app=server)` calls a server in process.
All methods raise `ControlError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from mock_server.control.client.journal import Evidence
from mock_server.control.client.records import Records
from mock_server.control.client.results import (
    ClockView,
    Comparison,
    Difference,
    OddValueView,
    RateLimitsView,
    RecordChange,
    SandboxView,
    change_from,
    clock_from,
    comparison_from,
    sandbox_from,
)
from mock_server.control.client.session import DEFAULT_URL, ControlError, ControlSession

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = [
    "ClockView",
    "Control",
    "ControlError",
    "Difference",
    "OddValueView",
    "RateLimitsView",
    "RecordChange",
    "SandboxControl",
    "SandboxView",
]

CaseKind = Literal["valid", "boundary", "invalid"]


class Control:
    """The sandboxes of a server."""

    def __init__(
        self, url: str = DEFAULT_URL, token: str | None = None, *, app: ASGIApp | None = None
    ) -> None:
        self.session = ControlSession(url, token, app=app)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.session.close()

    def sandboxes(self) -> list[SandboxView]:
        """Return the open sandboxes, the longest idle one first."""
        return [sandbox_from(each) for each in self.session.call("GET", "sandboxes")["sandboxes"]]

    def apis(self) -> list[dict[str, Any]]:
        """Return the APIs that are served: where they are, and how they are called."""
        found: list[dict[str, Any]] = self.session.call("GET", "apis")["apis"]
        return found

    def cases(
        self, api: str, operation: str, *, kind: CaseKind | None = None, seed: int | None = None
    ) -> list[dict[str, Any]]:
        """Return the test cases of an operation, as `mock-server cases` writes them."""
        query = {"operation": operation, "kind": kind, "seed": seed}
        found: list[dict[str, Any]] = self.session.call("GET", "apis", api, "cases", query=query)[
            "cases"
        ]
        return found

    def export_cases(
        self,
        api: str,
        *operations: str,
        kind: CaseKind | None = None,
        format: str | None = None,  # noqa: A002 - the name that control has
        seed: int | None = None,
    ) -> bytes:
        """Return a file with the test cases of some operations, by default as JSON."""
        query = {"operation": operations, "kind": kind, "format": format, "seed": seed}
        return self.session.file("apis", api, "cases", "file", query=query)

    def export_data(
        self,
        api: str,
        kind: str,
        *,
        persona: str | None = None,
        count: int | None = None,
        format: str | None = None,  # noqa: A002 - the name that control has
        seed: int | None = None,
    ) -> bytes:
        """Return a file with records of one kind, by default 100 as JSON."""
        options = {"persona": persona, "count": count, "format": format, "seed": seed}
        return self.session.file("apis", api, "data", query={"kind": kind, **options})

    def sandbox(self, name: str) -> SandboxControl:
        """Return the control of a sandbox, open or not; nothing is called yet."""
        return SandboxControl(self.session, name)

    def create(
        self,
        name: str,
        *,
        persona: str | None = None,
        seed: int | None = None,
        messy: Iterable[str] | None = None,
        catalogue: Literal["own", "shared"] | None = None,
    ) -> SandboxControl:
        """Open a sandbox with a persona and a seed, by default what its name and server say.

        `messy` are dimensions of odd values, or `all`; a `shared` catalogue gives all APIs the same
        goods. By default it is what the persona says.
        """
        dimensions = [messy] if isinstance(messy, str) else messy and list(messy)
        options = {"persona": persona, "seed": seed, "messy": dimensions, "catalogue": catalogue}
        body = {"name": name, **{key: item for key, item in options.items() if item is not None}}
        self.session.call("POST", "sandboxes", body=body)
        return self.sandbox(name)


class SandboxControl:
    """One sandbox: what is in it, its time, its faults."""

    def __init__(self, session: ControlSession, name: str) -> None:
        self.session = session
        self.name = name

    @property
    def evidence(self) -> Evidence:
        """What happened in it: its journal, verification and explanations."""
        return Evidence(self.session, self.name)

    @property
    def records(self) -> Records:
        """What is in it, record by record."""
        return Records(self.session, self.name)

    def call(
        self,
        api: str,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        text: str | None = None,
    ) -> dict[str, Any]:
        """Call an API in it, signed in; returns the exchange.

        `path` is below the API's base URL, with its query. `body` is sent as JSON unless it is
        None, `text` as it is.
        """
        options = {"headers": headers and dict(headers), "body": body, "text": text}
        asked = {"api": api, "method": method, "path": path}
        asked |= {name: item for name, item in options.items() if item is not None}
        found: dict[str, Any] = self._call("POST", "calls", body=asked)
        return found

    def actions(self) -> list[dict[str, Any]]:
        """Return what control did to it since the last reset, the oldest first."""
        found: list[dict[str, Any]] = self._call("GET", "actions")["actions"]
        return found

    def _call(self, method: str, *path: str, **options: Any) -> Any:
        return self.session.call(method, "sandboxes", self.name, *path, **options)

    def look(self) -> SandboxView:
        """Return it at a glance."""
        return sandbox_from(self._call("GET"))

    def reset(self) -> SandboxView:
        """Make everything but its snapshots and rate limits as it was on first use."""
        return sandbox_from(self._call("POST", "reset"))

    def delete(self) -> None:
        """Forget it; its word opens a fresh one."""
        self._call("DELETE")

    def snapshots(self) -> list[str]:
        """Return the names of its snapshots, the oldest first."""
        return [each["name"] for each in self._call("GET", "snapshots")["snapshots"]]

    def snapshot(self, name: str) -> int:
        """Keep its present state under a name; returns the revision."""
        revision: int = self._call("POST", "snapshots", body={"name": name})["revision"]
        return revision

    def delete_snapshot(self, name: str) -> None:
        """Forget a snapshot."""
        self._call("DELETE", "snapshots", name)

    def restore(self, name: str) -> SandboxView:
        """Go back to a snapshot; journal and clock go on."""
        return sandbox_from(self._call("POST", "snapshots", name, "restore"))

    def fork(
        self, name: str, *, snapshot: str | None = None, before: int | None = None
    ) -> SandboxControl:
        """Return a new sandbox with these records, a snapshot's, or those before an exchange."""
        options = {"snapshot": snapshot, "before": before}
        body = {"name": name, **{key: item for key, item in options.items() if item is not None}}
        self._call("POST", "fork", body=body)
        return SandboxControl(self.session, name)

    def rewind(self, before: int) -> SandboxView:
        """Go back to before an exchange of the journal; the journal keeps all of them."""
        return sandbox_from(self._call("POST", "rewind", body={"before": before}))

    def difference(self, start: str = "seed", end: str = "now", limit: int = 1000) -> Difference:
        """Return what changed between two points.

        A point is `seed`, `now`, `snapshot:NAME`, `before:N` or `after:N` (an exchange's number).
        """
        query = {"from": start, "to": end, "limit": limit}
        found = self._call("GET", "difference", query=query)
        return Difference(found["total"], tuple(map(change_from, found["changes"])))

    def clock(self) -> ClockView:
        """Return what its clock shows."""
        return clock_from(self._call("GET", "clock"))

    def follow_machine(self) -> ClockView:
        """Let its clock show the machine's time."""
        return self._set_clock("real")

    def freeze(self, at: datetime | None = None) -> ClockView:
        """Stop its clock at an instant (UTC if it has no offset), or at the present one."""
        return self._set_clock("frozen", at=at)

    def run(self) -> ClockView:
        """Let its clock run on from its present instant."""
        return self._set_clock("running")

    def set_time(self, at: datetime) -> ClockView:
        """Make it that instant (UTC if it has no offset); a frozen clock stays frozen."""
        return self._set_clock("set", at=at)

    def advance(self, by: timedelta | float) -> ClockView:
        """Move its clock forward by so much, a number being seconds; negative, back."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return self._set_clock("advanced", seconds=seconds)

    def _set_clock(
        self, mode: str, *, at: datetime | None = None, seconds: float | None = None
    ) -> ClockView:
        body: dict[str, Any] = {"mode": mode}
        if at is not None:
            body["at"] = (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
        if seconds is not None:
            body["seconds"] = seconds
        return clock_from(self._call("PUT", "clock", body=body))

    def faults(self) -> list[dict[str, Any]]:
        """Return its fault rules, each with its `id` and how often it `fired`."""
        faults: list[dict[str, Any]] = self._call("GET", "faults")["faults"]
        return faults

    def add_fault(self, rule: Mapping[str, Any]) -> str:
        """Add a fault rule (see the how-to about faults); returns its id."""
        return str(self._call("POST", "faults", body=dict(rule))["id"])

    def remove_fault(self, rule: str) -> None:
        """Remove a fault rule by its id."""
        self._call("DELETE", "faults", rule)

    def clear_faults(self) -> None:
        """Remove every fault rule."""
        self._call("DELETE", "faults")

    def rate_limits(
        self, enabled: bool | None = None, *, requests: int | None = None
    ) -> RateLimitsView:
        """Return the vendors' rate limits; switch or size them first, if either is given.

        Sizing them alone switches them on, and switching alone gives them the vendors' own sizes.
        """
        if enabled is None and requests is None:
            return RateLimitsView(**self._call("GET", "rate-limits"))
        body = {"enabled": enabled is not False, "requests": requests}
        return RateLimitsView(**self._call("PUT", "rate-limits", body=body))

    def csrf(self, enabled: bool | None = None) -> bool:
        """Return whether the writes of a session need a CSRF token; switch it first, if given."""
        if enabled is None:
            return bool(self._call("GET", "csrf")["enabled"])
        return bool(self._call("PUT", "csrf", body={"enabled": enabled})["enabled"])

    def pause_fault(self, rule: str, *, paused: bool = True) -> dict[str, Any]:
        """Let calls pass a fault rule by, or meet it again; returns the rule."""
        found: dict[str, Any] = self._call("PUT", "faults", rule, body={"paused": paused})
        return found

    def export(self, apis: Iterable[str] = (), *, at: str = "now") -> dict[str, Any]:
        """Return its records, or those of some APIs, in the form of a seed file.

        `at` is a point as in `difference`.
        """
        query = {"api": list(apis) or None, "at": at}
        document: dict[str, Any] = self._call("GET", "export", query=query)
        return document

    def messy(self, dimensions: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return the dimensions in which it has odd values.

        If some are named (`all` is all of them, none none), its records are made anew with those.
        """
        if dimensions is None:
            return tuple(self._call("GET", "messy")["dimensions"])
        names = [dimensions] if isinstance(dimensions, str) else list(dimensions)
        return tuple(self._call("PUT", "messy", body={"dimensions": names})["dimensions"])

    def compare(self) -> Comparison:
        """Return where the APIs' goods differ now, by their codes."""
        return comparison_from(self._call("GET", "comparison"))

    def odd_values(self, **like: str | int) -> list[OddValueView]:
        """Return its odd values, those of an `api`, `table`, `key` or `dimension`.

        There are a hundred of them at most, or `limit`.
        """
        found = self._call("GET", "odd-values", query=like)["odd_values"]
        return [OddValueView(**each) for each in found]

    def seed(self, document: Mapping[str, Any]) -> SandboxView:
        """Put in the records of a seed file, in place of all that the named APIs have."""
        return sandbox_from(self._call("POST", "seed", body=dict(document)))
