"""Isolated worlds, chosen by credential."""

from __future__ import annotations

import hashlib
import random
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from mock_server.state.change_log import ChangeLog
from mock_server.state.clock import Clock
from mock_server.state.store import Commit, State, Transaction

#: Gives the seed records of an API: (api, persona, seed) → State.
Seeder = Callable[[str, str, int], State]


@dataclass(frozen=True, slots=True)
class SandboxName:
    """What a credential says about its sandbox; equal names open the same one."""

    name: str
    persona: str


@dataclass(frozen=True, slots=True)
class Defect:
    """An answer of the mock that was withheld because it was off the contract, or a crash."""

    operation: str
    pointer: str
    message: str


class Sandbox:
    """One world: its records, clock, random source, change log and recorded defects."""

    def __init__(self, name: SandboxName, seed: int, seeder: Seeder, clock: Clock) -> None:
        self.name = name.name
        self.persona = name.persona
        self.seed = seed
        self.clock = clock
        self.state = State()
        self.log = ChangeLog(self.state)
        self.defects: deque[Defect] = deque(maxlen=100)
        #: Vendor-neutral memory of things that are not records, by owner (rate-limit windows).
        self.windows: dict[str, Any] = {}
        self.rate_limited = False
        self._seeder = seeder

    def enter(self, api: str) -> None:
        """Make sure that the API's seed records are there; costs nothing the second time."""
        if api not in self.state.seeded:
            seed = self._seeder(api, self.persona, self.seed)
            self.state = self.state.merged_with_seed(api, seed)
            if api not in self.log.base.seeded:
                self.log.adopt_seed(api, seed)

    def begin(self) -> Transaction:
        """Return a transaction on the present state."""
        return Transaction(self.state)

    def commit(self, transaction: Transaction, cause: str) -> Commit | None:
        """Make the transaction's writes the present state, and log them.

        Raises RuntimeError if another commit came in between, which cannot happen as long as
        operations run to their end without awaiting.
        """
        commit = transaction.commit(cause)
        if commit is not None:
            if commit.revision != self.state.revision + 1:
                raise RuntimeError("the state moved on while the operation ran")
            self.state = transaction.state_after(commit)
            self.log.append(commit)
        return commit

    def random_source(self) -> random.Random:
        """Return the random source of the next commit: the same for the same seed and revision."""
        digest = hashlib.blake2b(f"{self.seed}/{self.state.revision}".encode(), digest_size=8)
        return random.Random(int.from_bytes(digest.digest()))  # noqa: S311 - reproducible on purpose


class Sandboxes:
    """The open sandboxes, bounded in number and in idle time; the longest idle one goes first."""

    def __init__(
        self,
        seeder: Seeder,
        *,
        seed: int = 0,
        clock: Callable[[], Clock] = Clock,
        limit: int = 1000,
        idle_seconds: float = 3600.0,
        rate_limited: Callable[[str], bool] = lambda _: False,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._seeder = seeder
        self._seed = seed
        self._clock = clock
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._rate_limited = rate_limited
        self._monotonic = monotonic
        self._open: OrderedDict[str, tuple[Sandbox, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def names(self) -> list[str]:
        """Return the names of the open sandboxes, the longest idle one first."""
        return list(self._open)

    def find(self, name: str) -> Sandbox | None:
        """Return the sandbox if it is open, without counting as a use."""
        entry = self._open.get(name)
        return entry[0] if entry else None

    def open(self, name: SandboxName) -> Sandbox:
        """Return the sandbox of that name, made on first use."""
        now = self._monotonic()
        entry = self._open.get(name.name)
        sandbox = entry[0] if entry else self._make(name)
        self._open[name.name] = (sandbox, now)
        self._open.move_to_end(name.name)
        self._evict(now)
        return sandbox

    def close(self, name: str) -> None:
        """Forget a sandbox; raises KeyError if it is not open."""
        del self._open[name]

    def _make(self, name: SandboxName) -> Sandbox:
        sandbox = Sandbox(name, self._seed, self._seeder, self._clock())
        sandbox.rate_limited = self._rate_limited(name.name)
        return sandbox

    def _evict(self, now: float) -> None:
        while True:
            oldest, (_, used) = next(iter(self._open.items()))
            if len(self._open) <= self._limit and now - used <= self._idle_seconds:
                return
            del self._open[oldest]
