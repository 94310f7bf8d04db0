"""What must hold between answers: plain data, so that it can be judged again on another trace.

What a lifecycle declares is named in a claim, not carried.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Self, get_type_hints

from contract_tests.exchange.trace import Trace
from contract_tests.target.session import Session
from mock_server.lifecycle.model import Lifecycle
from mock_server.openapi.document import SpecIndex


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """What claims are judged by: the spec, and the lifecycle with the target's parameters."""

    spec: SpecIndex
    lifecycle: Lifecycle
    parameters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, session: Session) -> ClaimContext:
        """Return what claims about a session's answers are judged by."""
        parameters = tuple(session.target.parameters.items())
        return cls(session.spec, session.lifecycle, parameters)


@dataclass(frozen=True, slots=True)
class Looks:
    """Marks a field as the number of an exchange, or of several.

    `at` names the field with the pointer to what the claim is about there, if it has one.
    """

    at: str = "pointer"


#: The exchange that a claim is about, by its number within the trace.
Number = Annotated[int, Looks()]
#: Those of the pages of a list.
Numbers = Annotated[tuple[int, ...], Looks()]

#: The part of a pointer that says which one of a list is meant.
_MEMBER = re.compile(r"/(?:\d+|[^/=]+=[^/]*)(?=/|$)")


def anywhere(pointer: str) -> str:
    """Return a pointer with `*` for each place in a list: what is wrong, whichever record shows it.

    Other runs have other identifiers, and one fault shows in many places.
    """
    return _MEMBER.sub("/*", pointer)


class CannotTell(Exception):
    """A trace has not got what a claim is judged by; the message says what is missing."""


class Claim(ABC):
    """Something that must hold of a trace: a dataclass whose fields say of which exchanges.

    Those fields are marked with `Looks`; the first of them names the answer that is wrong if the
    claim does not hold.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def subject(self) -> str:
        """What of an answer is wrong if this does not hold: a status, a pointer, a word."""

    @abstractmethod
    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        """Return in a few words how it does not hold, or None."""

    @property
    def exchanges(self) -> set[int]:
        """The numbers of the exchanges that it is about."""
        return {number for name in _looks(type(self)) for number in self._numbers(name)}

    @property
    def judged(self) -> int:
        """The number of the exchange that is wrong if it does not hold."""
        return self._numbers(next(iter(_looks(type(self)))))[-1]

    @property
    def looks(self) -> dict[str, str | None]:
        """The fields with exchanges, each with the field that points into its answer, if any does.

        This is what a claim is placed by where its class has no marks left.
        """
        return {
            name: looks.at
            if isinstance(getattr(self, name), int) and hasattr(self, looks.at)
            else None
            for name, looks in _looks(type(self)).items()
        }

    def renumbered(self, change: Callable[[int], tuple[int, ...]]) -> Self:
        """Return the claim about other exchanges.

        One may become several where a field takes several; where it takes one, it is the last.
        """
        changed: dict[str, Any] = {}
        for name in _looks(type(self)):
            numbers = [new for old in self._numbers(name) for new in change(old)]
            several = isinstance(getattr(self, name), tuple)
            changed[name] = tuple(dict.fromkeys(numbers)) if several else numbers[-1]
        return replace(self, **changed)  # type: ignore[type-var]  # claims are dataclasses

    def _numbers(self, name: str) -> tuple[int, ...]:
        value = getattr(self, name)
        return value if isinstance(value, tuple) else (value,)


@cache
def _looks(kind: type[Claim]) -> dict[str, Looks]:
    """The fields of a kind of claim that are marked, in their order."""
    return {
        name: mark
        for name, hint in get_type_hints(kind, include_extras=True).items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, Looks)
    }
