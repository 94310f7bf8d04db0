"""Claims about shown times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated

from contract_tests.claims.claim import Claim, ClaimContext, Looks, Number, anywhere
from contract_tests.exchange.trace import Exchange, Trace
from mock_server.lifecycle.values import UnparsableValue, instant


@dataclass(frozen=True, slots=True)
class NotBefore(Claim):
    """One shown time is not before another.

    With `later` it is after it, if the call just before the answer, which changed something, was
    sent so long after the other answer that their times must differ.
    """

    answer: Number
    pointer: str
    other: Annotated[int, Looks("other_pointer")]
    other_pointer: str
    later: bool = False

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        try:
            late = instant(trace.answer(self.answer).at(self.pointer))
            early = instant(trace.answer(self.other).at(self.other_pointer))
        except UnparsableValue as problem:
            return f"{trace[self.answer]}: {self.pointer}: {problem}"
        if late > early or (late == early and not (self.later and self._apart(trace))):
            return None
        how = "still" if late == early else "before"
        return f"{trace[self.answer]}: {self.pointer} is {late}, {how} {early}"

    def _apart(self, trace: Trace) -> bool:
        sent = trace[max(self.answer - 2, self.other)]
        shown = str(trace.answer(self.other).at(self.other_pointer))
        return passed(trace[self.other], sent) > unit_of(shown)


@dataclass(frozen=True, slots=True)
class Timely(Claim):
    """A shown time is that of its answer, in UTC, by the answer's `Date` or by our clock."""

    answer: Number
    pointer: str
    tolerance: float = 300.0

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        exchange = trace[self.answer]
        now = _dated(exchange) or exchange.at
        try:
            shown = instant(exchange.answer.at(self.pointer))
        except UnparsableValue as problem:
            return f"{exchange}: {self.pointer}: {problem}"
        if abs(shown - now) <= timedelta(seconds=self.tolerance):
            return None
        return f"{exchange}: {self.pointer} is {shown:%Y-%m-%dT%H:%MZ} at {now:%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class SameTime(Claim):
    """Two answers show the same time, as exactly as both tell it."""

    answer: Number
    pointer: str
    other: Annotated[int, Looks("other_pointer")]
    other_pointer: str

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        shown = trace.answer(self.answer).at(self.pointer)
        other = trace.answer(self.other).at(self.other_pointer)
        try:
            apart = abs(instant(shown) - instant(other))
        except UnparsableValue as problem:
            return f"{trace[self.answer]}: {self.pointer}: {problem}"
        # What tells no fractions is cut or rounded.
        if apart < max(unit_of(shown), unit_of(other)) / 2:
            return None
        return f"{trace[self.answer]}: {self.pointer} is {shown!r}, not {other!r}"


def passed(early: Exchange, late: Exchange) -> timedelta:
    """Return how much time surely passed between two answers, by the target's clock or by ours."""
    ours = late.at - early.at
    first, last = _dated(early), _dated(late)
    # A `Date` tells no fractions, so as much as a second of it may be none.
    return ours if first is None or last is None else max(ours, last - first - timedelta(seconds=1))


def _dated(exchange: Exchange) -> datetime | None:
    """The time of an answer as it tells itself."""
    date = exchange.answer.headers.get("date")
    try:
        return parsedate_to_datetime(date).astimezone(UTC) if date else None
    except ValueError:
        return None


def unit_of(shown: str) -> timedelta:
    """Return how far apart two times must be at least to be shown as different ones.

    A fraction of zeros may be one that is never shown.
    """
    _, _, fraction = shown.partition(".")
    shown = fraction[: len(fraction) - len(fraction.lstrip("0123456789"))]
    digits = len(shown) if shown.strip("0") else 0
    return timedelta(seconds=2 * 10**-digits)
