"""A sandbox: one isolated state, with the clock, the chance and the journal of its own."""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from mock_server.state.clock import Clock
from mock_server.state.store import State, Transaction
from mock_server.state.variation import AS_THE_PERSONA, Variation

if TYPE_CHECKING:
    # What happens in a sandbox is kept for others, and nothing here looks into it.
    from mock_server.journal.journal import Journal

#: Gives the seed records of an API: (api, persona, seed, variation) → State.
Seeder = Callable[[str, str, int, Variation], State]


@dataclass(frozen=True, slots=True)
class SandboxName:
    """What a credential says about its sandbox; equal names open the same one."""

    name: str
    persona: str


@dataclass(frozen=True, slots=True)
class BlockedAnswer:
    """An answer of the mock that was blocked because it was off the contract, or a crash."""

    operation: str
    pointer: str
    message: str


class Sandbox:
    """One isolated set of records, with its clock, random source, journal and snapshots."""

    def __init__(
        self,
        name: SandboxName,
        seed: int,
        seeder: Seeder,
        clock: Clock,
        journal: Journal,
        *,
        first_revision: int = 0,
        variation: Variation = AS_THE_PERSONA,
    ) -> None:
        self.name = name.name
        self.persona = name.persona
        self.seed = seed
        self.variation = variation
        self.clock = clock
        # A seed that was exported goes on where it was: a revision draws its random numbers once.
        self._first = self.committed = State(revision=first_revision)
        self.journal = journal
        #: The number of the last exchange before the state was put elsewhere.
        self.moved_after = 0
        self.snapshots: dict[str, State] = {}
        self.defects: deque[BlockedAnswer] = deque(maxlen=100)
        #: Vendor-neutral memory of things that are not records, by owner (rate-limit windows).
        self.windows: dict[str, Any] = {}
        #: What other layers keep for this sandbox, by their name (fault rules).
        self.attachments: dict[str, Any] = {}
        #: Does what was left for later and is due on the clock by now.
        self.settle: Callable[[], object] | None = None
        #: Whether one of the same name was evicted, which is said to its next caller.
        self.follows_evicted = False
        self.rate_limited = False
        #: Whether sessions need a token against cross-site request forgery to write.
        self.csrf = False
        #: How many requests a limit allows here; None is what the vendor allows.
        self.rate_limit_requests: int | None = None
        #: Makes room for so many more bytes; raises Full.
        self.make_room: Callable[[Sandbox, int], object] | None = None
        #: What it takes, as it was last counted, and the state that it was counted of.
        self.held = 0
        self._counted: State | None = None
        self._records = 0
        self._seeder = seeder
        #: The clock as a reset sets it.
        self.fresh_clock = clock.fork()

    @property
    def state(self) -> State:
        """The present state, for those who look at it from outside: what is due by now is done.

        `committed` is the state as it was left. It is what a call reads from its beginning to its
        end, so that nothing moves in the middle of it.
        """
        if self.settle is not None:
            self.settle()
        return self.committed

    def enter(self, api: str) -> None:
        """Begin a call: make sure that the present state has the API's seed records."""
        if api not in self.state.seeded:
            self.committed = self.committed.merged_with_seed(api, self.seed_state(api))

    def is_ready(self, api: str) -> bool:
        """Say whether a call of the API can begin without its seed records being made first."""
        ready = getattr(self._seeder, "ready", None)
        return (
            api in self.committed.seeded
            or ready is None
            or ready(api, self.persona, self.seed, self.variation)
        )

    @property
    def first_revision(self) -> int:
        """The revision that it began with."""
        return self._first.revision

    def seed_state(self, api: str) -> State:
        """Return a state with nothing but an API's seed records."""
        return self._seeder(api, self.persona, self.seed, self.variation)

    def seed_maker(self, api: str) -> Callable[[], State]:
        """Return what makes the API's seed records, so that they are ready; in any thread."""
        return partial(self._seeder, api, self.persona, self.seed, self.variation)

    def odd_values(self, api: str) -> tuple[Any, ...]:
        """Return which values of the API's seed records are odd, and why."""
        made = getattr(self._seeder, "made", None)
        if made is None:
            return ()
        found: tuple[Any, ...] = made(api, self.persona, self.seed, self.variation).odd_values
        return found

    def vary(self, variation: Variation) -> None:
        """Begin anew with records of another variation; clock, journal and snapshots go on."""
        self.variation = variation
        self.go_to(self._first)

    def whole(self, state: State, apis: Iterable[str]) -> State:
        """Return a state with the seed records of those of the APIs that it lacks."""
        for api in apis:
            if api not in state.seeded:
                state = state.merged_with_seed(api, self.seed_state(api))
        return state

    def begin(self, state: State | None = None) -> Transaction:
        """Return a transaction on the state as it was left, or on another one."""
        return Transaction(self.committed if state is None else state)

    def commit(self, transaction: Transaction) -> None:
        """Make the transaction's writes, if there are any, the present state.

        Raises Full if there is no room for them, and RuntimeError if another commit came in
        between, which cannot happen as long as operations run to their end without awaiting.
        """
        if not transaction.has_written:
            return
        if transaction.base.revision != self.committed.revision:
            raise RuntimeError("the state moved on while the operation ran")
        state = transaction.committed
        self.check_room(state)
        self.committed = state

    def check_room(self, state: State) -> None:
        """Raise Full if there is no room for a state in place of the present one."""
        grown = state.size - self.committed.size
        if grown > 0 and self.make_room is not None:
            self.make_room(self, grown)

    def count(self) -> int:
        """Return about how many bytes it takes: its records, snapshots and journal."""
        if self._counted is not self.committed:
            self._counted = self.committed
            states = [self.committed, *self.snapshots.values()]
            if len(states) == 1:
                self._records = self.committed.size
            else:
                # What a snapshot shares with another state is there once.
                tables = {id(each): each for at in states for each in at.collections.values()}
                self._records = max(0, sum(each.size for each in tables.values()))
        return self._records + self.journal.size

    def go_to(self, state: State) -> None:
        """Make another state the present one."""
        if self.settle is not None:
            self.settle()
        self.committed = state
        self.moved_after = self.journal.last

    def snapshot(self, name: str) -> State:
        """Keep the present state under a name, in place of what was there before."""
        state = self.snapshots[name] = self.state
        self._counted = None
        return state

    def restore(self, name: str) -> None:
        """Go back to a snapshot; raises KeyError if there is none of that name."""
        self.go_to(self.snapshots[name])

    def rewind(self, number: int) -> None:
        """Go back to before an exchange of the journal; the exchanges stay in it.

        Raises EvidenceDropped if it is no longer held, and LookupError if it is yet to come.
        """
        self.go_to(self.journal.get(number).before)

    def reset(self) -> None:
        """Make everything but the snapshots and the rate limits as it was on first use."""
        self.go_to(self._first)
        self.journal.clear()
        self.moved_after = 0
        self.clock.copy(self.fresh_clock)
        self.defects.clear()
        self.windows.clear()
        self.attachments.clear()
        self.settle = None

    def fork(self, name: str, state: State | None = None) -> Sandbox:
        """Return a new sandbox with this one's state (or another), seed, clock and persona.

        Its journal, faults and snapshots are empty, and nothing done in one shows in the other.
        """
        copy = Sandbox(
            SandboxName(name, self.persona),
            self.seed,
            self._seeder,
            self.clock.fork(),
            self.journal.fresh(),
            first_revision=self._first.revision,
            variation=self.variation,
        )
        copy.rate_limited = self.rate_limited
        copy.csrf = self.csrf
        copy.rate_limit_requests = self.rate_limit_requests
        copy.go_to(self.state if state is None else state)
        return copy

    def copy(self) -> Sandbox:
        """Return it as it is now, its journal too, for work in another thread."""
        copy = self.fork(self.name)
        copy.journal = self.journal.copy()
        return copy

    def random_source(self, revision: int | None = None) -> random.Random:
        """Return the random source of the commit after a revision, by default the present one.

        It is the same for the same seed and revision.
        """
        revision = self.committed.revision if revision is None else revision
        digest = hashlib.blake2b(f"{self.seed}/{revision}".encode(), digest_size=8)
        return random.Random(int.from_bytes(digest.digest()))  # noqa: S311 - reproducible on purpose
