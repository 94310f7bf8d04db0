"""The journal of a sandbox: every exchange, with what it changed, bounded in bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mock_server.state.store import Change, Key, State

#: What an exchange takes besides its texts, a change with the tree nodes of old states, a read.
_EXCHANGE_BYTES = 1_000
_CHANGE_BYTES = 2_000
_READ_BYTES = 100

Verdict = Literal["answered", "refused", "blocked"]


@dataclass(slots=True, eq=False)
class Exchange:
    """One request and its answer; never changed once it is made.

    `number` counts from 1 in its journal; `at` is the sandbox's time. `operation` is None for what
    no operation has. `verdict`: `answered` as asked, `refused` with a vendor's error (`error` is
    the neutral error's name, `violations` what validation said), or `blocked` because the answer
    was off the contract or code crashed (`problem` says how). `before` and `after` are the states
    around it; `reads` the records it looked up; `fault` the fault that was applied. `sent` is false
    if the caller did not get a whole answer. Nothing in it is redacted: whoever shows it does that.
    """

    number: int
    at: datetime
    api: str
    operation: str | None
    method: str
    origin: str
    path: str
    query: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    response_headers: Sequence[tuple[bytes, bytes]]
    response_body: bytes
    verdict: Verdict
    before: State
    after: State
    changes: tuple[Change, ...]
    reads: Sequence[tuple[str, Key]]
    error: str | None
    violations: tuple[str, ...]
    problem: str | None
    fault: str | None
    sent: bool

    @property
    def url(self) -> str:
        """The URL that was called."""
        return f"{self.origin}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def size(self) -> int:
        """About how many bytes of memory it holds."""
        return (
            _EXCHANGE_BYTES
            + len(self.request_body)
            + len(self.response_body)
            + len(self.query)
            + sum(map(len, self.request_headers.values()))
            + _CHANGE_BYTES * len(self.changes)
            + _READ_BYTES * len(self.reads)
        )


class EvidenceDropped(LookupError):
    """The question is about exchanges that the journal no longer holds."""


class Journal:
    """The newest exchanges of a sandbox, as many as fit in `limit` bytes; one fits always."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._exchanges: deque[Exchange] = deque()
        self._size = 0
        self._last = 0
        self._listeners: list[Callable[[Exchange], None]] = []

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    @property
    def last(self) -> int:
        """The number of the newest exchange, 0 if there was none."""
        return self._last

    @property
    def dropped(self) -> int:
        """The number of the newest exchange that is no longer held, 0 if all are."""
        return self._exchanges[0].number - 1 if self._exchanges else self._last

    @property
    def size(self) -> int:
        """About how many bytes the held exchanges take."""
        return self._size

    def append(self, exchange: Exchange) -> None:
        """Add the newest exchange, drop the oldest ones past the limit, and tell the listeners."""
        self._last = exchange.number
        self._exchanges.append(exchange)
        self._size += exchange.size
        while self._size > self.limit and len(self._exchanges) > 1:
            self._size -= self._exchanges.popleft().size
        for listener in self._listeners:
            listener(exchange)

    def get(self, number: int) -> Exchange:
        """Return an exchange; raises EvidenceDropped, or LookupError if it is yet to come."""
        if number <= self.dropped:
            raise EvidenceDropped(f"exchange {number} is no longer held; {self.dropped + 1} is")
        if number > self._last:
            raise LookupError(f"there is no exchange {number}; the last is {self._last}")
        return self._exchanges[number - self._exchanges[0].number]

    def since(self, number: int) -> list[Exchange]:
        """Return the exchanges after `number`; raises EvidenceDropped if some of them are gone."""
        if number < self.dropped:
            raise EvidenceDropped(
                f"exchanges {number + 1} to {self.dropped} are no longer held, so nothing can be "
                "said about them"
            )
        return [exchange for exchange in self._exchanges if exchange.number > number]

    def listen(self, listener: Callable[[Exchange], None]) -> Callable[[], None]:
        """Call `listener` with each exchange from now on; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def clear(self) -> None:
        """Forget every exchange, and count from 1 again; listeners stay."""
        self._exchanges.clear()
        self._size = self._last = 0
