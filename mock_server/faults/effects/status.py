"""Effects on what the answer says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from mock_server.engine.call import Call
from mock_server.engine.replies import Wire
from mock_server.faults.effects.effect import Effect, Rest
from mock_server.faults.reading import Reader


@dataclass(frozen=True)
class Status(Effect):
    """Answers with a status that the operation declares, in the vendor's own body.

    Nothing is done, unless `done`: then the operation is carried out, and its answer thrown away.
    """

    kind: ClassVar[str] = "status"
    status: int
    done: bool | None = None

    @classmethod
    def read(cls, reader: Reader, /) -> Self:
        """Make one of `{"status": 429, "done": false}`."""
        status = reader.required("status", reader.whole("status", 100))
        return cls(status, reader.flag("done") or None)

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Answer with the status, having done what was asked or not."""
        if self.done:
            rest()
        return call.operation.reply_with(self.status, call)
