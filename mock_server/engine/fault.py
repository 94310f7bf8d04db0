"""How something outside the engine may step into a call: faults, and the gate that decides them."""

from __future__ import annotations

from typing import Protocol

from starlette.types import Send

from mock_server.engine.messages import Request
from mock_server.engine.replies import Wire
from mock_server.engine.transport import send_wire
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, State


class Run(Protocol):
    """The rest of a call, for a fault to carry out as it likes: once, in another way, or not."""

    @property
    def sandbox(self) -> Sandbox:
        """The call's sandbox."""

    @property
    def request(self) -> Request:
        """The call's request; its parameters and body are read only while it is performed."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the performed operation changed, kept or not."""

    def perform(self, state: State | None = None, *, keep: bool = True) -> Wire:
        """Validate, handle and answer the request.

        With `state`, the operation sees that state instead of the present one, and changes nothing.
        Without `keep`, what it changes is forgotten, though the answer says it was done; the
        changes are then in `changes`.
        """

    def reply_with(self, status: int) -> Wire:
        """Answer with a status that the operation declares, in the vendor's own body.

        Raises LookupError if it declares no such status.
        """


class Fault:
    """What is done to one call; this one does nothing, others override a method.

    `name` is shown wherever the call is; `sends` says whether the caller gets a whole answer.
    """

    name = "none"
    sends = True

    def answer(self, run: Run) -> Wire:
        """Return the answer to send; nothing here may await."""
        return run.perform()

    async def deliver(self, wire: Wire, method: str, send: Send) -> None:
        """Send the answer."""
        await send_wire(wire, method, send)


class Gate(Protocol):
    """Decides which fault, if any, a call meets."""

    def decide(self, sandbox: Sandbox, api: str, request: Request, content: bytes) -> Fault | None:
        """Return the fault for a call that is about to be performed."""
