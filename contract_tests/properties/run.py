"""Try every property on every resource of a target, and report what does not hold."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from random import Random

import httpx

from contract_tests.claims import Claim
from contract_tests.exchange.trace import Trace
from contract_tests.findings import Evidence, Finding, Property, Run
from contract_tests.garbage_collection import seldom_collected
from contract_tests.properties.actions import Actions, Breach, CaseNotApplicable, ClaimViolated
from contract_tests.properties.oracle import Case, Oracle
from contract_tests.properties.oracles import ORACLES
from contract_tests.reproduction.evidence import actual_of, evidence, expected_by
from contract_tests.reproduction.pytest_module import pytest_module
from contract_tests.reproduction.running import violation_of
from contract_tests.reproduction.shell import shell_script
from contract_tests.reproduction.shrink import Shortener
from contract_tests.target.guard import BlockedByGuard, UnreadableCreation
from contract_tests.target.mock import mock_target
from contract_tests.target.profiles import OutOfTime
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from mock_server.discovery import api_names, load_lifecycle
from mock_server.lifecycle.model import Lifecycle, Resource
from mock_server.lifecycle.values import UnparsableValue

PHASE = "properties"
#: Answers that keep to the spec are held to it whatever else is tried.
CONFORMS = "answers_conform"
#: What a lifecycle reads of an answer must be there to be read.
MAKE_SENSE = "answers_are_readable"
#: Nothing is tried that the guard before a target refuses.
GUARD = "guard"
CRASH = "crash"
#: Every call is answered.
LOST = "transport"
#: Whoever works in the account changes what a list or a summary shows; so a service must show a
#: fault of one so many times more.
_TIMES = 5
_NONSENSE = (UnparsableValue, LookupError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is tried: `rounds` of all cases, and how far they may reach.

    `share` is how many of them, though at least one of each property for each resource. `writes`
    allows those that change their own records, `touches_foreign_data` those that may reach further.
    With `first`, the run ends with its first finding. With `shortest`, what shows a finding is sent
    again in shorter forms, to the target and to one that conforms (`reference` makes it; without
    it, a mock of the API), until nothing can be left out. `only` names the properties to try, and
    `case` the one case of theirs (`Property.last`); without them, all are.
    """

    rounds: int = 2
    share: float = 1.0
    writes: bool = True
    touches_foreign_data: bool = True
    first: bool = False
    shortest: bool = True
    only: tuple[str, ...] = ()
    case: str = ""
    reference: Callable[[], Target] | None = None


