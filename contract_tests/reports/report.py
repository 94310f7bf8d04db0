"""One report of the runs of all APIs: what every form that it is shown in is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contract_tests.findings import NOT_TESTED, Finding, Run
from contract_tests.reports.baseline import Baseline, Known, fingerprint_of
from contract_tests.target.secrets import Secrets

Verdict = Literal["new", "known", "expired"]


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding as it is reported: `number` counts over all APIs, from 1.

    `alike` is how many more findings had the same fingerprint and are left out; `known` is the
    baseline's entry for it; `files` the names of its reproductions below the report's folder.
    """

    number: int
    finding: Finding
    fingerprint: str
    verdict: Verdict
    alike: int = 0
    known: Known | None = None

    @property
    def fails(self) -> bool:
        """Say whether the run fails for it."""
        return self.verdict != "known"


@dataclass(frozen=True, slots=True)
class ApiReport:
    """What became of one API; `unreachable` says why it was not tested, in one line."""

    run: Run
    findings: tuple[Reported, ...] = ()
    unreachable: str = ""

    @property
    def fails(self) -> bool:
        """Say whether something was found that the baseline does not excuse."""
        return any(each.fails for each in self.findings)

    @property
    def not_tested(self) -> bool:
        """Say whether it, or a part of it, was not tested."""
        of_a_run = any(each.finding.check in NOT_TESTED for each in self.findings)
        return bool(self.unreachable or self.run.interrupted or of_a_run)

    @property
    def verdict(self) -> str:
        """What became of it in a few words."""
        if self.unreachable:
            return "unreachable"
        counts = [
            (sum(each.verdict == verdict for each in self.findings), words)
            for verdict, words in (("new", "new"), ("expired", "expired"), ("known", "known"))
        ]
        found = [f"{count} {words}" for count, words in counts if count]
        text = f"findings: {', '.join(found)}" if found else "nothing found"
        if self.run.interrupted:
            return f"interrupted {self.run.interrupted}; {text if found else 'no findings'} so far"
        return text


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome for all APIs; `gone` are entries of the baseline that were not found any more."""

    started: datetime
    apis: tuple[ApiReport, ...]
    gone: tuple[Known, ...] = ()

    @property
    def findings(self) -> tuple[Reported, ...]:
        """The findings of all APIs, in the order of their numbers."""
        return tuple(each for api in self.apis for each in api.findings)

    @property
    def fails(self) -> bool:
        """Say whether something was found that the baseline does not excuse."""
        return any(api.fails for api in self.apis)

    @property
    def not_tested(self) -> bool:
        """Say whether an API, or a part of one, was not tested."""
        return any(api.not_tested for api in self.apis)

    @property
    def unreachable(self) -> tuple[ApiReport, ...]:
        """The APIs that were not tested."""
        return tuple(api for api in self.apis if api.unreachable)


def report_of(
    outcomes: Iterable[tuple[Run, str]],
    *,
    secrets: Secrets,
    baseline: Baseline,
    started: datetime,
) -> Report:
    """Return the report of runs, each with why its target was unreachable, or nothing.

    This is where secrets are taken out: no report is made of anything else.
    """
    cleaned = [(secrets.cleaned(run), secrets.clean(why)) for run, why in outcomes]
    apis: list[ApiReport] = []
    number = 0
    for run, why in cleaned:
        reported = _reported(run, baseline, started, number)
        number += len(reported)
        apis.append(ApiReport(run, reported, why))
    return Report(started, tuple(apis), baseline.gone([run for run, why in cleaned if not why]))


def _reported(run: Run, baseline: Baseline, started: datetime, before: int) -> tuple[Reported, ...]:
    by_fingerprint: dict[str, list[Finding]] = {}
    for finding in run.findings:
        by_fingerprint.setdefault(fingerprint_of(run.api, finding), []).append(finding)
    found = []
    for number, (fingerprint, alike) in enumerate(by_fingerprint.items(), before + 1):
        # An older baseline may excuse that nothing was tested.
        excusable = alike[0].check not in NOT_TESTED
        known = baseline.entry(fingerprint) if excusable else None
        verdict: Verdict = "new"
        if known is not None:
            verdict = "expired" if known.expired(started.date()) else "known"
        found.append(
            Reported(number, _plainest(alike), fingerprint, verdict, len(alike) - 1, known)
        )
    return tuple(found)


def _plainest(findings: Sequence[Finding]) -> Finding:
    """One that can be repeated, in the fewest steps, with the shortest message."""
    return min(
        findings, key=lambda each: (not each.reproduction, len(each.steps), len(each.message))
    )
