"""Claims about what is reported of a move of stock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contract_tests.claims.claim import Claim, ClaimContext, Number, Numbers
from contract_tests.claims.lists import listing_of, records
from contract_tests.exchange.trace import MISSING, Trace, find
from mock_server.lifecycle.values import UnparsableValue, number


@dataclass(frozen=True, slots=True)
class ShowsMove(Claim):
    """The answer to a move shows its quantity and what else belongs to it."""

    answer: Number
    resource: str
    move: str
    quantity: Decimal

    @property
    def subject(self) -> str:
        return self.move

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        body = trace.answer(self.answer).body
        if body is MISSING:
            return None
        wanted = _shown_by(context, self.resource, self.move, self.quantity)
        wrong = next(_unlike(body, wanted), None)
        return wrong and f"{trace[self.answer]}: {wrong}"


@dataclass(frozen=True, slots=True)
class Entered(Claim):
    """The history has a new entry that shows a move's quantity and what else belongs to it."""

    pages: Numbers
    before: Numbers
    resource: str
    listing: str
    move: str
    quantity: Decimal

    @property
    def subject(self) -> str:
        return self.move

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        listing = listing_of(context.lifecycle, self.resource, self.listing)
        wanted = _shown_by(context, self.resource, self.move, self.quantity)
        known = [find(each, listing.id) for each in records(trace, self.before, listing)]
        problems = [
            next(_unlike(entry, wanted), None)
            for entry in records(trace, self.pages, listing)
            if find(entry, listing.id) not in known
        ]
        if None in problems:
            return None
        problem = f"its new entry says: {problems[0]}" if problems else "it has no new entry"
        return f"{trace[self.pages[-1]]}: {problem}"


def _shown_by(
    context: ClaimContext, resource: str, name: str, quantity: Decimal
) -> Mapping[str, Decimal | str]:
    move = next(each for each in context.lifecycle.resource(resource).moves if each.name == name)
    return move.shows(quantity) if move.shows else {}


def _unlike(shown: Any, wanted: Mapping[str, Decimal | str]) -> Iterator[str]:
    for pointer, value in wanted.items():
        found = find(shown, pointer)
        try:
            alike = number(found, ",") == value if isinstance(value, Decimal) else found == value
        except UnparsableValue:
            alike = False
        if not alike:
            yield f"{pointer} is {found!r}, not {str(value)!r}"
