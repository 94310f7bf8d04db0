"""What control did to a sandbox, in its order: snapshots, moves of the clock, faults, seeds."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from mock_server.state.sandbox import Sandbox

Kind = Literal["snapshot", "state", "clock", "fault", "seed", "fork"]
_NAME = "control.actions"
#: The oldest ones go when there are more.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that control did; `after` is the number of the newest exchange by then.

    `at` is the sandbox's time once it was done. `number` counts from 1 since the last reset.
    """

    number: int
    at: datetime
    after: int
    kind: Kind
    text: str


def note_action(sandbox: Sandbox, kind: Kind, text: str) -> None:
    """Remember what was just done to a sandbox."""
    kept = cast("deque[Action]", sandbox.attachments.setdefault(_NAME, deque[Action](maxlen=_MOST)))
    number = kept[-1].number + 1 if kept else 1
    kept.append(Action(number, sandbox.clock.now(), sandbox.journal.last, kind, text))


def actions_of(sandbox: Sandbox) -> Sequence[Action]:
    """Return what was done since the last reset, the oldest first."""
    return tuple(sandbox.attachments.get(_NAME, ()))


def put_actions(sandbox: Sandbox, actions: Sequence[Action]) -> None:
    """Have these instead of what was remembered."""
    if actions or _NAME in sandbox.attachments:
        sandbox.attachments[_NAME] = deque(actions, maxlen=_MOST)
