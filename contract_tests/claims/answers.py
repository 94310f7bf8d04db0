"""Claims about an answer as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from contract_tests.claims.claim import Claim, ClaimContext, Number, anywhere
from contract_tests.exchange.conformance import contract_of
from contract_tests.exchange.trace import Trace


@dataclass(frozen=True, slots=True)
class Answers(Claim):
    """The answer has one of these statuses; none named: any of success."""

    answer: Number
    statuses: tuple[int, ...] = ()
    why: str = ""

    @property
    def subject(self) -> str:
        return "/status"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        answer = trace.answer(self.answer)
        if answer.status in self.statuses or (not self.statuses and answer.succeeded):
            return None
        wanted = " or ".join(map(str, self.statuses)) or "a success"
        return f"{trace[self.answer]}; expected {wanted}{self.why and f': {self.why}'}"


@dataclass(frozen=True, slots=True)
class Refuses(Claim):
    """The answer is a refusal: no success, and no failure of the server."""

    answer: Number
    why: str = ""

    @property
    def subject(self) -> str:
        return "/status"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        if 300 <= trace.answer(self.answer).status < 500:
            return None
        return f"{trace[self.answer]}; expected a refusal{self.why and f': {self.why}'}"


@dataclass(frozen=True, slots=True)
class Conforms(Claim):
    """The answer keeps to the spec; `pointer` is the place where it did not, when it was found."""

    answer: Number
    pointer: str = ""

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        exchange = trace[self.answer]
        answer = exchange.answer
        if answer.status >= 500:
            return f"{exchange}: the server failed"
        found = contract_of(context.spec).problems(
            exchange.call.operation, answer.status, answer.headers, answer.content
        )
        fitting = [problem for problem in found if problem.pointer == self.pointer] or found
        return f"{exchange}: {fitting[0]}" if fitting else None


@dataclass(frozen=True, slots=True)
class Unlike(Claim):
    """A text does not occur in an answer (what another account sees of a record)."""

    answer: Number
    text: str

    @property
    def subject(self) -> str:
        return "another account's record"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        if self.text.encode() not in trace.answer(self.answer).content:
            return None
        return f"{trace[self.answer]}: shows {self.text!r}"


@dataclass(frozen=True, slots=True)
class Carries(Claim):
    """The answer is a file, byte for byte."""

    answer: Number
    content: bytes

    @property
    def subject(self) -> str:
        return "a file"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        found = trace.answer(self.answer).content
        if found == self.content:
            return None
        return f"{trace[self.answer]}: {len(found)} bytes that are not those that were sent"


@dataclass(frozen=True, slots=True)
class Allows(Claim):
    """The methods that the answer's `Allow` header names are others than these."""

    answer: Number
    wrong: tuple[str, ...]

    @property
    def subject(self) -> str:
        return "/headers/allow"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        exchange = trace[self.answer]
        if methods(exchange.answer.headers.get("allow", "")) != self.wrong:
            return None
        return f"{exchange}: allows {', '.join(self.wrong) or 'nothing'}"


def methods(allow: str) -> tuple[str, ...]:
    """Return the methods that an `Allow` header names, in alphabetical order."""
    return tuple(sorted(filter(None, (each.strip().upper() for each in allow.split(",")))))
