"""Effects on the records: what is seen of them, and what becomes of a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal

from mock_server.engine.call import Call
from mock_server.engine.replies import Wire
from mock_server.faults.effects.effect import Effect, Rest
from mock_server.faults.effects.later import later_of
from mock_server.faults.fields import Count, Misfit, Seconds
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State


@dataclass(frozen=True)
class FalseSuccess(Effect):
    """Answers that it was done, and forgets it."""

    kind: Literal["false_success"] = "false_success"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer, and keep nothing."""
        call.keep = False
        return rest()


@dataclass(frozen=True)
class StaleRead(Effect):
    """Reads an old state: that of `commits` changes ago (1 by default), or of `seconds` ago.

    Only reads meet it; it goes back as far as the journal does.
    """

    reads_only: ClassVar[bool] = True
    commits: Count | None = None
    seconds: Seconds | None = None
    kind: Literal["stale_read"] = "stale_read"

    def __post_init__(self) -> None:
        if self.commits is not None and self.seconds is not None:
            raise Misfit("seconds", "cannot be there together with `commits`")

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer from the old state."""
        sandbox = call.sandbox
        old = (
            _of_commits_ago(sandbox, self.commits or 1)
            if self.seconds is None
            else _of_seconds_ago(sandbox, call.api, self.seconds)
        )
        call.state = sandbox.whole(old, [call.api])
        return rest()


def _of_commits_ago(sandbox: Sandbox, commits: int) -> State:
    wanted = sandbox.committed.revision - commits
    return sandbox.journal.state_at(wanted, sandbox.moved_after) or sandbox.committed


def _of_seconds_ago(sandbox: Sandbox, api: str, seconds: float) -> State:
    since = sandbox.clock.now() - timedelta(seconds=seconds)
    for exchange in sandbox.journal:
        # A later change shows in what was there before the first exchange that came after `since`.
        if exchange.at > since and api in exchange.before.seeded:
            return exchange.before
    return sandbox.committed


@dataclass(frozen=True)
class LateCreate(Effect):
    """What is created shows in reads only after so many `seconds` on the sandbox's clock.

    Reads are calls that change nothing; an update of the record finds it at once.
    """

    seconds: Seconds
    kind: Literal["late_create"] = "late_create"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Do it, and hide what came of it."""
        before = call.sandbox.committed
        wire = rest()
        if call.sandbox.committed is not before:
            until = call.sandbox.clock.now() + timedelta(seconds=self.seconds)
            created = [change for change in call.changes if change.before is None]
            later_of(call.sandbox).hide(created, until)
        return wire


@dataclass(frozen=True)
class LostUpdate(Effect):
    """An update is done, and then overwritten by someone who had read the record before it.

    After `seconds` on the sandbox's clock (0: at once), the records that were updated are again as
    they were, unless someone has changed them since. What was created or removed stays so.
    """

    seconds: Seconds = 0.0
    kind: Literal["lost_update"] = "lost_update"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Do it, and undo it at once or later."""
        before = call.sandbox.committed
        wire = rest()
        if call.sandbox.committed is not before:
            when = call.sandbox.clock.now() + timedelta(seconds=self.seconds)
            # The first and the last of what one call did to a record: that is its update.
            undone = [
                change
                for change in before.difference(call.sandbox.committed)
                if change.before is not None and change.after is not None
            ]
            later = later_of(call.sandbox)
            later.put_back(undone, when)
            later.settle()
        return wire


@dataclass(frozen=True)
class HiddenRecords(Effect):
    """Answers a read without the records that do not show yet; no rule names it."""

    kind: Literal["not_visible_yet"] = "not_visible_yet"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer from a state without them."""
        call.state = later_of(call.sandbox).without_hidden(call.seen)
        return rest()
