"""What mutation testing found, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from lab.mutants.defect import Defect
from lab.mutation.statistics import Share
from lab.mutation.trials import Trial, TrialPlan

DETECTORS = ("stock", "suite", "read_only")


def _steady(trial: Trial) -> bool:
    return trial.steady


@dataclass(slots=True)
class Result:
    """All trials of one API; `defects` are the visible ones, `alarms` what is found without any.

    `safe` names the operations that change nothing: no others are called without writing.
    """

    plan: TrialPlan
    defects: dict[str, Defect]
    safe: frozenset[str] = frozenset()
    invisible: list[str] = field(default_factory=list)
    trials: dict[str, dict[str, Trial]] = field(default_factory=dict)
    alarms: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    def share(
        self,
        detector: str,
        fits: Callable[[Defect], bool] = lambda _: True,
        judge: Callable[[Trial], bool] = lambda trial: trial.caught,
    ) -> Share:
        """Return how many of the tried defects a detector caught."""
        tried = self.trials.get(detector, {})
        found = [judge(trial) for name, trial in tried.items() if fits(self.defects[name])]
        return Share(sum(found), len(found))

    def missed(self, detector: str = "suite") -> list[str]:
        """Return the names of the defects that a detector did not catch."""
        tried = self.trials.get(detector, {})
        return [name for name in self.defects if name in tried and not tried[name].caught]

    def unsteady(self) -> list[str]:
        """Return the names of those that the suite caught with fewer than 19 of 20 seeds."""
        tried = self.trials.get("suite", {})
        return [name for name, each in tried.items() if each.caught and not _steady(each)]

    def kinds(self) -> Mapping[str, Callable[[Defect], bool]]:
        """Return the kinds of defects that are counted, and what tells them apart."""
        return {
            "all": lambda _: True,
            "semantic": lambda defect: defect.semantic,
            "of shape": lambda defect: not defect.semantic,
            "in safe operations": lambda defect: defect.site.operation in self.safe,
        }

    def unmet(self) -> Iterator[str]:
        """Yield the goals that were not reached."""
        if "suite" in self.trials:
            suite = self.share("suite", judge=_steady)
            semantic = self.share("suite", lambda defect: defect.semantic, _steady)
            if len(self.defects) < 120 and not self.plan.groups:
                yield f"{len(self.defects)} visible defects, not 120"
            if suite.value < 0.95:
                yield f"the suite catches {suite.value:.1%} with 19 of 20 seeds, not 95%"
            if semantic.value < 0.90:
                yield f"the suite so catches {semantic.value:.1%} of the semantic ones, not 90%"
        if "read_only" in self.trials:
            read_only = self.share("read_only")
            if read_only.value < 0.35:
                yield f"read-only catches {read_only.value:.1%}, not 35%"
            sent = sum(
                outcome.writes
                for trial in self.trials["read_only"].values()
                for outcome in trial.outcomes
            )
            if sent:
                yield f"read-only sent {sent} writes"
        false = sum(map(len, self.alarms.values()))
        if false:
            yield f"{false} false alarms"


def text_of(result: Result) -> str:
    """Return the table of a result, with all that was missed by name."""
    plan = result.plan
    semantic = sum(each.semantic for each in result.defects.values())
    head = (
        f"{plan.api}: {len(result.defects)} defects that can be seen from outside, {semantic} of "
        f"them semantic; {len(result.invisible)} cannot, and do not count"
    )
    seeds = (
        f"seeds: {plan.seeds} for the suite (what {plan.patience} do not find is missed), "
        f"{plan.read_only_seeds} read-only, {plan.stock_seeds} for stock Schemathesis with "
        f"{plan.stock_examples} examples"
    )
    titles = (
        f"{'class':30}{'defects':>8}{'stock':>8}{'suite':>8}{'steady':>8}{'read-only':>11}"
        f"{'seconds':>9}{'requests':>10}"
    )
    groups = dict.fromkeys(each.group for each in result.defects.values())
    lines = [head, seeds, "", titles]
    lines += [
        _row(result, group, lambda each, group=group: each.group == group)  # type: ignore[misc]
        for group in groups
    ]
    lines.append("")
    for name, fits in result.kinds().items():
        lines.append(_row(result, name, fits))
        lines += [
            f"  {detector:10} {result.share(detector, fits)}"
            for detector in DETECTORS
            if detector in result.trials
        ]
        if "suite" in result.trials:
            lines.append(f"  {'steady':10} {result.share('suite', fits, _steady)}")
    lines += ["", *_named("missed by the suite", result.missed())]
    lines += _named("not caught with 19 of 20 seeds", result.unsteady())
    lines += _named("cannot be seen", result.invisible)
    for variant, alarms in result.alarms.items():
        lines += [f"false alarm on {variant or 'the mock'}: {each}" for each in alarms[:5]]
    tried = len(result.alarms)
    lines.append(f"false alarms: {sum(map(len, result.alarms.values()))} on {tried} services")
    lines += [f"goal not met: {each}" for each in result.unmet()]
    return "\n".join(lines) + "\n"


def _row(result: Result, name: str, fits: Callable[[Defect], bool]) -> str:
    defects = [each for each in result.defects.values() if fits(each)]
    cells = [
        _cell(result.share("stock", fits)),
        _cell(result.share("suite", fits)),
        _cell(result.share("suite", fits, _steady)),
    ]
    # Later seeds begin with what found it before.
    outcomes = [
        outcome
        for each in defects
        for outcome in result.trials.get("suite", {}).get(each.name, Trial()).outcomes[:1]
    ]
    seconds = f"{median(each.seconds for each in outcomes):.1f}" if outcomes else "-"
    requests = f"{median(each.requests for each in outcomes):.0f}" if outcomes else "-"
    read_only = _cell(result.share("read_only", fits))
    return (
        f"{name:30}{len(defects):>8}"
        + "".join(f"{cell:>8}" for cell in cells)
        + f"{read_only:>11}{seconds:>9}{requests:>10}"
    )


def _cell(share: Share) -> str:
    return f"{share.count}/{share.of}" if share.of else "-"


def _named(title: str, names: list[str]) -> list[str]:
    return [f"{title}: {len(names)}", *(f"  {name}" for name in names)] if names else []


def json_of(result: Result) -> Mapping[str, Any]:
    """Return everything that was seen, as JSON."""
    return {
        "plan": {name: getattr(result.plan, name) for name in result.plan.__slots__},
        "seconds": round(result.seconds, 1),
        "totals": {
            detector: {
                "caught": str(result.share(detector)),
                "semantic": str(result.share(detector, lambda each: each.semantic)),
                "steady": str(result.share(detector, judge=_steady)),
                "semantic and steady": str(
                    result.share(detector, lambda each: each.semantic, _steady)
                ),
            }
            for detector in result.trials
        },
        "missed": result.missed(),
        "unsteady": result.unsteady(),
        "invisible": result.invisible,
        "alarms": result.alarms,
        "unmet": list(result.unmet()),
        "defects": [
            {
                "name": each.name,
                "layer": each.layer,
                "semantic": each.semantic,
                "description": each.description,
                **{
                    detector: [
                        {**asdict(outcome), "seconds": round(outcome.seconds, 2)}
                        for outcome in trials[each.name].outcomes
                    ]
                    for detector, trials in result.trials.items()
                    if each.name in trials
                },
            }
            for each in result.defects.values()
        ],
    }
