"""Claims about single properties of shown records."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from contract_tests.claims.claim import Claim, ClaimContext, Looks, Number, anywhere
from contract_tests.exchange.trace import MISSING, Trace
from mock_server.lifecycle.values import UnparsableValue, instant, number


@dataclass(frozen=True, slots=True)
class Shows(Claim):
    """The value at a pointer means what was sent.

    The meaning is that of a resource's field, or of the words `instant` and `exact` if `resource`
    is empty.
    """

    answer: Number
    pointer: str
    sent: Any
    resource: str
    field: str

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        shown = trace.answer(self.answer).at(self.pointer)
        return _unlike(shown, self.sent, self.resource, self.field, context, trace, self.answer)


@dataclass(frozen=True, slots=True)
class SameAs(Claim):
    """Two answers show the same at their pointers."""

    answer: Number
    pointer: str
    other: Annotated[int, Looks("other_pointer")]
    other_pointer: str
    resource: str = ""
    field: str = "exact"

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        shown = trace.answer(self.answer).at(self.pointer)
        before = trace.answer(self.other).at(self.other_pointer)
        return _unlike(shown, before, self.resource, self.field, context, trace, self.answer)


@dataclass(frozen=True, slots=True)
class Differs(Claim):
    """Two answers show different things at their pointers (a new record has an id of its own)."""

    answer: Number
    pointer: str
    other: Annotated[int, Looks("other_pointer")]
    other_pointer: str

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        shown = trace.answer(self.answer).at(self.pointer)
        if shown is MISSING or shown != trace.answer(self.other).at(self.other_pointer):
            return None
        return f"{trace[self.answer]}: {self.pointer} is {shown!r} again"


@dataclass(frozen=True, slots=True)
class Moved(Claim):
    """A number went up by so much between two answers."""

    answer: Number
    pointer: str
    before: Annotated[int, Looks("before_pointer")]
    before_pointer: str
    by: Decimal

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        try:
            was = number(trace.answer(self.before).at(self.before_pointer), ",")
            now = number(trace.answer(self.answer).at(self.pointer), ",")
        except UnparsableValue as problem:
            return f"{trace[self.answer]}: {self.pointer}: {problem}"
        if now - was == self.by:
            return None
        return f"{trace[self.answer]}: {self.pointer} went from {was} to {now}, not by {self.by}"


@dataclass(frozen=True, slots=True)
class Grew(Claim):
    """A number went up between two answers."""

    answer: Number
    pointer: str
    before: Annotated[int, Looks("before_pointer")]
    before_pointer: str

    @property
    def subject(self) -> str:
        return anywhere(self.pointer)

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        try:
            was = number(trace.answer(self.before).at(self.before_pointer))
            now = number(trace.answer(self.answer).at(self.pointer))
        except UnparsableValue as problem:
            return f"{trace[self.answer]}: {self.pointer}: {problem}"
        if now > was:
            return None
        return f"{trace[self.answer]}: {self.pointer} went from {was} to {now}, not up"


def _unlike(
    shown: Any,
    wanted: Any,
    resource: str,
    field: str,
    context: ClaimContext,
    trace: Trace,
    number_: int,
) -> str | None:
    """How a shown value does not mean what was wanted."""
    if resource:
        declared = context.lifecycle.resource(resource).field(field)
        if declared.optional and MISSING in (shown, wanted):
            return None
        meaning = declared.kind.meaning
    else:
        ignored = context.lifecycle.ignored
        meaning = instant if field == "instant" else partial(_without, pointers=ignored)
    if shown is MISSING and wanted is MISSING:
        return None
    try:
        if MISSING not in (shown, wanted) and meaning(shown) == meaning(wanted):
            return None
    except UnparsableValue as problem:
        return f"{trace[number_]}: {field}: {problem}"
    return f"{trace[number_]}: {field} is {shown!r}, not {wanted!r}"


def _without(value: Any, pointers: tuple[str, ...]) -> Any:
    """A record without what may differ between two answers of one state."""
    names = {pointer[1:] for pointer in pointers}
    if not isinstance(value, dict) or not names:
        return value
    return {name: item for name, item in value.items() if name not in names}
