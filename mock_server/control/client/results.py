"""What the client returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ClockView:
    """What a clock shows: `mode` is real, shifted (by an offset) or frozen; `now` is in UTC."""

    mode: Literal["real", "shifted", "frozen"]
    now: datetime
    offset: timedelta


@dataclass(frozen=True, slots=True)
class SandboxView:
    """A sandbox at a glance.

    `revision` counts the commits since the seed; `apis` were used in it; `exchanges` is the number
    of the newest one in its journal; `faults` counts fault rules, `defects` blocked answers,
    `records` what is in it. `last_call` has the number, time, API, operation, method and status of
    the newest exchange, None if there was none.
    """

    name: str
    persona: str
    seed: int
    revision: int
    clock: ClockView
    apis: tuple[str, ...]
    snapshots: tuple[str, ...]
    exchanges: int
    faults: int
    rate_limits: bool
    csrf: bool
    defects: int
    records: int
    last_call: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RateLimitsView:
    """Whether the vendors' limits are on; `requests` in a window, None for what each allows."""

    enabled: bool
    requests: int | None


@dataclass(frozen=True, slots=True)
class OddValueView:
    """One odd value of a sandbox's first records, and why it is there.

    `dimension` and `note` say what is odd about it, `seed` with which it was drawn; `present` is
    whether the record still has it.
    """

    api: str
    table: str
    key: int | str
    field: str
    dimension: str
    description: str
    note: str
    seed: int
    value: Any
    present: bool


@dataclass(frozen=True, slots=True)
class GoodsDifference:
    """One part of goods that APIs do not agree on; `values` has what each has of it.

    `part` is name, barcode, price, stock, or `code` for goods that an API does not have at all, or
    has under one code several times: then the values are how many each has.
    """

    code: str
    part: str
    values: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where the goods of APIs differ; `goods` counts the codes, `without_code` the rest by API."""

    apis: tuple[str, ...]
    goods: int
    without_code: Mapping[str, int]
    differences: tuple[GoodsDifference, ...]

    @property
    def same(self) -> bool:
        """Whether all APIs have the same goods, each with its code."""
        return not self.differences and not any(self.without_code.values())


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record created or removed (`record` has it), or updated (`fields`: before and after)."""

    change: Literal["created", "updated", "removed"]
    api: str
    table: str
    key: int | str
    record: Mapping[str, Any] | None = None
    fields: Mapping[str, tuple[Any, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """The first of the `total` changes between two points."""

    total: int
    changes: tuple[RecordChange, ...]


def clock_from(view: Mapping[str, Any]) -> ClockView:
    """Return what control says of a clock."""
    now = datetime.fromisoformat(view["now"])
    return ClockView(view["mode"], now, timedelta(seconds=view["offset_seconds"]))


def sandbox_from(view: Mapping[str, Any]) -> SandboxView:
    """Return what control says of a sandbox."""
    lists = {name: tuple(view[name]) for name in ("apis", "snapshots")}
    return SandboxView(**{**view, **lists, "clock": clock_from(view["clock"])})


def comparison_from(view: Mapping[str, Any]) -> Comparison:
    """Return what control says of a comparison."""
    found = tuple(GoodsDifference(**each) for each in view["differences"])
    return Comparison(tuple(view["apis"]), view["goods"], view["without_code"], found)


def change_from(view: Mapping[str, Any]) -> RecordChange:
    """Return what control says of a change."""
    fields = view.get("fields")
    pairs = fields and {name: (each["before"], each["after"]) for name, each in fields.items()}
    return RecordChange(**{**view, "fields": pairs})
