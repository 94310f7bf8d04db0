"""What the statuses of a script's answers say: it goes on, the fault is there, or it is not.

Any other status says nothing of the fault: a proxy that fails, a refused credential, a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from contract_tests.claims import Answers, ClaimContext, Refuses, Unfollowed, Unlike
from contract_tests.exchange.trace import Answer, Call, Exchange, Trace
from contract_tests.reproduction.keeping import KeepsTo
from contract_tests.reproduction.script import Script, Step
from mock_server.lifecycle.model import Lifecycle, Parts
from mock_server.openapi.document import SpecIndex

_TOO_MANY = 429
_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)
#: What these claims are about may as well be refused.
MAY_BE_REFUSED = Unlike | Unfollowed


@dataclass(frozen=True, slots=True)
class Expected:
    """What the statuses of one step's answers say.

    `first` is what it was when the fault was found, `right` what it is elsewhere; with one like
    them, the script goes on. With one
    of `wrong` the fault is there, with one of `fine` it is not.
    """

    first: int
    fine: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()
    right: int | None = None

    def goes_on(self, status: int) -> bool:
        """Say whether the script can go on after an answer with a status."""
        known = [each for each in (self.first, self.right) if each is not None]
        return status in known or (_success(status) and any(map(_success, known)))


def about_status(script: Script) -> bool:
    """Say whether the status of one answer is all that the claim is about."""
    claim = script.claim
    return isinstance(claim, Answers | Refuses) or (
        isinstance(claim, KeepsTo) and claim.place == "/status"
    )


def expectations(script: Script, spec: SpecIndex, lifecycle: Lifecycle) -> tuple[Expected, ...]:
    """Return what the statuses of each step's answers say; each step's status is known."""
    return tuple(_expectations(script, spec, lifecycle))


def _expectations(script: Script, spec: SpecIndex, lifecycle: Lifecycle) -> Iterator[Expected]:
    judged = script.claim.exchanges
    let_in = {None, "invalid_credential"} | {
        step.call.account
        for number, step in enumerate(script.steps)
        if number not in judged and _success(step.status or 0)
    }
    changing = [
        number
        for number, step in enumerate(script.steps)
        if spec.operations[step.call.operation].method != "get" and number <= max(judged)
    ]
    for number, step in enumerate(script.steps):
        first = step.status or 0
        refusing = () if step.call.account in let_in else (401, 407, *lifecycle.unauthenticated)
        telling = [
            each
            for each in spec.operations[step.call.operation].responses
            if not 300 <= each < 400 and each < 500 and each not in (_TOO_MANY, *refusing)
        ]
        if number in judged and about_status(script):
            yield _of_status(script, step, telling, spec)
        elif number in (changing[-1:] if isinstance(script.claim, Unfollowed) else judged) and (
            isinstance(script.claim, MAY_BE_REFUSED) and _success(first)
        ):
            yield Expected(first, tuple(each for each in telling if each >= 400))
        else:
            yield Expected(first, right=step.right)


def _of_status(script: Script, step: Step, telling: list[int], spec: SpecIndex) -> Expected:
    """What the statuses say of a step whose status is all that the claim is about."""
    first, call = step.status or 0, step.call
    claim = script.claim.renumbered(lambda _: (0,))
    named = claim.statuses if isinstance(claim, Answers) else ()

    def broken(status: int) -> str | None:
        sent = Call(call.operation, Parts(), call.account)
        trace, answer = Trace(), Answer(status, {}, b"")
        trace.exchanges.append(Exchange(0, sent, "", "", answer, _WHENEVER))
        return claim.violation(ClaimContext(spec, Lifecycle(())), trace)

    fine = tuple(each for each in sorted({*telling, *named}) if broken(each) is None)
    alike = range(200, 300) if _success(first) else (first,)
    wrong = tuple(each for each in alike if broken(each) is not None)
    return Expected(first, fine, wrong)


def _success(status: int) -> bool:
    return 200 <= status < 300
