"""Claims about shown times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from contract_tests.claims.terms import Terms, anywhere
from contract_tests.traces import Trace
from mock_server.lifecycle.values import Meaningless, instant


@dataclass(frozen=True, slots=True)
class NotBefore:
    """One shown time is not before another.

    With `later` it is after it, if the call just before the answer, which changed something, was
    sent so long after the other answer that their times must differ.
    """

    answer: int
    pointer: str
    other: int
    other_pointer: str
    later: bool = False

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def broken(self, trace: Trace, terms: Terms) -> str | None:
        del terms
        try:
            late = instant(trace.answer(self.answer).at(self.pointer))
            early = instant(trace.answer(self.other).at(self.other_pointer))
        except Meaningless as problem:
            return f"{trace[self.answer]}: {self.pointer}: {problem}"
        if late > early or (late == early and not (self.later and self._apart(trace))):
            return None
        how = "still" if late == early else "before"
        return f"{trace[self.answer]}: {self.pointer} is {late}, {how} {early}"

    def _apart(self, trace: Trace) -> bool:
        sent = trace[max(self.answer - 2, self.other)].at
        shown = str(trace.answer(self.other).at(self.other_pointer))
        return sent - trace[self.other].at > unit_of(shown)


@dataclass(frozen=True, slots=True)
class Timely:
    """A shown time is that of its answer, in UTC, by the answer's `Date` or by our clock."""

    answer: int
    pointer: str
    tolerance: float = 300.0

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def broken(self, trace: Trace, terms: Terms) -> str | None:
        del terms
        exchange = trace[self.answer]
        date = exchange.answer.headers.get("date")
        now = parsedate_to_datetime(date) if date else exchange.at
        try:
            shown = instant(exchange.answer.at(self.pointer))
        except Meaningless as problem:
            return f"{exchange}: {self.pointer}: {problem}"
        if abs(shown - now) <= timedelta(seconds=self.tolerance):
            return None
        return f"{exchange}: {self.pointer} is {shown:%Y-%m-%dT%H:%MZ} at {now:%Y-%m-%dT%H:%MZ}"


def unit_of(shown: str) -> timedelta:
    """Return how far apart two times must be at least to be shown as different ones.

    A fraction of zeros may be one that is never told.
    """
    _, _, fraction = shown.partition(".")
    told = fraction[: len(fraction) - len(fraction.lstrip("0123456789"))]
    digits = len(told) if told.strip("0") else 0
    return timedelta(seconds=2 * 10**-digits)
