"""Every effect that a rule can name."""

from __future__ import annotations

from mock_server.faults.effects.effect import Effect
from mock_server.faults.effects.network import (
    DoneNotAnswered,
    Drip,
    Drop,
    Garbage,
    Latency,
    Reset,
    Truncate,
)
from mock_server.faults.effects.records import AnsweredNotDone, LateCreate, LostUpdate, StaleRead
from mock_server.faults.effects.shifting import ShiftingList
from mock_server.faults.effects.status import Status

#: The effects by the word that names them in a rule.
KINDS: dict[str, type[Effect]] = {
    effect.kind: effect
    for effect in (
        Status,
        Latency,
        Drop,
        Reset,
        Truncate,
        Garbage,
        Drip,
        StaleRead,
        LateCreate,
        LostUpdate,
        ShiftingList,
        AnsweredNotDone,
        DoneNotAnswered,
    )
}
