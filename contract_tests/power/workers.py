"""Processes that make trials, each with a server of its own."""

from __future__ import annotations

import logging
import multiprocessing
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from contract_tests.power.trials import Plan, Trials

#: The trials of this process.
_trials: list[Trials] = []


class Workers:
    """Processes that are there while a `with` block runs; one job works in this process.

    `trials` are made in this process, for what does not take long.
    """

    def __init__(self, plan: Plan, jobs: int) -> None:
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

        The method is one of `Trials`, by its name. Tells now and then how far it is.
        """
        calls = list(calls)
        todo = [(method, each) for each in calls]
        done = self._pool.map(_call, todo) if self._pool is not None else map(_call, todo)
        for number, (call, outcome) in enumerate(zip(calls, done, strict=True), 1):
            if sys.stderr.isatty() or number % 25 == 0 or number == len(calls):
                sys.stderr.write(f"{self._plan.api}: {method} {number}/{len(calls)}\n")
            yield call, outcome


def _start(plan: Plan) -> None:
    warnings.simplefilter("ignore")
    # A planted defect may well make a mock withhold its answer, and tell of it each time.
    logging.disable(logging.CRITICAL)
    _trials[:] = [Trials(plan)]


def _call(work: tuple[str, Any]) -> Any:
    method, argument = work
    arguments = argument if isinstance(argument, tuple) else (argument,)
    return getattr(_trials[0], method)(*arguments)
