"""Find the shortest sequence of calls that still shows a fault."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from contract_tests.claims import Answers, Claim, Conforms, Refuses
from contract_tests.claims.lists import Sized, listing_of
from contract_tests.exchange.trace import MISSING, Trace
from contract_tests.reproduction.expected import MAY_BE_REFUSED
from contract_tests.reproduction.judge import has_json
from contract_tests.reproduction.keeping import KeepsTo, self_contained
from contract_tests.reproduction.running import Ran, run_script, violation_of
from contract_tests.reproduction.script import (
    BODY,
    COUNT,
    LISTING,
    PAGES,
    Script,
    script_of,
)
from contract_tests.target.profiles import OutOfTime
from contract_tests.target.session import Session

#: Sequences that are tried, at most, before the shortest found so far is taken.
MOST_TRIES = 40
#: Links with one query of which it is tried which one was followed.
_LINKS = 6


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

        Nothing was answered if it held the second time. The script is as it is written down: its
        steps have their statuses, and those of a conforming mock; its claim needs no spec.
        """
        script, shown, right = self._begun(claim, trace)
        if shown is None:
            return script, None
        tries = 1
        forms = _shorter(script) if right is not None else None
        taken = False
        while forms is not None and tries < self._most:
            try:
                shorter = forms.send(taken) if tries > 1 else next(forms)
            except StopIteration:
                break
            tries += 1
            again = self._broken(shorter)
            kept = self._right(shorter, again)
            taken = again is not None and kept is not None
            if again is not None and kept is not None:
                script, shown, right = shorter, again, kept
        return settled(script, shown, self._target, right), shown

    def shows(self, script: Script, times: int) -> bool:
        """Say whether a script shows the fault each time that it is sent, so many times."""
        return all(self._broken(script) is not None for _ in range(times))

    def _begun(self, claim: Claim, trace: Trace) -> tuple[Script, Ran | None, Ran | None]:
        """The whole script, and what the target and a conforming mock answered to it."""
        first = script_of(trace, claim, self._target.lifecycle, 0)
        shown = self._broken(first)
        right = self._right(first, shown)
        for link in range(1, _LINKS):
            script = script_of(trace, claim, self._target.lifecycle, link)
            if right is not None or script == first:
                break
            again = self._broken(script)
            kept = self._right(script, again)
            if again is not None and kept is not None:
                return script, again, kept
        return first, shown, right

    def _right(self, script: Script, shown: Ran | None) -> Ran | None:
        """What a conforming mock answered if the claim holds of it.

        Of what is not answered as it is where the fault is shown, a claim says nothing, unless that
        is what it is about.
        """
        if shown is None:
            return None
        if not self._made:
            self._mock, self._made = self._make_mock(), True
        if self._mock is None:
            return None
        try:
            ran = run_script(script, self._mock)
            holds = violation_of(ran, self._mock, script) is None
            return (
                ran if holds and (_may_be_refused(script) or _alike(script, ran, shown)) else None
            )
        except OutOfTime:
            raise
        except Exception:  # noqa: BLE001 - whatever it meets, it costs this step and no other
            return None

    def _broken(self, script: Script) -> Ran | None:
        """What was answered if the claim does not hold, and all other calls went as they did."""
        try:
            ran = run_script(script, self._target)
            broken = violation_of(ran, self._target, script) is not None
            shown = broken and _as_before(script, ran)
        except OutOfTime:
            raise
        except Exception:  # noqa: BLE001 - whatever it meets, it costs this step and no other
            return None
        return ran if shown else None


