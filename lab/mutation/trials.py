"""Trials: one defect, one detector, several seeds; made in processes of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from contract_tests.target.target import Target
from lab.mutants.catalogue import MOST_SITES, catalogue
from lab.mutants.defect import Defect
from lab.mutation.detectors import (
    Key,
    SeedOutcome,
    findings_of_suite,
    stock,
    suite,
)
from lab.mutation.past import used
from lab.mutation.probe import NOON, is_visible, observed
from lab.mutation.test_bed import TestBed


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """How much is tried: seeds for each detector, and after how many the suite gives a defect up.

    What the suite does not find with the first `patience` seeds is missed. Without writing, and for
    Schemathesis as it comes, there are fewer seeds, as both miss much, and a miss takes a whole
    run. `sites` is the most sites of one class.
    """

    api: str
    seeds: int = 20
    patience: int = 2
    read_only_seeds: int = 2
    stock_seeds: int = 1
    stock_examples: int = 20
    sites: int = MOST_SITES
    groups: tuple[str, ...] = ()


@dataclass(slots=True)
class Trial:
    """What one detector made of one defect, seed by seed."""

    outcomes: list[SeedOutcome] = field(default_factory=list)

    @property
    def caught(self) -> bool:
        """Say whether any seed found it."""
        return any(each.caught for each in self.outcomes)

    @property
    def steady(self) -> bool:
        """Say whether at least 19 of 20 seeds found it."""
        found = sum(each.caught for each in self.outcomes)
        return bool(self.outcomes) and found >= 0.95 * len(self.outcomes)


class Trials:
    """Makes trials on one server; a defect is known by its name."""

    def __init__(self, plan: TrialPlan) -> None:
        self.plan = plan
        self._still = TestBed(plan.api, NOON)
        self._test_bed = TestBed(plan.api)
        self._scene, self._transcript = observed(self._still)
        found = catalogue(self._scene, plan.sites, plan.groups)
        self.defects: dict[str, Defect] = {each.name: each for each in found}
        self._known: dict[int, frozenset[Key]] = {}

    def visible(self, name: str) -> bool:
        """Say whether a defect can be seen from outside."""
        return is_visible(self._still, self._scene, self.defects[name], self._transcript)

    def suite(self, name: str) -> Trial:
        """Try our suite; each seed begins with the parts of it that found the defect before."""
        return self._tried(name, self.plan.seeds, writes=True)

    def read_only(self, name: str) -> Trial:
        """Try our suite without writing, on accounts that clients have worked in before."""
        return self._tried(name, self.plan.read_only_seeds, writes=False)

    def _tried(self, name: str, seeds: int, *, writes: bool) -> Trial:
        trial = Trial()

        def fresh() -> Target:
            target = self._test_bed.target(self.defects[name])
            return target if writes else used(target, self._scene.lifecycle)

        for seed in range(1, seeds + 1):
            if seed > self.plan.patience and not trial.caught:
                break
            trial.outcomes.append(suite(fresh, seed, ahead=trial.outcomes, writes=writes))
        return trial

    def stock(self, name: str) -> Trial:
        """Try Schemathesis as it comes."""
        fresh = partial(self._test_bed.target, self.defects[name])
        examples = self.plan.stock_examples
        return Trial(
            [
                stock(fresh, seed, known=self._known_to_stock(seed), max_examples=examples)[0]
                for seed in range(1, self.plan.stock_seeds + 1)
            ]
        )

    def alarms(self, variant: str, seed: int) -> list[str]:
        """Return what our suite finds where nothing is wrong; an empty name is the mock itself."""
        from lab.mutation.variants import VARIANTS

        chosen = next((each for each in VARIANTS if each.name == variant), None)
        plant = partial(chosen.plant, self._scene) if chosen is not None else None
        fresh = partial(self._test_bed.target, None, plant)
        found = findings_of_suite(fresh, seed)
        lifecycle = self._scene.lifecycle
        found += findings_of_suite(lambda: used(fresh(), lifecycle), seed, writes=False)
        return [f"{each.check}: {each.operation}: {each.message}" for each in found]

    def _known_to_stock(self, seed: int) -> frozenset[Key]:
        """What Schemathesis finds fault with where there is no defect."""
        if seed not in self._known:
            examples = self.plan.stock_examples
            found = stock(self._test_bed.target, seed, max_examples=examples, first=False)
            self._known[seed] = found[1]
        return self._known[seed]
