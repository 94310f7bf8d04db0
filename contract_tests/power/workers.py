"""Processes that make trials, each with a server of its own."""

from __future__ import annotations

import multiprocessing
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from contract_tests.power.trials import Plan, Trials

#: The trials of this process.
_trials: list[Trials] = []

#: A method of `Trials`, its arguments call by call, a title → pairs of arguments and outcome.
_Work = Callable[[str, Iterable[Any], str], Iterator[tuple[Any, Any]]]


class Workers:
    """Processes that are there while a `with` block runs; one job works in this process.

    The block gets a function: the name of a method of `Trials`, and what to call it with, each in
    turn. It yields what it called it with and what came of it, and tells of its progress.
    """

    def __init__(self, plan: Plan, jobs: int) -> None:
        self._plan = plan
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> _Work:
        if self._jobs > 1:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._jobs, context, _start, (self._plan,))
        else:
            _start(self._plan)
        return self._work

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _work(self, method: str, calls: Iterable[Any], title: str) -> Iterator[tuple[Any, Any]]:
        calls = list(calls)
        todo = [(method, each) for each in calls]
        done = self._pool.map(_call, todo) if self._pool is not None else map(_call, todo)
        for number, (call, outcome) in enumerate(zip(calls, done, strict=True), 1):
            if sys.stderr.isatty() or number % 25 == 0 or number == len(calls):
                sys.stderr.write(f"{self._plan.api}: {title} {number}/{len(calls)}\n")
            yield call, outcome


def _start(plan: Plan) -> None:
    warnings.simplefilter("ignore")
    _trials[:] = [Trials(plan)]


def _call(work: tuple[str, Any]) -> Any:
    method, argument = work
    arguments = argument if isinstance(argument, tuple) else (argument,)
    return getattr(_trials[0], method)(*arguments)