def _shorter(script: Script) -> Generator[Script, bool, None]:
    """Yield a script without one of its steps, or of what is in a body, after the other.

    What was yielded last is the one to go on from if True is sent.
    """
    for number in reversed(range(len(script.steps))):
        shorter = script.without(number)
        if shorter is not None and (yield shorter):
            script = shorter
    before = script
    for number, step in enumerate(script.steps):
        body = step.call.parts.body
        for name in list(body) if isinstance(body, dict) else ():
            call = script.steps[number].call
            less = {key: value for key, value in call.parts.body.items() if key != name}
            steps = list(script.steps)
            plainer = replace(call, parts=replace(call.parts, body=less))
            steps[number] = replace(steps[number], call=plainer)
            shorter = replace(script, steps=tuple(steps))
            if (yield shorter):
                script = shorter
    # Calls that only gave what a body has no more.
    for number in reversed(range(len(script.steps) if script is not before else 0)):
        fewer = script.without(number)
        if fewer is not None and (yield fewer):
            script = fewer


def settled(script: Script, ran: Ran, session: Session, right: Ran | None = None) -> Script:
    """Return the script as it is written down, for what was answered to it.

    `right` is what was answered by a target of which the claim holds.
    """
    statuses = _statuses(ran)
    others = statuses if right is None else _statuses(right)
    steps = [
        replace(step, status=status, right=other if other != status else None)
        for step, status, other in zip(script.steps, statuses, others, strict=True)
    ]
    kept = self_contained(ran.claim, ran.trace, session.spec)
    claim = script.claim
    if kept is not ran.claim:
        claim = replace(kept, answer=claim.answer)  # type: ignore[attr-defined, type-var]  # both are about one answer
    return replace(
        script, steps=tuple(steps), claim=claim, shown=tuple(_shown(script, ran, claim, session))
    )


def _may_be_refused(script: Script) -> bool:
    return isinstance(script.claim, Answers | Refuses | Conforms | MAY_BE_REFUSED)


def _alike(script: Script, ran: Ran, shown: Ran) -> bool:
    """Whether the calls that a claim is about succeeded in both, or in none."""
    return all(
        ran.trace.answer(ran.pages[each][0]).succeeded
        == shown.trace.answer(shown.pages[each][0]).succeeded
        for each in script.claim.exchanges
    )


def _statuses(ran: Ran) -> list[int]:
    return [ran.trace.answer(pages[0]).status for pages in ran.pages]


def _shown(script: Script, ran: Ran, claim: Claim, session: Session) -> Iterator[str]:
    """Name what the answers have that a claim is about (`Script.shown`)."""
    about = ran.claim.exchanges
    if isinstance(claim, Conforms) or (
        isinstance(claim, KeepsTo) and not claim.place.startswith("/body")
    ):
        return
    trace = ran.trace
    places = dict(script.places)
    for place, (step, walked) in enumerate(zip(script.steps, ran.pages, strict=True)):
        if step.walk is not None and len(walked) > 1 and not {*walked}.isdisjoint(about):
            needed = max([page + 2 for page in places.values() if page > 0], default=2)
            yield f"{PAGES}{place} {min(needed, len(walked))}"
    if all(has_json(trace.answer(each)) for each in ran.claim.exchanges):
        yield BODY
    pages, listing = getattr(ran.claim, "pages", ()), getattr(claim, "listing", "")
    if pages and listing:
        resource = getattr(claim, "resource", "")
        items = listing_of(session.lifecycle, resource, listing).items
        if all(trace.answer(each).at(items) is not MISSING for each in pages):
            yield LISTING
    if isinstance(ran.claim, Sized) and ran.claim.full:
        listed = trace.answer(ran.claim.answer).at(ran.claim.items)
        yield f"{COUNT}{len(listed) if isinstance(listed, list) else -1}"
    for number, name in claim.looks.items():
        if name is None:
            continue
        answer = trace.answer(getattr(ran.claim, number))
        if answer.at(getattr(ran.claim, name)) is not MISSING:
            yield name


def _as_before(script: Script, ran: Ran) -> bool:
    """Whether each call that the claim is not about succeeded if it did at first."""
    judged = script.claim.exchanges
    return all(
        ran.trace.answer(pages[0]).succeeded == (200 <= step.status < 300)
        for number, (step, pages) in enumerate(zip(script.steps, ran.pages, strict=True))
        if number not in judged and step.status is not None
    )
