"""Effects on the connection: late, slow, broken off, or no HTTP at all."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from mock_server.engine.call import Call
from mock_server.engine.replies import Wire
from mock_server.faults.connection import connection_of
from mock_server.faults.effects.effect import Delivery, Effect, Rest
from mock_server.faults.reading import Reader

_DISTRIBUTIONS = ["fixed", "uniform", "log_normal"]
#: An hour; a caller that waits longer is not testing anything.
_LONGEST = 3600.0
_NOTHING_CAME = "server disconnected without sending a response"


@dataclass(frozen=True)
class Latency(Effect):
    """Makes the caller wait, after the operation was carried out; all in seconds.

    `fixed` waits `seconds`, `uniform` something from `least` to `most`, `log_normal` around
    `median`, spread by `sigma` (0.5 if it is absent; the standard deviation of the logarithm).
    """

    kind: ClassVar[str] = "latency"
    order: ClassVar[int] = 1
    distribution: str = "fixed"
    seconds: float | None = None
    least: float | None = None
    most: float | None = None
    median: float | None = None
    sigma: float | None = None

    @classmethod
    def read(cls, reader: Reader, /) -> Self:
        """Make one of `{"distribution": "uniform", "least": 0.1, "most": 0.5}`."""
        distribution = reader.choice("distribution", _DISTRIBUTIONS, "fixed")
        if distribution == "fixed":
            return cls(seconds=_seconds(reader, "seconds"))
        if distribution == "uniform":
            least, most = _seconds(reader, "least"), _seconds(reader, "most")
            if least > most:
                raise reader.wrong("most", "must be at least `least`")
            return cls("uniform", least=least, most=most)
        sigma = reader.number("sigma", 0, 10)
        return cls(
            "log_normal", median=_seconds(reader, "median"), sigma=0.5 if sigma is None else sigma
        )

    def draw(self, delivery: Delivery) -> float:
        """Return how long to wait, in seconds."""
        if self.seconds is not None:
            return self.seconds
        if self.least is not None and self.most is not None:
            return delivery.random.uniform(self.least, self.most)
        factor = math.exp((self.sigma or 0) * delivery.random.gauss(0, 1))
        return min((self.median or 0) * factor, _LONGEST)

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """Wait, and go on."""
        await connection_of(delivery.send).pause(self.draw(delivery))
        await go_on()


def _seconds(reader: Reader, key: str) -> float:
    seconds: float = reader.required(key, reader.number(key, 0, _LONGEST))
    return seconds


@dataclass(frozen=True)
class Drop(Effect):
    """Closes the connection without a byte of an answer, as though the request had been lost."""

    kind: ClassVar[str] = "drop"
    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False

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

    kind: ClassVar[str] = "reset"
    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False

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

    kind: ClassVar[str] = "truncate"
    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    bytes: int | None = None

    @classmethod
    def read(cls, reader: Reader, /) -> Self:
        """Make one of `{"bytes": 10}`."""
        return cls(reader.whole("bytes", 0))

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

    kind: ClassVar[str] = "garbage"
    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    of: str = "answer"
    bytes: int = 64

    @classmethod
    def read(cls, reader: Reader, /) -> Self:
        """Make one of `{"of": "body", "bytes": 64}`."""
        of = reader.choice("of", ["answer", "body"], "answer")
        return cls(str(of), min(reader.whole("bytes") or 64, 1 << 20))

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """Send noise; no line of it can be taken for HTTP's first one, or for JSON."""
        noise = (b"\x00\xff" + delivery.random.randbytes(self.bytes))[: self.bytes]
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

    kind: ClassVar[str] = "drip"
    order: ClassVar[int] = 2
    seconds: float = 1.0
    pieces: int = 10

    @classmethod
    def read(cls, reader: Reader, /) -> Self:
        """Make one of `{"seconds": 5, "pieces": 20}`."""
        return cls(_seconds(reader, "seconds"), min(reader.whole("pieces") or 10, 10_000))

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """Send piece after piece; what has no body comes as it is."""
        wire, send = delivery.wire, delivery.send
        if delivery.method == "HEAD" or not wire.body:
            await go_on()
            return
        line = connection_of(send)
        size = -(-len(wire.body) // self.pieces)
        starts = range(0, len(wire.body), size)
        await send({"type": "http.response.start", "status": wire.status, "headers": wire.headers})
        for start in starts:
            await line.pause(self.seconds / len(starts))
            more = start + size < len(wire.body)
            piece = wire.body[start : start + size]
            await send({"type": "http.response.body", "body": piece, "more_body": more})


@dataclass(frozen=True)
class DoneNotAnswered(Effect):
    """Does what is asked and says nothing: the retry trap. `how` is `drop` or `reset`."""

    kind: ClassVar[str] = "unacknowledged_write"
    order: ClassVar[int] = 3
    sends: ClassVar[bool] = False
    how: str = "drop"

    @classmethod
    def read(cls, reader: Reader, /) -> Self:
        """Make one of `{"how": "reset"}`."""
        return cls(str(reader.choice("how", ["drop", "reset"], "drop")))

    async def deliver(self, delivery: Delivery, go_on: Callable[[], Awaitable[None]], /) -> None:
        """End the connection."""
        await (Drop() if self.how == "drop" else Reset()).deliver(delivery, go_on)
