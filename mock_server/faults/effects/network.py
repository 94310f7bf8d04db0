"""Effects on the connection: late, slow, broken off, or no HTTP at all."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from mock_server.engine.call import Call
from mock_server.engine.replies import Wire
from mock_server.faults.connection import connection_of
from mock_server.faults.effects.effect import Delivery, Effect, Rest
from mock_server.faults.fields import LONGEST_WAIT, Amount, Count, Misfit, Spread, Wait

_MOST_NOISE, _MOST_PIECES = 1 << 20, 10_000
_NOTHING_CAME = "server disconnected without sending a response"


class Latency(Effect, ABC):
    """Makes the caller wait, after the operation was carried out."""

    order: ClassVar[int] = 1

    @abstractmethod
    def draw(self, delivery: Delivery) -> float:
        """Return how long to wait, in seconds."""

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """Wait, and go on."""
        await connection_of(delivery.send).pause(self.draw(delivery))
        await go_on()


@dataclass(frozen=True)
class FixedLatency(Latency):
    """Waits on the real clock before the answer goes out."""

    seconds: Wait
    distribution: Literal["fixed"] = "fixed"
    kind: Literal["latency"] = "latency"

    def draw(self, _: Delivery) -> float:
        """Return how long to wait, in seconds."""
        return self.seconds


@dataclass(frozen=True)
class UniformLatency(Latency):
    """Waits from `least` to `most` seconds."""

    distribution: Literal["uniform"]
    least: Wait
    most: Wait
    kind: Literal["latency"] = "latency"

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise Misfit("most", "must be at least `least`")

    def draw(self, delivery: Delivery) -> float:
        """Return how long to wait, in seconds."""
        return delivery.random.uniform(self.least, self.most)


@dataclass(frozen=True)
class LogNormalLatency(Latency):
    """Waits around `median` seconds; `sigma` is the standard deviation of the logarithm."""

    distribution: Literal["log_normal"]
    median: Wait
    sigma: Spread = 0.5
    kind: Literal["latency"] = "latency"

    def draw(self, delivery: Delivery) -> float:
        """Return how long to wait, in seconds."""
        factor = math.exp(self.sigma * delivery.random.gauss(0, 1))
        return min(self.median * factor, LONGEST_WAIT)


@dataclass(frozen=True)
class Drop(Effect):
    """Closes the connection without a byte of an answer, as though the request had been lost."""

    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    kind: Literal["drop"] = "drop"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Return what would have been answered; nothing of it is kept."""
        call.keep = False
        return rest()

    async def deliver(self, delivery: Delivery, _: Callable[[], Awaitable[None]], /) -> None:
        """Close."""
        await connection_of(delivery.send).end(_NOTHING_CAME)


@dataclass(frozen=True)
class Reset(Effect):
    """Resets the connection (RST), as though the request had been lost."""

    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    kind: Literal["reset"] = "reset"

    def answer(self, call: Call, rest: Rest) -> Wire:
        """Return what would have been answered; nothing of it is kept."""
        call.keep = False
        return rest()

    async def deliver(self, delivery: Delivery, _: Callable[[], Awaitable[None]], /) -> None:
        """Reset."""
        await connection_of(delivery.send).end("connection reset by peer", reset=True)


@dataclass(frozen=True)
class Truncate(Effect):
    """Breaks off in the middle: `bytes` of the body are sent, half of it if that is absent.

    The headers still promise the whole body. An answer without a body does not come at all.
    """

    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    bytes: Amount | None = None
    kind: Literal["truncate"] = "truncate"

    async def deliver(self, delivery: Delivery, _: Callable[[], Awaitable[None]], /) -> None:
        """Send a part, and close."""
        wire, send = delivery.wire, delivery.send
        if delivery.method == "HEAD" or not wire.body:
            await connection_of(send).end(_NOTHING_CAME)
            return
        size = len(wire.body)
        part = min(size // 2 if self.bytes is None else self.bytes, size - 1)
        await send({"type": "http.response.start", "status": wire.status, "headers": wire.headers})
        await send({"type": "http.response.body", "body": wire.body[:part], "more_body": True})
        await connection_of(send).end(
            "peer closed connection without sending complete message body "
            f"(received {part} bytes, expected {size})"
        )


@dataclass(frozen=True)
class Garbage(Effect):
    """Sends bytes that mean nothing: instead of the answer, or, with `of: body`, of its body."""

    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    of: Literal["answer", "body"] = "answer"
    bytes: Count = 64
    kind: Literal["garbage"] = "garbage"

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """Send noise; no line of it can be taken for HTTP's first one, or for JSON."""
        size = min(self.bytes, _MOST_NOISE)
        noise = (b"\x00\xff" + delivery.random.randbytes(size))[:size]
        send = delivery.send
        if self.of == "answer":
            line = connection_of(send)
            await line.write(noise)
            await line.end("illegal status line")
            return
        if delivery.method == "HEAD" or not delivery.wire.body:
            await go_on()
            return
        headers = [pair for pair in delivery.wire.headers if pair[0] != b"content-length"]
        headers.append((b"content-length", b"%d" % len(noise)))
        start: dict[str, Any] = {"type": "http.response.start", "status": delivery.wire.status}
        await send(start | {"headers": headers})
        await send({"type": "http.response.body", "body": noise})


@dataclass(frozen=True)
class Drip(Effect):
    """Sends the body in `pieces` over so many `seconds`, the headers at once."""

    order: ClassVar[int] = 2
    seconds: Wait
    pieces: Count = 10
    kind: Literal["drip"] = "drip"

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """Send piece after piece; what has no body comes as it is."""
        wire, send = delivery.wire, delivery.send
        if delivery.method == "HEAD" or not wire.body:
            await go_on()
            return
        line = connection_of(send)
        size = -(-len(wire.body) // min(self.pieces, _MOST_PIECES))
        starts = range(0, len(wire.body), size)
        await send({"type": "http.response.start", "status": wire.status, "headers": wire.headers})
        for start in starts:
            await line.pause(self.seconds / len(starts))
            more = start + size < len(wire.body)
            piece = wire.body[start : start + size]
            await send({"type": "http.response.body", "body": piece, "more_body": more})


@dataclass(frozen=True)
class UnacknowledgedWrite(Effect):
    """Does what is asked and says nothing: the retry trap. `how` is `drop` or `reset`."""

    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    how: Literal["drop", "reset"] = "drop"
    kind: Literal["unacknowledged_write"] = "unacknowledged_write"

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """End the connection."""
        await (Drop() if self.how == "drop" else Reset()).deliver(delivery, go_on)
