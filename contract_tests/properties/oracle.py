"""What an oracle is: a property, and the cases in which it is tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any, TypeVar

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


#: Yields the cases of a property for one resource of a lifecycle.
Cases = Callable[[Lifecycle, Resource], Iterator[Case]]
#: The same, of a property for which the resource alone is enough.
CasesOfResource = Callable[[Resource], Iterator[Case]]
_F = TypeVar("_F", Cases, CasesOfResource)
_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Oracle:
    """A property across calls.

    `id` never changes, as seeds and baselines depend on it; `description` says in a sentence what
    holds. `writes` says that its cases change something, or try to.
    """

    id: str
    description: str
    cases: Cases
    writes: bool


#: All oracles, in the order in which they are tried.
ORACLES: list[Oracle] = []


def oracle(id_: str, description: str, *, writes: bool, first: bool = False) -> Callable[[_F], _F]:
    """Register the decorated function, which yields the cases of a property, as an oracle.

    It takes a resource, after the lifecycle if it has a parameter `lifecycle`. With `first`, it is
    tried before the others, when a run has made nothing yet. Raises ValueError for an id that is no
    snake_case word or is used.
    """
    if not _ID.fullmatch(id_) or any(each.id == id_ for each in ORACLES):
        raise ValueError(f"{id_!r} is no id for an oracle, or is used")

    def register(cases: _F) -> _F:
        found: Any = cases
        if "lifecycle" not in signature(cases).parameters:
            found = partial(_of_resource, found)
        ORACLES.insert(0 if first else len(ORACLES), Oracle(id_, description, found, writes))
        return cases

    return register


def _of_resource(cases: CasesOfResource, _: Lifecycle, resource: Resource) -> Iterator[Case]:
    return cases(resource)
