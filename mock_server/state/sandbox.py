"""Sandboxes: isolated states, chosen by credential."""

from __future__ import annotations

import hashlib
import logging
import random
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from mock_server.state.clock import Clock
from mock_server.state.memory import Full
from mock_server.state.store import State, Transaction
from mock_server.state.variation import AS_THE_PERSONA, Variation

if TYPE_CHECKING:
    # What happens in a sandbox is kept for others, and nothing here looks into it.
    from mock_server.journal.exchange import Exchange
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


class Archive(Protocol):
    """What keeps sandboxes that are not in memory; raises Full where it cannot."""

    def names(self) -> Iterable[str]:
        """Return the names of the sandboxes that it has."""

    def load(self, name: str) -> Sandbox | None:
        """Return a sandbox that it has, as it was left."""

    def touched(self, sandbox: Sandbox) -> None:
        """Take note that a sandbox may be changed, or is new."""

    def unload(self, sandbox: Sandbox) -> None:
        """Let a sandbox go from memory, having kept all of it."""

    def delete(self, sandbox: Sandbox) -> None:
        """Forget a sandbox for good."""


#: One part in so many of the memory is freed at once, so that not every write has to look for it.
_SPARE = 50
#: So many names of evicted sandboxes are remembered.
_REMEMBERED = 10_000
_log = logging.getLogger("mock_server")


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


