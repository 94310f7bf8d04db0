"""Processes that make trials, each with a server of its own."""

from __future__ import annotations

import logging
import multiprocessing
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from lab.mutation.trials import TrialPlan, Trials

#: The trials of this process.
_trials: list[Trials] = []


class Workers:
    """Processes that are there while a `with` block runs; one job works in this process.

    `trials` are made in this process, for what does not take long.
    """

    def __init__(self, plan: TrialPlan, jobs: int) -> None:
        self.trials = Trials(plan)
        self._plan = plan
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        if self._jobs > 1:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._jobs, context, _start, (self._plan,))
        else:
            _trials[:] = [self.trials]
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def work(self, method: str, calls: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield each of the calls (an argument, or a tuple of them) with what the method returns.

        The method is one of `Trials`, by its name. What is done first comes first. Tells now and
        then how far it is.
        """
        calls = list(calls)
        for number, done in enumerate(self._done(method, calls), 1):
            if sys.stderr.isatty() or number % 25 == 0 or number == len(calls):
                sys.stderr.write(f"{self._plan.api}: {method} {number}/{len(calls)}\n")
            yield done

    def _done(self, method: str, calls: list[Any]) -> Iterator[tuple[Any, Any]]:
        if self._pool is None:
            yield from ((call, _call(method, call)) for call in calls)
            return
        asked = {self._pool.submit(_call, method, call): call for call in calls}
        for done in as_completed(asked):
            yield asked[done], done.result()


def _start(plan: TrialPlan) -> None:
    warnings.simplefilter("ignore")
    # A planted defect may well make a mock block its answer, and log it each time.
    logging.disable(logging.CRITICAL)
    _trials[:] = [Trials(plan)]


def _call(method: str, argument: Any) -> Any:
    arguments = argument if isinstance(argument, tuple) else (argument,)
    return getattr(_trials[0], method)(*arguments)
