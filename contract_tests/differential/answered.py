"""What the right target answers to the calls of the left one, and why it is no more than that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import httpx

from contract_tests.claims import Answers
from contract_tests.differential.normal import AnswerDifference, Normaliser
from contract_tests.differential.pairs import Met, of_no_use, short
from contract_tests.differential.references import MatchedReferences
from contract_tests.exchange.trace import MISSING, Answer, Trace, find, firsts
from contract_tests.reproduction.running import MissingValue, run_script
from contract_tests.reproduction.script import script_of
from contract_tests.target.guard import BlockedByGuard
from contract_tests.target.session import Session
from mock_server.lifecycle.values import UnparsableValue

#: What is raised where an answer cannot be read as what it should be.
NONSENSE = (UnparsableValue, TypeError, ValueError, AttributeError, httpx.InvalidURL)


@dataclass(frozen=True, slots=True)
class OtherAnswers:
    """The answers, why there are no more (None: there are all), and what they refer to."""

    trace: Trace
    ended: Exception | None
    references: MatchedReferences


def answers_to(left: Trace, session: Session) -> OtherAnswers:
    """Send the calls of a trace to another target, with what its own answers give."""
    references = MatchedReferences()
    script = script_of(left, Answers(0), session.lifecycle)
    script = references.put_into(script, left, session.lifecycle)
    trace = Trace()
    ended: Exception | None = None
    try:
        run_script(script, session, trace, references.read)
    except (BlockedByGuard, LookupError, httpx.HTTPError, *NONSENSE) as problem:
        ended = problem
    return OtherAnswers(trace, ended, references)


def ended_early(left: Trace, right: OtherAnswers, normaliser: Normaliser) -> Met | None:
    """Return the difference that kept the calls from going on; None if it concerns no target.

    That is what a later call would have taken from an answer, or a call without any answer.
    """
    calls, answers = list(firsts(left)), list(firsts(right.trace))
    ended = right.ended
    if isinstance(ended, MissingValue):
        one, other = calls[ended.step], answers[ended.step]
        shown = find(one.answer.body, ended.pointer)
        if shown is MISSING or of_no_use(normaliser, one, other):
            return None
        return Met(AnswerDifference(f"/body{ended.pointer}", shown, MISSING), one, other)
    if isinstance(ended, httpx.HTTPError) and len(answers) < len(calls):
        one = calls[len(answers)]
        what = f"no answer: {type(ended).__name__}"
        silent = replace(one, answer=Answer(0, {}, b""))
        return Met(AnswerDifference("/status", one.answer.status, what), one, silent)
    if isinstance(ended, NONSENSE) and 0 < len(answers) < len(calls):
        # The last answer is one that could not be read.
        one, other = calls[len(answers) - 1], answers[-1]
        return Met(
            AnswerDifference("/body", short(one.answer.body), short(other.answer.body)), one, other
        )
    return None
