"""What an oracle is: a property, and the cases in which it is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract_tests.properties.actions import Actions
from mock_server.lifecycle.model import Lifecycle, Resource


@dataclass(frozen=True, slots=True)
class Case:
    """One way to try a property: the operation it is about, and what to do.

    `other` says that it takes a second account. `touches_foreign_data` says that it may reach
    further than the run's own records: it calls without a right credential, names records that it
    does not know, or sends what would not carry the run's tag if it were taken.
    """

    operation: str
    run: Callable[[Actions], None]
    other: bool = False
    touches_foreign_data: bool = False


#: Yields the cases of a property for one resource.
Cases = Callable[[Lifecycle, Resource], Iterator[Case]]


@dataclass(frozen=True, slots=True)
class Oracle:
    """A property across calls.

    `writes` says that its cases change something, or try to.
    """

    name: str
    cases: Cases
    writes: bool


#: All oracles, in the order in which they are tried.
ORACLES: list[Oracle] = []


def oracle(name: str, *, writes: bool, first: bool = False) -> Callable[[Cases], Cases]:
    """Register the decorated function, which yields the cases of a property, as an oracle.

    With `first`, it is tried before the others, when a run has made nothing yet.
    """

    def register(cases: Cases) -> Cases:
        ORACLES.insert(0 if first else len(ORACLES), Oracle(name, cases, writes))
        return cases

    return register
