"""What was sent and answered, call by call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from contract_tests.exchange.conformance import is_json, read_json
from contract_tests.target.target import Account
from mock_server.lifecycle.model import Parts
from mock_server.lifecycle.paging import Paging
from mock_server.lifecycle.pointers import ABSENT, find

__all__ = ["MISSING", "find"]

#: What `find` returns where a pointer leads nowhere.
MISSING = ABSENT
#: Who calls: an account of the target, nobody, or a caller whose credential is wrong.
Caller = Account | Literal["invalid_credential"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: an operation, what is sent besides its method and path template, and who calls."""

    operation: str
    parts: Parts = field(default_factory=Parts)
    account: Caller = "first"


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def body(self) -> Any:
        """The JSON value, exact; the text of what is text; MISSING for anything else."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not self.content:
            return MISSING
        if media_type.startswith("text/"):
            return self.content.decode("utf-8", "replace")
        if not is_json(media_type):
            return MISSING
        try:
            return read_json(self.content)
        except ValueError:
            return MISSING

    def at(self, pointer: str) -> Any:
        """Return what a JSON pointer leads to in the body, or MISSING."""
        return find(self.body, pointer)

    @property
    def succeeded(self) -> bool:
        """Say whether the status is one of success."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and its answer; `number` counts from 0 within its trace, `at` is when it ended."""

    number: int
    call: Call
    method: str
    url: str
    answer: Answer
    at: datetime

    def __str__(self) -> str:
        who = _WHO[self.call.account]
        return f"{self.method} {self.url}{who} → {self.answer.status}"


_WHO: Mapping[Caller, str] = {
    "first": "",
    "other": " as another account",
    "invalid_credential": " with a wrong credential",
    None: " without a credential",
}


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through a list in pages of a size: the numbers of its exchanges."""

    pages: tuple[int, ...]
    paging: Paging
    size: int
    most: int


class Trace:
    """The exchanges of one case, in order, and which of them were walks through a list."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.walks: list[Walk] = []

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def __len__(self) -> int:
        return len(self.exchanges)

    def __getitem__(self, number: int) -> Exchange:
        return self.exchanges[number]

    def answer(self, number: int) -> Answer:
        """Return the answer of an exchange."""
        return self.exchanges[number].answer


def firsts(trace: Trace) -> Iterator[Exchange]:
    """Yield the exchanges of a trace, of a walk through a list only the first."""
    within = {page for walk in trace.walks for page in walk.pages[1:]}
    return (exchange for exchange in trace if exchange.number not in within)
