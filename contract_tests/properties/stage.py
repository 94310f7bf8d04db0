"""Where a case is acted out: calls are sent, answers remembered, and claims judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from contract_tests.claims import Answers, Claim, ClaimContext, Conforms
from contract_tests.exchange.trace import Call, Caller, Exchange, Trace
from contract_tests.target.session import Session
from mock_server.lifecycle.model import Parts

_TOO_MANY = 429


class ClaimViolated(Exception):
    """A claim does not hold; the case is over."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach.message)
        self.breach = breach


class CaseNotApplicable(Exception):
    """The records that a target has, or takes, are not those that a case needs."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A claim that does not hold after the exchanges of a trace.

    There is no claim where a call could not be made, or its answer could not be read.
    """

    claim: Claim | None
    operation: str
    message: str
    trace: Trace


@dataclass(slots=True)
class Stage:
    """One case's view of a target: it sends, remembers what was answered, and judges."""

    session: Session
    random: Random
    trace: Trace = field(default_factory=Trace)
    #: Answers off the contract, which end no case.
    breaches: list[Breach] = field(default_factory=list)

    @property
    def terms(self) -> ClaimContext:
        """What claims are judged by."""
        session = self.session
        parameters = tuple(session.target.parameters.items())
        return ClaimContext(session.spec, session.lifecycle, parameters)

    def send(self, operation: str, parts: Parts | None = None, account: Caller = "first") -> int:
        """Send a call and return the number of its exchange.

        What its body takes from the record that its path names is asked for first. A call that
        comes too soon for a rate limit is sent once more; the pace before a target waits for that.
        """
        call = Call(operation, self.completed(operation, parts or Parts(), account), account)
        exchange = self._exchanged(call)
        if exchange.answer.status == _TOO_MANY:
            self.trace.exchanges.pop()
            exchange = self._exchanged(call)
        return exchange.number

    def _exchanged(self, call: Call) -> Exchange:
        exchange, pointers = self.session.send(call, self.trace)
        for pointer in pointers:
            claim = Conforms(exchange.number, pointer)
            message = claim.violation(self.trace, self.terms) or f"{exchange}: {pointer}"
            self.breaches.append(Breach(claim, call.operation, message, self._so_far()))
        return exchange

    def do(self, operation: str, parts: Parts | None = None, account: Caller = "first") -> int:
        """Send a call that must succeed, and return the number of its exchange."""
        sent = self.send(operation, parts, account)
        self.hold(Answers(sent, why="the request is valid"))
        return sent

    def hold(self, *claims: Claim) -> None:
        """Judge claims; raises ClaimViolated for the first one that does not hold."""
        for claim in claims:
            self.session.checks += 1
            message = claim.violation(self.trace, self.terms)
            if message is not None:
                judged: Exchange = self.trace[_last_answer(claim)]
                raise ClaimViolated(Breach(claim, judged.call.operation, message, self._so_far()))

    def at(self, answer: int, pointer: str) -> Any:
        """Return what a pointer leads to in an answer, or MISSING."""
        return self.trace.answer(answer).at(pointer)

    def completed(self, operation: str, parts: Parts, account: Caller) -> Parts:
        """Return the parts of a call with all that must be asked for first; here, as they are."""
        del operation, account
        return parts

    def _so_far(self) -> Trace:
        trace = Trace()
        trace.exchanges = list(self.trace.exchanges)
        trace.walks = [walk for walk in self.trace.walks if walk.pages[-1] < len(trace)]
        return trace


def _last_answer(claim: Claim) -> int:
    pages: tuple[int, ...] = getattr(claim, "pages", ())
    return int(getattr(claim, "answer", pages[-1] if pages else 0))
