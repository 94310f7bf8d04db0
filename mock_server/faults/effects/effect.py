"""What all effects have in common, and how several act on one call."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, ClassVar

from starlette.types import Send

from mock_server.engine.call import Call
from mock_server.engine.fault import Fault
from mock_server.engine.pipeline import proceed
from mock_server.engine.replies import Wire
from mock_server.engine.transport import send_wire

#: The rest of a call: the effects that are left, and the operation in the middle of them.
Rest = Callable[[], Wire]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer on its way to the caller; `random` is the effect's own, the same for a seed."""

    wire: Wire
    method: str
    send: Send
    random: random.Random


class Effect:
    """One way in which a call goes wrong; this one changes nothing, others override a method.

    Each is a dataclass whose fields are its options in a rule. `kind` names it there. `order` says
    which of several acts first on the way out. `sends` is false if the caller gets no whole answer;
    only one effect of a rule may be such a one.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}
    kind: str
    order: ClassVar[int] = 0
    sends: ClassVar[bool] = True
    reads_only: ClassVar[bool] = False

    def as_json(self) -> dict[str, Any]:
        """Return the JSON that makes it."""
        options = {
            each.name: getattr(self, each.name)
            for each in fields(self)  # type: ignore[arg-type]  # every effect is a dataclass
        }
        return {"kind": self.kind} | {k: v for k, v in options.items() if v is not None}

    def __str__(self) -> str:
        options = ", ".join(f"{k}={v}" for k, v in self.as_json().items() if k != "kind")
        return f"{self.kind}({options})" if options else self.kind

    def answer(self, call: Call, rest: Rest) -> Wire:  # noqa: ARG002 - others look at the call
        """Return the answer; nothing here may await."""
        return rest()

    async def deliver(self, _: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """Send the answer, or leave that to what comes next."""
        await go_on()


@dataclass(frozen=True, slots=True)
class Drawn:
    """An effect that was chosen for one call, with the seed of what it draws."""

    effect: Effect
    seed: int = 0


class EffectsFault(Fault):
    """Several effects at once: each wraps the next, and the operation is in the middle."""

    def __init__(self, name: str, drawn: tuple[Drawn, ...]) -> None:
        self.name = name
        self.sends = all(each.effect.sends for each in drawn)
        self._drawn = drawn

    def answer(self, call: Call) -> Wire:
        """Return the answer to send."""
        rest: Rest = partial(proceed, call)
        for each in reversed(self._drawn):
            rest = partial(each.effect.answer, call, rest)
        return rest()

    async def deliver(self, wire: Wire, method: str, send: Send) -> None:
        """Send the answer as the effects have it."""

        async def deliver_from(left: list[Drawn]) -> None:
            if not left:
                await send_wire(wire, method, send)
                return
            source = random.Random(left[0].seed)  # noqa: S311 - reproducible on purpose
            delivery = Delivery(wire, method, send, source)
            await left[0].effect.deliver(delivery, lambda: deliver_from(left[1:]))

        await deliver_from(sorted(self._drawn, key=lambda each: each.effect.order))
