"""Say whose fault a difference is."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from contract_tests.differential.normal import AnswerDifference
from contract_tests.exchange.conformance import contract_of
from contract_tests.exchange.trace import Exchange
from mock_server.openapi.document import Provenance, SpecIndex

Verdict = Literal["mock", "real", "spec", "noise"]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the differences of one sequence.

    `noise` are operations and pointers at which the right target differs from itself; `left_kept`
    and `right_kept` say whether the sequence's property held of each.
    """

    spec: SpecIndex
    noise: AbstractSet[tuple[str, str]]
    left_kept: bool
    right_kept: bool

    def verdict(self, difference: AnswerDifference, left: Exchange, right: Exchange) -> Verdict:
        """Return whose fault a difference is.

        `real` and `mock` break the spec or the property; if neither does, the mock only guesses
        where its answer is marked as inferred, and the spec leaves it open where it is not.
        """
        if (left.call.operation, generalised(difference.pointer)) in self.noise:
            return "noise"
        mock_wrong, real_wrong = self._off(left), self._off(right)
        if mock_wrong != real_wrong:
            return "mock" if mock_wrong else "real"
        if self.left_kept != self.right_kept:
            return "real" if self.left_kept else "mock"
        return "mock" if self.provenance(left).basis == "inferred" else "spec"

    def why(self, verdict: Verdict, left: Exchange) -> str:
        """Return the reason for a verdict, in a few words."""
        mark = self.provenance(left)
        if verdict == "spec":
            return f"the spec allows both ({mark.basis}: {mark.source})"
        if verdict == "mock" and mark.basis == "inferred":
            return f"the mock guesses ({mark.source})"
        return f"the {'left' if verdict == 'mock' else 'right'} one breaks the spec or the property"

    def provenance(self, exchange: Exchange) -> Provenance:
        """Return where an answer's status comes from, by the marks of the spec."""
        operation = self.spec.operations[exchange.call.operation]
        inherited = self.spec.provenance_of(operation.raw)
        responses = operation.raw.get("responses", {})
        response = self.spec.resolve(responses.get(str(exchange.answer.status), {}))
        return self.spec.provenance_of(response, inherited)

    def _off(self, exchange: Exchange) -> bool:
        answer = exchange.answer
        return answer.status >= 500 or bool(
            contract_of(self.spec).problems(
                exchange.call.operation, answer.status, answer.headers, answer.content
            )
        )


def generalised(pointer: str) -> str:
    """Return a pointer with `*` for places in lists."""
    return re.sub(r"/\d+(?=/|$)", "/*", pointer)