class Sandboxes:
    """The open sandboxes, bounded in number, in idle time and in what they take of the memory.

    `sandbox_bytes` is for one, `bytes_in_all` for all. Past a bound, the oldest evidence goes
    first, then the sandbox that was idle longest, unless it was used in the last `in_use_seconds`
    or its journal is followed. If nothing can go, what would need more is refused.
    """

    def __init__(
        self,
        seeder: Seeder,
        journal: Callable[[], Journal],
        *,
        seed: int = 0,
        clock: Callable[[], Clock] = Clock,
        limit: int = 1000,
        idle_seconds: float = 3600.0,
        in_use_seconds: float = 60.0,
        sandbox_bytes: int = 1 << 62,
        bytes_in_all: int = 1 << 62,
        variation: Variation = AS_THE_PERSONA,
        rate_limited: Callable[[str], bool] = lambda _: False,
        csrf: Callable[[str], bool] = lambda _: False,
        first_revision: int = 0,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._seeder = seeder
        self._seed = seed
        self.variation = variation
        self._clock = clock
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._in_use_seconds = in_use_seconds
        self.sandbox_bytes = sandbox_bytes
        self.bytes_in_all = bytes_in_all
        #: What all of them take, as it was last counted.
        self.held = 0
        self._rate_limited = rate_limited
        self._csrf = csrf
        self._journal = journal
        self._first_revision = first_revision
        #: What was refused before it could be known whose it is.
        self.unattributed = Sandbox(
            SandboxName("", ""), seed, lambda *_: State(), clock(), journal()
        )
        self._monotonic = monotonic
        self._listeners: list[Callable[[str, Exchange], None]] = []
        self._open: OrderedDict[str, tuple[Sandbox, float]] = OrderedDict()
        #: What keeps sandboxes beyond this process's memory, if anything does.
        self.archive: Archive | None = None
        #: How many had to make room for others, or were not used for long.
        self.evicted = 0
        self._evicted_names: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def listen(self, listener: Callable[[str, Exchange], None]) -> None:
        """Call `listener` with each exchange of the sandboxes that are opened from now on.

        It gets the sandbox's name first, which is empty for a call that opened none.
        """
        self._listeners.append(listener)
        self.unattributed.journal.listen(partial(listener, ""))

    def names(self) -> list[str]:
        """Return the names of the sandboxes that there are, the longest idle one first."""
        if self.archive is None:
            return list(self._open)
        return [*(name for name in self.archive.names() if name not in self._open), *self._open]

    def find(self, name: str) -> Sandbox | None:
        """Return the sandbox if there is one, without counting as a use; raises Full."""
        entry = self._open.get(name)
        if entry is not None:
            return entry[0]
        return None if self.archive is None else self._load(name)

    def in_memory(self, name: str) -> Sandbox | None:
        """Return the sandbox if it is in memory."""
        entry = self._open.get(name)
        return entry[0] if entry else None

    def held_in_memory(self) -> list[Sandbox]:
        """Return the sandboxes that are in memory."""
        return [sandbox for sandbox, _ in self._open.values()]

    def forget(self, sandbox: Sandbox, why: str) -> None:
        """Drop a sandbox from memory alone; those who follow its journal are told why."""
        entry = self._open.get(sandbox.name)
        if entry is not None and entry[0] is sandbox:
            del self._open[sandbox.name]
            self.held -= sandbox.held
            sandbox.journal.end(why)

    def restored(self, name: SandboxName, seed: int, first_revision: int) -> Sandbox:
        """Return an empty sandbox that is not open, for what keeps sandboxes to fill."""
        return Sandbox(
            name, seed, self._seeder, Clock(), self._journal(), first_revision=first_revision
        )

    def _load(self, name: str) -> Sandbox | None:
        sandbox = self.archive.load(name) if self.archive is not None else None
        if sandbox is not None:
            now = self._monotonic()
            self._make_place(now)
            self._hear(sandbox)
            # Looking at it is no use; it may be the next to go from memory.
            self._open[name] = (sandbox, now - self._in_use_seconds)
            self.account(sandbox)
        return sandbox

    def open(self, name: SandboxName) -> Sandbox:
        """Return the sandbox of that name, made on first use; raises Full."""
        now = self._monotonic()
        entry = self._open.get(name.name)
        sandbox = entry[0] if entry else self.find(name.name)
        if sandbox is None:
            self._make_place(now)
            sandbox = self._make(name)
        self._open[name.name] = (sandbox, now)
        self._open.move_to_end(name.name)
        self._evict_idle(now)
        return sandbox

    def create(
        self, name: SandboxName, seed: int | None = None, variation: Variation | None = None
    ) -> Sandbox:
        """Open a sandbox anew, with a seed and a variation of its own.

        Raises KeyError if it is open already, and Full.
        """
        if self.find(name.name) is not None:
            raise KeyError(name.name)
        sandbox = self.open(name)
        if seed is not None:
            sandbox.seed = seed
        if variation is not None:
            sandbox.variation = variation
        self._touch(sandbox)
        return sandbox

    def adopt(self, sandbox: Sandbox) -> Sandbox:
        """Take in a sandbox made elsewhere (a fork), in place of any of the same name.

        Raises Full.
        """
        now = self._monotonic()
        if sandbox.name not in self._open:
            self._make_place(now)
        else:
            self.held -= self._open[sandbox.name][0].held
        self._hear(sandbox)
        self._open[sandbox.name] = (sandbox, now)
        self._open.move_to_end(sandbox.name)
        self._evict_idle(now)
        self.account(sandbox)
        self._touch(sandbox)
        return sandbox

    def close(self, name: str) -> None:
        """Forget a sandbox; raises KeyError if it is not open."""
        sandbox = self._open.pop(name)[0]
        self.held -= sandbox.held
        sandbox.journal.end("deleted")
        if self.archive is not None:
            self.archive.delete(sandbox)

    def use(self, name: str) -> Sandbox | None:
        """Return the sandbox if there is one, and count that as a use."""
        sandbox = self.find(name)
        if sandbox is None:
            return None
        self._open[name] = (sandbox, self._monotonic())
        self._open.move_to_end(name)
        self.account(sandbox)
        self._touch(sandbox)
        return sandbox

    def _touch(self, sandbox: Sandbox) -> None:
        if self.archive is not None:
            self.archive.touched(sandbox)

    def _make(self, name: SandboxName) -> Sandbox:
        sandbox = Sandbox(
            name,
            self._seed,
            self._seeder,
            self._clock(),
            self._journal(),
            first_revision=self._first_revision,
            variation=self.variation,
        )
        sandbox.rate_limited = self._rate_limited(name.name)
        sandbox.csrf = self._csrf(name.name)
        if name.name in self._evicted_names:
            del self._evicted_names[name.name]
            sandbox.follows_evicted = True
        self._hear(sandbox)
        return sandbox

    def account(self, sandbox: Sandbox) -> None:
        """Count what a sandbox takes now, and drop the oldest evidence where that is too much."""
        if self._open.get(sandbox.name, (None,))[0] is not sandbox:
            return
        held = sandbox.count()
        self.held += held - sandbox.held
        sandbox.held = held
        if held > self.sandbox_bytes:
            self._shrink(sandbox, self.sandbox_bytes - (held - sandbox.journal.size))
        if self.held > self.bytes_in_all:
            self._shed(self.held - self.bytes_in_all, sandbox)

    def _make_room(self, sandbox: Sandbox, grown: int) -> None:
        """Let a sandbox grow by so many bytes; raises Full."""
        records = sandbox.count() - sandbox.journal.size
        if records + grown > self.sandbox_bytes:
            raise Full(f"the sandbox would take more than {self.sandbox_bytes >> 20} MiB")
        excess = self.held + grown - self.bytes_in_all
        if excess > 0:
            self._shed(excess + self.bytes_in_all // _SPARE, sandbox)
            if self.held + grown > self.bytes_in_all:
                raise Full(f"the server would take more than {self.bytes_in_all >> 20} MiB")

    def _shed(self, excess: int, keep: Sandbox) -> None:
        """Drop evidence, then idle sandboxes, until so many bytes are gone or nothing more can."""
        target, now = self.held - excess, self._monotonic()
        for sandbox, _ in list(self._open.values()):
            if self.held <= target:
                return
            self._shrink(sandbox, 0)
        for name, (sandbox, used) in list(self._open.items()):
            if self.held <= target:
                return
            if sandbox is not keep and not self._in_use(sandbox, used, now):
                self._evict(name, "the server had no memory left")

    def _shrink(self, sandbox: Sandbox, size: int) -> None:
        """Let a journal drop its oldest exchanges."""
        before = sandbox.journal.size
        sandbox.journal.shrink(size)
        gone = before - sandbox.journal.size
        sandbox.held -= gone
        self.held -= gone

    def _hear(self, sandbox: Sandbox) -> None:
        sandbox.make_room = self._make_room
        for listener in self._listeners:
            sandbox.journal.listen(partial(listener, sandbox.name))

    def _make_place(self, now: float) -> None:
        """Let one more sandbox be opened; raises Full if all that there may be are in use."""
        self._evict_idle(now)
        if self.held > self.bytes_in_all:
            self._shed(self.held - self.bytes_in_all, self.unattributed)
            if self.held > self.bytes_in_all:
                raise Full(f"the server takes more than {self.bytes_in_all >> 20} MiB")
        while len(self._open) >= self._limit:
            evictable = (
                name
                for name, (sandbox, used) in self._open.items()
                if not self._in_use(sandbox, used, now)
            )
            oldest = next(evictable, None)
            if oldest is None:
                raise Full(f"all {self._limit} sandboxes are in use; delete one first")
            self._evict(oldest, "it had to make room for another")

    def _in_use(self, sandbox: Sandbox, used: float, now: float) -> bool:
        return now - used < self._in_use_seconds or sandbox.journal.followed

    def _evict_idle(self, now: float) -> None:
        """Evict what was not used for long."""
        while True:
            oldest, (sandbox, used) = next(iter(self._open.items()), ("", (None, now)))
            if sandbox is None or now - used <= self._idle_seconds:
                return
            if sandbox.journal.followed:
                self._open[oldest] = (sandbox, now)
                self._open.move_to_end(oldest)
            else:
                self._evict(oldest, "it was not used for long")

    def _evict(self, name: str, why: str) -> None:
        sandbox, _ = self._open[name]
        if self.archive is not None:
            self.archive.unload(sandbox)
            self.forget(sandbox, f"unloaded: {why}")
            return
        del self._open[name]
        self.held -= sandbox.held
        sandbox.journal.end(f"evicted: {why}")
        self.evicted += 1
        self._evicted_names[name] = None
        while len(self._evicted_names) > _REMEMBERED:
            self._evicted_names.popitem(last=False)
        _log.warning("the sandbox %s was deleted: %s", name, why)
