"""What must hold between answers: plain data, so that it can be judged again on another trace.

Numbers (`answer`, `pages`) say which exchanges of a trace are meant. `violation` returns in a few
words how a claim does not hold, or None. What a lifecycle declares is named, not carried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from contract_tests.exchange.trace import Trace
from mock_server.lifecycle.model import Lifecycle
from mock_server.openapi.document import SpecIndex


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """What claims are judged by: the spec, and the lifecycle with the target's parameters."""

    spec: SpecIndex
    lifecycle: Lifecycle
    parameters: tuple[tuple[str, str], ...] = ()


#: The part of a pointer that says which one of a list is meant.
_MEMBER = re.compile(r"/(?:\d+|[^/=]+=[^/]*)(?=/|$)")


def anywhere(pointer: str) -> str:
    """Return a pointer with `*` for each place in a list: what is wrong, whichever record shows it.

    Other runs have other identifiers, and one fault shows in many places.
    """
    return _MEMBER.sub("/*", pointer)


class CannotTell(Exception):
    """A trace has not got what a claim is judged by; the message says what is missing."""


class Claim(Protocol):
    """Something that must hold of a trace; `subject` says what of the answer it is about."""

    @property
    def subject(self) -> str:
        """What of an answer is wrong if this does not hold: a status, a pointer, a word."""

    def violation(self, trace: Trace, terms: ClaimContext) -> str | None:
        """Return how it does not hold, or None."""
