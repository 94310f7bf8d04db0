"""Effects on what the answer says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mock_server.engine.call import Call
from mock_server.engine.replies import Wire
from mock_server.faults.effects.effect import Effect, Rest
from mock_server.faults.fields import Flag, StatusCode


@dataclass(frozen=True)
class Status(Effect):
    """Answers with a status that the operation declares, in the vendor's own body.

    The request is not executed, unless `done`: then it is, and its answer is thrown away.
    """

    status: StatusCode
    done: Flag | None = None
    kind: Literal["status"] = "status"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer with the status, having done what was asked or not."""
        if self.done:
            rest()
        return call.operation.reply_with(self.status, call)