@seldom_collected()
def run_properties(
    target: Target,
    *,
    seed: int = 1,
    plan: Plan | None = None,
    tag: RunTag | None = None,
    into: Run | None = None,
    progress: Callable[[str], None] = lambda _: None,
    tick: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Try the properties of all oracles on a target, and return what was found.

    The same seed draws the same values. `tag` marks what is created, in place of the target's;
    `progress` gets a few words when a property has been tried, `tick` gets the run after
    each case. What is found goes into the run `into`, so that it is there whatever ends this.
    """
    plan = plan or Plan()
    run = into or Run(target.vendor.api.name, seed)
    lifecycle = load_lifecycle(target.vendor)
    if lifecycle is None:
        run.skipped.append(f"{PHASE}: {run.api} declares no lifecycle")
        return run
    started = time.perf_counter()
    session = Session(target, lifecycle, tag)
    mocks = _Mocks(target, lifecycle, plan.reference)
    shortener = Shortener(session, mocks.session) if plan.shortest and not plan.first else None
    lost: list[Finding] = []
    try:
        for oracle in ORACLES:
            if plan.only and oracle.id not in plan.only:
                continue
            tried = Property(oracle.id, oracle.description)
            run.properties.append(tried)
            began = time.perf_counter()
            for _ in _try(oracle, session, plan, run, tried, shortener, lost):
                run.requests, run.checks = session.requests, session.checks
                tried.seconds = time.perf_counter() - began
                tick(run)
            progress(f"{oracle.id}: {tried.skipped or f'{tried.tried} cases'}")
            if plan.first and run.findings:
                break
    except OutOfTime as late:
        tried_ids = {each.name for each in run.properties}
        rest = [each.id for each in ORACLES if each.id not in tried_ids]
        untried = f"; not tried: {', '.join(rest)}" if rest else ""
        run.skipped.append(f"{PHASE}: {late}, while trying {run.properties[-1].name}{untried}")
    except KeyboardInterrupt:
        run.interrupted = f"while trying {run.properties[-1].name}"
        raise
    finally:
        run.requests, run.checks = session.requests, session.checks
        run.add_lost(lost)
        session.close()
        mocks.close()
        run.seconds = time.perf_counter() - started
    return run


class _Mocks:
    """A conforming target to compare with, started when it is first needed."""

    def __init__(
        self, target: Target, lifecycle: Lifecycle, reference: Callable[[], Target] | None
    ) -> None:
        self._make = reference or _mock_of(target.vendor.api.name)
        self._lifecycle = lifecycle
        self._session: Session | None = None

    def session(self) -> Session | None:
        """Return a session with it; None if there is none of this API."""
        if self._make is not None:
            self._session = Session(self._make(), self._lifecycle)
        return self._session

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()


def _mock_of(api: str) -> Callable[[], Target] | None:
    return partial(mock_target, api, "test-shortest") if api in api_names() else None


def _try(
    oracle: Oracle,
    session: Session,
    plan: Plan,
    run: Run,
    tried: Property,
    shortener: Shortener | None,
    lost: list[Finding],
) -> Iterator[None]:
    """Try an oracle's cases, and yield after each; `lost` gets what a service did not answer."""
    if oracle.writes and not plan.writes:
        tried.skipped = "needs --profile writes"
        return
    for number in range(plan.rounds):
        for where, case in _cases(oracle, session.lifecycle, run.seed, plan.share):
            if plan.case not in ("", where):
                continue
            if case.other and not session.has("other"):
                tried.skipped = "needs a second account (--other-credential)"
                continue
            if case.touches_foreign_data and not plan.touches_foreign_data:
                tried.skipped = "needs --profile full, as it may change records of others"
                continue
            tried.tried += 1
            tried.last = where
            random = Random(f"{run.seed}/{oracle.id}/{where}/{number}")  # noqa: S311 - no secret
            actions = Actions(session, random)
            began = time.perf_counter()
            try:
                breaches = _breaches(oracle, case, actions)
            finally:
                actions.tidy()
                label = _label(session, case.operation)
                took = time.perf_counter() - began
                tried.operations[label] = tried.operations.get(label, 0.0) + took
            if (
                plan.writes
                and not plan.touches_foreign_data
                and any(name == GUARD for name, _ in breaches)
            ):
                # The guard knows which records are the run's own, and not all cases do.
                tried.tried -= 1
                tried.skipped = "needs --profile full, as some of it may change records of others"
                breaches = [each for each in breaches if each[0] != GUARD]
            tried.failed += any(name == "" for name, _ in breaches)
            for name, breach in breaches:
                finding = _finding(name or oracle.id, breach, session, oracle.description)
                if any(_same_fault(finding, other) for other in run.findings):
                    continue
                if name == LOST and not session.target.in_process:
                    lost.append(finding)
                    continue
                run.add([finding])
                if shortener is None:
                    continue
                shown = _shown_shortest(finding, breach, shortener, session, oracle.description)
                if shown is not None:
                    run.findings[-1] = shown
                else:
                    run.findings.pop()
                    run.skipped.append(
                        f"noise: {finding.check}: {finding.operation}: it did not show again: "
                        f"{finding.message}"
                    )
            yield
            if plan.first and run.findings:
                return
    if tried.tried and tried.skipped:
        run.skipped.append(f"{PHASE}: some cases of {oracle.id}: {tried.skipped}")
        tried.skipped = ""
    elif not tried.tried and not tried.skipped:
        tried.skipped = "not applicable to this API"


def _cases(
    oracle: Oracle, lifecycle: Lifecycle, seed: int, share: float
) -> Iterator[tuple[str, Case]]:
    random = Random(f"{seed}/{oracle.id}")  # noqa: S311 - no secret
    resource: Resource
    for resource in lifecycle.resources:
        cases = list(enumerate(oracle.cases(lifecycle, resource)))
        few = random.sample(cases, ceil(share * len(cases))) if share < 1 else cases
        for place, case in sorted(few, key=lambda each: each[0]):
            yield f"{resource.name}/{place}", case


def _breaches(oracle: Oracle, case: Case, actions: Actions) -> list[tuple[str, Breach]]:
    """What a case finds; the name is empty where it is the case's own property."""
    found: list[tuple[str, Breach]] = []
    try:
        case.run(actions)
    except ClaimViolated as violated:
        found.append(("", violated.breach))
    except CaseNotApplicable:
        pass
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        found.append((LOST, _lost(case, actions, problem)))
    except UnreadableCreation as unread:
        found.append(("unreadable_creation", _lost(case, actions, unread)))
    except BlockedByGuard as refusal:
        found.append((GUARD, _lost(case, actions, refusal)))
    except _NONSENSE as nonsense:
        if not actions.breaches:
            found.append((MAKE_SENSE, _lost(case, actions, nonsense)))
    except OutOfTime:
        raise
    except Exception:  # noqa: BLE001 - a crash of one case must not hide what others find
        message = f"{oracle.id} crashed:\n{traceback.format_exc()}"
        found.append((CRASH, Breach(None, case.operation, message, actions.trace)))
    return [*((CONFORMS, breach) for breach in actions.breaches), *found]


def _lost(case: Case, actions: Actions, problem: Exception) -> Breach:
    return Breach(None, case.operation, f"{type(problem).__name__}: {problem}", actions.trace)


def _finding(name: str, breach: Breach, session: Session, description: str) -> Finding:
    return Finding(
        check=name,
        operation=_label(session, breach.operation),
        message=breach.message,
        phase=PHASE,
        subject=breach.claim.subject if breach.claim is not None else "",
        steps=tuple(str(exchange) for exchange in breach.trace),
        evidence=_evidence(breach.claim, breach.trace, breach.message, session, description),
    )


def _evidence(
    claim: Claim | None, trace: Trace, message: str, session: Session, description: str
) -> Evidence | None:
    """The exchange that a claim says is wrong; the last one where a call cannot be judged."""
    if not trace:
        return None
    if claim is None:
        return evidence(trace[len(trace) - 1], session, "an answer that can be read", message)
    exchange = trace[claim.judged]
    actual = actual_of(message, exchange, claim)
    return evidence(exchange, session, expected_by(claim, description), actual)


def _label(session: Session, operation_id: str) -> str:
    """An operation as reports name it: METHOD and path."""
    operation = session.spec.operations[operation_id]
    return f"{operation.method.upper()} {operation.path}"


def _same_fault(one: Finding, other: Finding) -> bool:
    """Whether two findings differ in no more than in the values that were drawn."""
    return (one.check, one.operation, one.subject) == (other.check, other.operation, other.subject)


def _shown_shortest(
    finding: Finding, breach: Breach, shortener: Shortener, session: Session, description: str
) -> Finding | None:
    """The finding with the shortest sequence that shows it, and both ways to send it again.

    None if a service that others may use as well does not show it again.
    """
    if breach.claim is None:
        return finding
    try:
        script, ran = shortener.shorten(breach.claim, breach.trace)
        of_a_list = hasattr(breach.claim, "pages") and not session.target.in_process
        if ran is not None and of_a_list and not shortener.shows(script, _TIMES):
            return None
    except OutOfTime:
        return replace(finding, message=f"{finding.message} (there was no time to shorten it)")
    except Exception as problem:  # noqa: BLE001 - what was found is worth more than its shortest form
        why = f"it was not shortened: {type(problem).__name__}: {problem}"
        return replace(finding, message=f"{finding.message} ({why})")
    if ran is None and not session.target.in_process:
        return None
    if ran is None:
        return replace(finding, message=f"{finding.message} (it did not show again)")
    message = violation_of(ran, session, script) or finding.message
    return replace(
        finding,
        message=message,
        steps=tuple(str(exchange) for exchange in ran.trace),
        reproduction=shell_script(script, session, finding.check, message),
        test=pytest_module(script, session, finding.check, message),
        evidence=_evidence(ran.claim, ran.trace, message, session, description),
    )
