"""Find the smallest set of odd values that breaks a program: by dimension, record, then field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from mock_server.seeding.messy import OddValue
from mock_server.seeding.odd_values import DIMENSIONS, LONG_IDS
from mock_server.shrinking.program import Outcome
from mock_server.shrinking.reduce import reduced
from mock_server.state.variation import Variation

#: Runs the program with a variation, for so many seconds at most.
Run = Callable[[Variation, float], Outcome]


class Flaky(Exception):
    """The program fails now and then with the same data; the message says how often."""


class OutOfTime(Exception):
    """There is no time left for another run."""


@dataclass
class Limits:
    """How often the same is run to see whether it fails each time, and how long all may take.

    `seconds` is for one run, `in_all` for all of them, None for no limit.
    """

    repeats: int = 3
    seconds: float = 120.0
    in_all: float | None = None


@dataclass
class Found:
    """The smallest set so far: its dimensions, and the odd values if it is known by them."""

    dimensions: frozenset[str]
    odd_values: tuple[OddValue, ...] | None = None
    outcome: Outcome | None = None
    #: Whether nothing in it can be left out, as far as was tried.
    finished: bool = False

    @property
    def variation(self) -> Variation:
        """What gives a sandbox exactly this set."""
        only = (
            None
            if self.odd_values is None
            else frozenset(odd.place for odd in self.odd_values if odd.dimension != LONG_IDS)
        )
        return Variation(messy=self.dimensions, only=only)


@dataclass
class Search:
    """One search: `values_of` gives the odd values of a variation, `say` reports progress."""

    run: Run
    values_of: Callable[[Variation], Sequence[OddValue]]
    say: Callable[[str], None]
    limits: Limits = field(default_factory=Limits)
    found: Found | None = None

    def __post_init__(self) -> None:
        self._began = monotonic()
        self._known: dict[Variation, Outcome] = {}

    def fails_without(self) -> Outcome | None:
        """Return the failure of the program on data without odd values, None if it passes.

        Raises Flaky.
        """
        outcome = self._always(Variation(messy=frozenset()), "without odd values")
        return outcome if outcome.failed else None

    def smallest(self, dimensions: Iterable[str]) -> Found | None:
        """Return the smallest set that fails, None if all of it passes; raises Flaky.

        Where the time is over before the end, it is the smallest so far; raises OutOfTime if
        there is none.
        """
        names = [name for name in DIMENSIONS if name in set(dimensions)]
        whole = Variation(messy=frozenset(names))
        outcome = self._always(whole, f"with {_count(len(names), 'dimension')}")
        if not outcome.failed:
            return None
        self.found = Found(frozenset(names), outcome=outcome)
        try:
            self._by_dimension(names)
            self._by_value()
        except OutOfTime:
            return self.found
        final = self._always(self.found.variation, "with the smallest set", again=True)
        self.found.outcome = final
        self.found.finished = True
        return self.found

    def _by_dimension(self, names: Sequence[str]) -> None:
        def fails(part: Sequence[str]) -> bool:
            text = f"with {_count(len(part), 'dimension')}: {', '.join(part) or 'none'}"
            return self._keeps(Found(frozenset(part)), text)

        reduced(names, fails)

    def _by_value(self) -> None:
        assert self.found is not None  # noqa: S101 - set by whoever calls this
        dimensions = self.found.dimensions
        values = list(self.values_of(self.found.variation))
        ids = [odd for odd in values if odd.dimension == LONG_IDS]
        values = [odd for odd in values if odd.dimension != LONG_IDS]
        records = list(dict.fromkeys((odd.table, odd.key) for odd in values))

        def of_records(part: Sequence[tuple[str, object]]) -> bool:
            kept = [odd for odd in values if (odd.table, odd.key) in set(part)]
            text = f"with odd values in {_count(len(part), 'record')} of {len(records)}"
            return self._keeps(Found(dimensions, (*ids, *kept)), text)

        if not of_records(records):
            raise Flaky("it passes with the odd values that it failed with before")
        left = set(reduced(records, of_records))
        values = [odd for odd in values if (odd.table, odd.key) in left]

        def of_fields(part: Sequence[OddValue]) -> bool:
            text = f"with {_count(len(part), 'odd value')} of {len(values)}"
            return self._keeps(Found(dimensions, (*ids, *part)), text)

        reduced(values, of_fields)

    def _keeps(self, candidate: Found, text: str) -> bool:
        """Run with a smaller set, and remember it if it fails."""
        candidate.outcome = self._outcome(candidate.variation, text)
        if candidate.outcome.failed:
            self.found = candidate
        return candidate.outcome.failed

    def _always(self, variation: Variation, text: str, *, again: bool = False) -> Outcome:
        """Return how the program ends each time with the same data; raises Flaky."""
        outcomes = [self._outcome(variation, text, again=again)]
        while len(outcomes) < self.limits.repeats:
            outcomes.append(self._outcome(variation, text, again=True))
        failed = sum(each.failed for each in outcomes)
        if 0 < failed < len(outcomes):
            raise Flaky(f"it failed in {failed} of {len(outcomes)} runs {text}")
        return outcomes[-1]

    def _outcome(self, variation: Variation, text: str, *, again: bool = False) -> Outcome:
        if variation in self._known and not again:
            return self._known[variation]
        seconds = self.limits.seconds
        if self.limits.in_all is not None:
            left = self.limits.in_all - (monotonic() - self._began)
            if left <= 0:
                raise OutOfTime
            seconds = min(seconds, left)
        outcome = self.run(variation, seconds)
        if outcome.code is None and seconds < self.limits.seconds:
            # It was cut off by the end of all time, which says nothing about it.
            raise OutOfTime
        self._known[variation] = outcome
        ending = "fails" if outcome.failed else "passes"
        self.say(f"{ending} {text}{' (took too long)' if outcome.code is None else ''}")
        return outcome


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
