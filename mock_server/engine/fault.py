"""How something outside the engine may step into a call: faults, and the gate that decides them."""

from __future__ import annotations

from typing import Protocol

from starlette.types import Send

from mock_server.engine.call import Call
from mock_server.engine.messages import Request
from mock_server.engine.pipeline import proceed
from mock_server.engine.replies import Wire
from mock_server.engine.transport import send_wire
from mock_server.state.sandbox import Sandbox


class Fault:
    """What is done to one call; this one does nothing, others override a method.

    `name` is shown wherever the call is; `sends` says whether the caller gets a whole answer.
    """

    name = "none"
    sends = True

    def answer(self, call: Call) -> Wire:
        """Return the answer to send: of `proceed`, or another one; nothing here may await.

        What the operation sees and what is kept of it is said beforehand, in the call.
        """
        return proceed(call)

    async def deliver(self, wire: Wire, method: str, send: Send) -> None:
        """Send the answer."""
        await send_wire(wire, method, send)


class Gate(Protocol):
    """Decides which fault, if any, a call meets."""

    def decide(self, sandbox: Sandbox, api: str, request: Request, content: bytes) -> Fault | None:
        """Return the fault for a call that is about to be performed."""
