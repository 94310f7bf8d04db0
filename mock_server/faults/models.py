"""The form of a rule as JSON, for pydantic; imported when the first rule is read."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from mock_server.faults.effects.network import (
    Drip,
    Drop,
    FixedLatency,
    Garbage,
    LogNormalLatency,
    Reset,
    Truncate,
    UnacknowledgedWrite,
    UniformLatency,
)
from mock_server.faults.effects.records import FalseSuccess, LateCreate, LostUpdate, StaleRead
from mock_server.faults.effects.shifting import ShiftingList
from mock_server.faults.effects.status import Status
from mock_server.faults.fields import Amount, Count, Seconds, Share


def _tag(value: Any) -> str | None:
    """What distinguishes an effect: its kind, and for latencies the distribution too."""
    if not isinstance(value, dict):
        return None
    kind = value.get("kind")
    if kind == "latency":
        return f"latency/{value.get('distribution', 'fixed')}"
    return kind if isinstance(kind, str) else None


AnyEffect = Annotated[
    Annotated[Status, Tag("status")]
    | Annotated[FixedLatency, Tag("latency/fixed")]
    | Annotated[UniformLatency, Tag("latency/uniform")]
    | Annotated[LogNormalLatency, Tag("latency/log_normal")]
    | Annotated[Drop, Tag("drop")]
    | Annotated[Reset, Tag("reset")]
    | Annotated[Truncate, Tag("truncate")]
    | Annotated[Garbage, Tag("garbage")]
    | Annotated[Drip, Tag("drip")]
    | Annotated[StaleRead, Tag("stale_read")]
    | Annotated[LateCreate, Tag("late_create")]
    | Annotated[LostUpdate, Tag("lost_update")]
    | Annotated[ShiftingList, Tag("shifting_list")]
    | Annotated[FalseSuccess, Tag("false_success")]
    | Annotated[UnacknowledgedWrite, Tag("unacknowledged_write")],
    Discriminator(_tag),
]
#: The class of each effect, by its tag.
EFFECTS: dict[str, type] = {
    get_args(each)[1].tag: get_args(each)[0] for each in get_args(get_args(AnyEffect)[0])
}
KINDS = tuple(dict.fromkeys(tag.partition("/")[0] for tag in EFFECTS))
DISTRIBUTIONS = tuple(tag.partition("/")[2] for tag in EFFECTS if "/" in tag)

_Text = Annotated[str, Field(min_length=1, max_length=100_000, strict=True)]


class MatchModel(BaseModel):
    """What a call must be like; what is absent matches every call."""

    model_config = ConfigDict(extra="forbid")

    api: _Text | None = None
    operation: _Text | None = None
    method: _Text | None = None
    path: Annotated[str, Field(min_length=1, max_length=1000, strict=True)] | None = None
    body_contains: _Text | None = None
    json_: Any = Field(None, alias="json")
    header: dict[str, Annotated[str, Field(strict=True)]] = {}
    nth: Count | Annotated[list[Count], Field(min_length=1)] | None = None
    share: Share | None = None


class RuleModel(BaseModel):
    """A rule: all effects meet the calls that match."""

    model_config = ConfigDict(extra="forbid")

    effects: Annotated[list[AnyEffect], Field(min_length=1, max_length=20)]
    match: MatchModel = Field(default_factory=lambda: MatchModel(json=None))
    times: Count | None = None
    seconds: Seconds | None = None
    seed: Amount | None = None
