"""Send the same sequences to two targets, and judge what they answer differently.

The sequences are those of the properties, as the left target lets them go. The right target gets
each of them twice: what differs between its own answers is noise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import httpx

from contract_tests.differential.answered import NONSENSE, OtherAnswers, answers_to, ended_early
from contract_tests.differential.normal import Normaliser
from contract_tests.differential.pairs import Met, compared, short
from contract_tests.differential.questions import questions
from contract_tests.differential.verdicts import Judge, generalised
from contract_tests.differential.waivers import Waiver, waived
from contract_tests.exchange.trace import Exchange, Trace
from contract_tests.findings import Finding, Run
from contract_tests.properties.actions import Actions, CaseNotApplicable, ClaimViolated
from contract_tests.properties.oracle import Case, Oracle
from contract_tests.properties.oracles import ORACLES
from contract_tests.reproduction.evidence import evidence
from contract_tests.target.guard import BlockedByGuard
from contract_tests.target.profiles import OutOfTime
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from mock_server.discovery import load_lifecycle
from mock_server.lifecycle.model import Lifecycle

PHASE = "differential"


@dataclass(frozen=True, slots=True)
class Sides:
    """The two targets: `left` is compared with `right`, which is taken for the real one."""

    left: Target
    right: Target


def run_differential(
    sides: Sides,
    *,
    today: date,
    seed: int = 1,
    cases: int = 120,
    tag: RunTag | None = None,
    only: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Run:
    """Compare two targets over so many sequences, and return what differs and is not waived.

    The same seed draws the same sequences; `tag` marks what they make, `only` names the properties
    whose sequences are sent (none: all). Waived differences, noise, what was not compared and what
    there was no time for are listed in the run's `skipped`; an interrupted run is returned as such.
    """
    run = Run(sides.left.vendor.api.name, seed, sides.right.base_url)
    lifecycle = load_lifecycle(sides.left.vendor)
    if lifecycle is None:
        run.skipped.append(f"{PHASE}: {run.api} declares no lifecycle")
        return run
    started = time.perf_counter()
    comparison = _Comparison(sides, lifecycle, seed, tag or RunTag.of_seed(seed), today, waivers)
    chosen = list(_chosen(sides, lifecycle, seed, cases, only))
    name = "anything"
    try:
        for number, (name, case) in enumerate(chosen, 1):
            for finding in comparison.compare(name, case):
                known = {(each.check, each.operation, each.subject) for each in run.findings}
                if (finding.check, finding.operation, finding.subject) not in known:
                    run.add([finding])
            if number % 20 == 0:
                progress(f"{number} sequences, {len(run.findings)} differences")
    except OutOfTime as late:
        run.skipped.append(f"{PHASE}: {late}, after {number} of {len(chosen)} sequences")
    except KeyboardInterrupt:
        run.interrupted = f"while comparing {name}"
    finally:
        run.requests, run.checks = comparison.requests, comparison.checks
        run.skipped += comparison.skipped()
        run.seconds = time.perf_counter() - started
    return run


def _chosen(
    sides: Sides, lifecycle: Lifecycle, seed: int, most: int, only: Sequence[str]
) -> Iterator[tuple[str, Case]]:
    """What the documents leave open, and then a sample of cases that the profile allows.

    Each property has one case before any has a second one.
    """
    profile = sides.right.profile
    lone = None in (sides.left.other_credential, sides.right.other_credential)
    random = Random(f"{seed}/sequences")  # noqa: S311 - no secret
    offered = {oracle.id: list(_cases(oracle, lifecycle)) for oracle in ORACLES}
    if profile.writes == "none":
        offered = {oracle.id: offered[oracle.id] for oracle in ORACLES if not oracle.writes}
    else:
        yield from (each for each in questions(lifecycle) if not only or each[0] in only)
    turns: list[tuple[int, float, str, Case]] = []
    for name, cases in offered.items():
        allowed = [
            case
            for case in cases
            if not (case.other and lone)
            and (profile.foreign_credentials or not case.touches_foreign_data)
        ]
        if not only or name in only:
            random.shuffle(allowed)
            turns += [(turn, random.random(), name, case) for turn, case in enumerate(allowed)]
    yield from (
        (name, case) for _, _, name, case in sorted(turns, key=lambda each: each[:2])[:most]
    )


def _cases(oracle: Oracle, lifecycle: Lifecycle) -> Iterator[Case]:
    for resource in lifecycle.resources:
        yield from oracle.cases(lifecycle, resource)


class _Comparison:
    """Compares sequence by sequence, and keeps count of what it let pass."""

    def __init__(
        self,
        sides: Sides,
        lifecycle: Lifecycle,
        seed: int,
        tag: RunTag,
        today: date,
        waivers: Sequence[Waiver],
    ) -> None:
        self._sides = sides
        self._lifecycle = lifecycle
        self._seed = seed
        self._tag = tag
        self._today = today
        self._waivers = waivers
        self._numbers = 0
        self._answers = 0
        self._passed: set[str] = set()
        self._used: set[Waiver] = set()
        self.requests = 0
        self.checks = 0

    def compare(self, name: str, case: Case) -> list[Finding]:
        """Return what differs in one sequence."""
        self._numbers += 1
        left, kept = self._world(self._sides.left, case)
        if not len(left.trace):
            return []
        first, second = (self._answered(left.trace) for _ in range(2))
        met = self._met(left.trace, first, self._sides.left, self._sides.right)
        if not met:
            return []
        again = self._met(first.trace, second, self._sides.right, self._sides.right)
        noise = {(each.left.call.operation, generalised(each.difference.pointer)) for each in again}
        _, real_kept = self._world(self._sides.right, case)
        judge = Judge(self._sides.left.vendor.spec, noise, kept, real_kept)
        return [
            finding
            for each in met
            if (finding := self._finding(name, each, judge, left)) is not None
        ]

    def skipped(self) -> list[str]:
        """Return what was let pass, a line each."""
        unused = [waiver for waiver in self._waivers if waiver not in self._used]
        return [
            *sorted(self._passed),
            *(f"waiver of {each.operation} {each.pointer} was not needed" for each in unused),
        ]

    def _world(self, target: Target, case: Case) -> tuple[Actions, bool]:
        """Run a case on a target; returns its actions, and whether the property was kept."""
        session = Session(target, self._lifecycle, self._tag.part(f"{self._numbers}a"))
        random = Random(f"{self._seed}/{self._numbers}")  # noqa: S311 - no secret
        actions = Actions(session, random)
        kept = True
        try:
            case.run(actions)
        except (ClaimViolated, *NONSENSE):
            kept = False
        except (CaseNotApplicable, BlockedByGuard, LookupError, httpx.HTTPError):
            pass
        finally:
            actions.tidy()
            self._count(session)
        return actions, kept and not actions.breaches

    def _answered(self, left: Trace) -> OtherAnswers:
        """What the right target answers to the calls of a trace, as far as it goes."""
        self._answers += 1
        session = Session(
            self._sides.right, self._lifecycle, self._tag.part(f"{self._numbers}b{self._answers}")
        )
        answered = answers_to(left, session)
        self._count(session)
        return answered

    def _count(self, session: Session) -> None:
        self.requests += session.requests
        self.checks += session.checks
        session.close()

    def _met(self, left: Trace, right: OtherAnswers, one: Target, other: Target) -> list[Met]:
        normaliser = Normaliser(
            self._lifecycle, one.base_url, other.base_url, replaced_by=right.references.replaced_by
        )
        met = list(compared(left, right.trace, normaliser))
        self._passed |= {f"not compared: {each}" for each in normaliser.left_out}
        if right.ended is None:
            return met
        early = ended_early(left, right, normaliser)
        if early is not None:
            return met or [early]
        self._passed.add(f"ended early: {right.ended}")
        return met

    def _finding(self, name: str, met: Met, judge: Judge, left: Actions) -> Finding | None:
        operation = met.left.call.operation
        pointer = generalised(met.difference.pointer)
        verdict = judge.verdict(met.difference, met.left, met.right)
        if verdict == "noise":
            self._passed.add(f"noise: {operation} {pointer}")
            return None
        waiver = waived(self._waivers, operation, pointer, verdict, self._today)
        if waiver is not None:
            self._used.add(waiver)
            self._passed.add(f"waived: {operation} {pointer} ({waiver.reason})")
            return None
        template = self._sides.left.vendor.spec.operations[operation]
        return Finding(
            check=f"difference: {verdict}",
            operation=f"{template.method.upper()} {template.path}",
            message=(
                f"{pointer}: {short(met.difference.left)} here, "
                f"{short(met.difference.right)} there; {judge.why(verdict, met.left)} "
                f"(met while trying that {name})"
            ),
            phase=PHASE,
            subject=pointer,
            steps=tuple(str(each) for each in _until(left.trace, met.left)),
            evidence=evidence(
                met.left,
                left.session,
                f"{pointer}: {short(met.difference.right)}, as {self._sides.right.base_url} does",
                f"{pointer}: {short(met.difference.left)}; {judge.why(verdict, met.left)}",
            ),
        )


def _until(trace: Trace, last: Exchange) -> Iterable[Exchange]:
    return (each for each in trace if each.number <= last.number)
