"""The open sandboxes: chosen by credential, and bounded in number and in memory."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from mock_server.state.clock import Clock
from mock_server.state.memory import Full
from mock_server.state.sandbox import Sandbox, SandboxName, Seeder
from mock_server.state.store import State
from mock_server.state.variation import AS_THE_PERSONA, Variation

if TYPE_CHECKING:
    # What happens in a sandbox is kept for others, and nothing here looks into it.
    from mock_server.journal.exchange import Exchange
    from mock_server.journal.journal import Journal

#: One part in so many of the memory is freed at once, so that not every write has to look for it.
_SPARE = 50
#: So many names of evicted sandboxes are remembered.
_REMEMBERED = 10_000
_log = logging.getLogger("mock_server")


class Archive(Protocol):
    """What keeps sandboxes that are not in memory; raises Full where it cannot."""

    def names(self) -> Iterable[str]:
        """Return the names of the sandboxes that it has."""

    def load(self, name: str) -> Sandbox | None:
        """Return a sandbox that it has, as it was left."""

    def is_current(self, sandbox: Sandbox) -> bool:
        """Make a sandbox in memory as new as it is elsewhere; says whether it is one still."""

    def touched(self, sandbox: Sandbox) -> None:
        """Take note that a sandbox may be changed, or is new."""

    def unload(self, sandbox: Sandbox) -> None:
        """Let a sandbox go from memory, having kept all of it."""

    def delete(self, sandbox: Sandbox) -> None:
        """Forget a sandbox for good."""


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
        held = [each.name for each in self.held_in_memory() if self.archive.is_current(each)]
        return [*(name for name in self.archive.names() if name not in self._open), *held]

    def find(self, name: str) -> Sandbox | None:
        """Return the sandbox if there is one, without counting as a use; raises Full."""
        sandbox = self.in_memory(name)
        if self.archive is None or (sandbox is not None and self.archive.is_current(sandbox)):
            return sandbox
        return self._load(name)

    def in_memory(self, name: str) -> Sandbox | None:
        """Return the sandbox if it is in memory."""
        entry = self._open.get(name)
        return entry[0] if entry else None

    def held_in_memory(self) -> list[Sandbox]:
        """Return the sandboxes that are in memory."""
        return [sandbox for sandbox, _ in self._open.values()]

    def forget(self, sandbox: Sandbox, why: str) -> None:
        """Drop a sandbox from memory alone; those who follow its journal get the reason."""
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
        sandbox = entry[0] if entry and self.archive is None else self.find(name.name)
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
