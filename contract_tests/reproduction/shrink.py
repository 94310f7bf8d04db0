"""Find the shortest sequence of calls that still shows a fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import httpx

from contract_tests.claims import Claim, ClaimContext
from contract_tests.exchange.trace import Trace
from contract_tests.reproduction.script import Ran, Script, run_script, script_of
from contract_tests.target.guard import Refused
from contract_tests.target.session import Session

#: Sequences that are tried, at most, before the shortest found so far is taken.
MOST_TRIES = 40
#: What is raised where a shorter sequence tells nothing.
_NOT_TOLD = (
    httpx.HTTPError, httpx.InvalidURL, LookupError, ValueError, TypeError, AttributeError,
    ArithmeticError,
)  # fmt: skip


class Shortener:
    """Shortens sequences by sending them again, to the target and to a conforming mock.

    A shorter sequence counts if the claim still does not hold of the target and does hold of the
    mock: a claim that fails anywhere says nothing. `mock` is called for a session when it is first
    needed, and returns None if there is no mock.
    """

    def __init__(
        self, target: Session, mock: Callable[[], Session | None], most: int = MOST_TRIES
    ) -> None:
        self._target = target
        self._make_mock = mock
        self._mock: Session | None = None
        self._made = False
        self._most = most

    def shorten(self, claim: Claim, trace: Trace) -> tuple[Script, Ran | None]:
        """Return the shortest script after which a claim does not hold, and what was answered.

        Nothing was answered if it held the second time.
        """
        script = script_of(trace, claim, self._target.lifecycle)
        shown = self._broken(script, self._target)
        if shown is None:
            return script, None
        if not self._right(script):
            return script, shown
        tries = 1
        for number in reversed(range(len(script.steps))):
            shorter = script.without(number)
            if shorter is None or tries >= self._most:
                continue
            tries += 1
            again = self._broken(shorter, self._target)
            if again is not None and self._right(shorter):
                script, shown = shorter, again
        return self._plainer(script, shown, tries)

    def _plainer(self, script: Script, shown: Ran, tries: int) -> tuple[Script, Ran]:
        """The script with no more in its bodies than it takes."""
        for number, step in enumerate(script.steps):
            body = step.call.parts.body
            for name in list(body) if isinstance(body, dict) else ():
                if tries >= self._most:
                    return script, shown
                current = script.steps[number].call
                less = {key: value for key, value in current.parts.body.items() if key != name}
                call = replace(current, parts=replace(current.parts, body=less))
                steps = list(script.steps)
                steps[number] = replace(steps[number], call=call)
                plainer = replace(script, steps=tuple(steps))
                tries += 1
                again = self._broken(plainer, self._target)
                if again is not None and self._right(plainer):
                    script, shown = plainer, again
        return script, shown

    def _right(self, script: Script) -> bool:
        """Whether the claim holds of a conforming mock."""
        if not self._made:
            self._mock, self._made = self._make_mock(), True
        return self._mock is not None and self._holds(script, self._mock)

    def _broken(self, script: Script, session: Session) -> Ran | None:
        """What was answered if the claim does not hold, and all other calls went as they did."""
        with suppress(Refused, *_NOT_TOLD):
            ran = run_script(script, session)
            if (
                _as_before(script, ran)
                and ran.claim.violation(ClaimContext.of(session), ran.trace) is not None
            ):
                return ran
        return None

    @staticmethod
    def _holds(script: Script, session: Session) -> bool:
        try:
            ran = run_script(script, session)
            return ran.claim.violation(ClaimContext.of(session), ran.trace) is None
        except (Refused, *_NOT_TOLD):
            return False


def _as_before(script: Script, ran: Ran) -> bool:
    """Whether each call that the claim is not about succeeded if it did at first."""
    judged = script.claim.exchanges
    return all(
        ran.trace.answer(pages[0]).succeeded == step.succeeded
        for number, (step, pages) in enumerate(zip(script.steps, ran.pages, strict=True))
        if number not in judged and step.succeeded is not None
    )
