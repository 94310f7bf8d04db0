"""Claims about properties that depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from contract_tests.claims.claim import (
    CannotTell,
    Claim,
    ClaimContext,
    Looks,
    Number,
    Numbers,
    anywhere,
)
from contract_tests.claims.lists import listing_of, records
from contract_tests.claims.properties import Shows
from contract_tests.exchange.trace import MISSING, Trace
from mock_server.lifecycle.values import UnparsableValue, number
from mock_server.openapi.paths import filled


class NotAsked(CannotTell):
    """A relation depends on another record that was not asked for."""

    def __init__(self, operation: str, path: Mapping[str, str]) -> None:
        super().__init__(f"{operation} was not asked for {', '.join(map(str, path.values()))}")
        self.operation = operation
        self.path = path


@dataclass(frozen=True, slots=True)
class Related(Claim):
    """The properties of a shown record agree as a relation says.

    Raises NotAsked if the trace has not got what they depend on.
    """

    answer: Annotated[int, Looks("record")]
    record: str
    resource: str
    relation: str

    @property
    def subject(self) -> str:
        return self.relation

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        resource = context.lifecycle.resource(self.resource)
        relation = next(each for each in resource.relations if each.name == self.relation)

        def look(operation: str, path: Any) -> Any:
            values = {**dict(context.parameters), **path}
            wanted = filled(context.spec.operations[operation].path, values)
            asked = [
                exchange
                for exchange in trace
                if exchange.call.operation == operation and exchange.url == wanted
            ]
            # What was asked before the record was shown may be of an earlier state.
            later = [exchange for exchange in asked if exchange.number > self.answer]
            for exchange in (*later, *asked[::-1]):
                return exchange.answer.body
            raise NotAsked(operation, path)

        record = trace.answer(self.answer).at(self.record)
        if record is MISSING:
            return None
        try:
            problem = relation.violation(record, look)
        except (UnparsableValue, KeyError, TypeError, AttributeError) as nonsense:
            problem = f"{type(nonsense).__name__}: {nonsense}"
        return problem and f"{trace[self.answer]}: {problem}"


@dataclass(frozen=True, slots=True)
class Summed(Claim):
    """A number of a summary is what the listed records make."""

    answer: Number
    pages: Numbers
    resource: str
    operation: str
    at: str

    @property
    def subject(self) -> str:
        return self.at

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        resource = context.lifecycle.resource(self.resource)
        summary = next(
            each
            for each in resource.summaries
            if (each.operation, each.at) == (self.operation, self.at)
        )
        listing = listing_of(context.lifecycle, self.resource, summary.listing)
        try:
            shown = number(trace.answer(self.answer).at(self.at), ",")
            wanted = summary.expected(list(records(trace, self.pages, listing)))
        except UnparsableValue as problem:
            return f"{trace[self.answer]}: {self.at}: {problem}"
        return (
            None if shown == wanted else f"{trace[self.answer]}: {self.at} is {shown}, not {wanted}"
        )


@dataclass(frozen=True, slots=True)
class Marked(Claim):
    """A record tells by its mark that it is gone, or that it is not."""

    answer: Number
    pointer: str
    removal: str
    resource: str
    gone: bool

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        resource = context.lifecycle.resource(self.resource)
        removal = next(
            each for each in resource.removals if self.removal in (each.name, each.operation)
        )
        shown = trace.answer(self.answer).at(self.pointer)
        if removal.marked(None if shown is MISSING else shown) == self.gone:
            return None
        state = "gone" if self.gone else "there"
        return f"{trace[self.answer]}: {self.pointer} is {shown!r} of a record that is {state}"


@dataclass(frozen=True, slots=True)
class Follows(Claim):
    """A shown record is what an outcome says that it must be, of what was sent."""

    answer: Annotated[int, Looks("record")]
    record: str
    sent: Any
    resource: str
    outcome: str

    @property
    def subject(self) -> str:
        return self.outcome

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        resource = context.lifecycle.resource(self.resource)
        outcome = next(each for each in resource.outcomes if each.name == self.outcome)
        try:
            problem = outcome.violation(self.sent, trace.answer(self.answer).at(self.record))
        except (UnparsableValue, KeyError, TypeError, AttributeError) as nonsense:
            problem = f"{type(nonsense).__name__}: {nonsense}"
        return problem and f"{trace[self.answer]}: {problem}"


@dataclass(frozen=True, slots=True)
class Unfollowed(Claim):
    """A shown record does not refer to what a field was sent with, by itself or by an outcome."""

    answer: Annotated[int, Looks("record")]
    record: str
    sent: Any
    resource: str
    field: str

    @property
    def subject(self) -> str:
        return f"a reference by {self.field}"

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        resource = context.lifecycle.resource(self.resource)
        outcomes = [each.name for each in resource.outcomes if each.needs == (self.field,)]
        held: list[Claim] = [
            Follows(self.answer, self.record, self.sent, self.resource, name) for name in outcomes
        ]
        pointer, value = resource.field(self.field).shown, self.sent[self.field]
        if pointer is not None:
            place = self.record + pointer
            held.append(Shows(self.answer, place, value, self.resource, self.field))
        if all(claim.violation(context, trace) is not None for claim in held):
            return None
        return f"{trace[self.answer]}: {self.field} is {value!r}, which is another account's"
