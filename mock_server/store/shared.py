"""Keeps the sandboxes of a server that is several processes, each of which has all of them.

A call runs in a turn, in which no other process writes: the sandboxes that it looks at are brought
to where the store is first, and what it did is in the store before the turn ends. So all calls of
all processes come one after the other, and none has to be run again. All calls that are ready at
once share a turn, and its transaction. Whatever a call did is waited for, reads too, as the next
question about the journal may go to another process.

If a turn fails, nothing of it is in the store. Its sandboxes are dropped from memory, its callers
get 503, and the next call finds each as the store has it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from mock_server.discovery import Vendor
from mock_server.engine.call import Call
from mock_server.engine.pipeline import failed
from mock_server.engine.replies import Wire
from mock_server.state.memory import Full
from mock_server.state.sandbox import Sandbox
from mock_server.state.sandboxes import Sandboxes
from mock_server.store.persistence import Persistence
from mock_server.store.protocol import (
    Create,
    Delete,
    PutSeed,
    SharedStore,
    StoreUnavailable,
    Write,
)
from mock_server.store.states import UnreadableRecord

#: Seconds between two looks for what followers of a journal have not seen yet.
_LOOK_SECONDS = 0.1
_log = logging.getLogger("mock_server")


class _Names:
    """The names in the store, in the form in which they are kept of a store with one process."""

    def __init__(self, store: SharedStore) -> None:
        self._store = store

    def __contains__(self, name: str) -> bool:
        return self._store.identity(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.names())

    def __setitem__(self, name: str, value: None) -> None:
        """Do nothing: it was written."""

    def __delitem__(self, name: str) -> None:
        """Do nothing: that is about to be written."""


@dataclass(slots=True)
class _LongCall:
    """A call that has several turns: how many had failed before it, and what it may look at."""

    failures: int
    held: list[Sandbox] = field(default_factory=list)


class SharedPersistence(Persistence):
    """The joint of one process of a server with a store that all of them have.

    Turns end in the event loop, or `in_thread`, where that takes longer than a call.
    """

    store: SharedStore

    def __init__(
        self,
        store: SharedStore,
        sandboxes: Sandboxes,
        vendors: Iterable[Vendor],
        *,
        in_thread: bool = False,
    ) -> None:
        super().__init__(store, sandboxes, vendors)
        self._names = _Names(store)  # type: ignore[assignment]  # as much of a dict as is needed
        self._in_thread = in_thread
        self._worker: ThreadPoolExecutor | None = None
        #: A turn is being waited for, open, or about to be committed.
        self._busy = False
        #: Calls may run.
        self._open = False
        self._entering: list[asyncio.Future[None]] = []
        #: What was written in this turn, why not, and who waits for its end.
        self._written: list[Write] = []
        self._broken: StoreUnavailable | None = None
        self._leaving: list[asyncio.Future[None]] = []
        #: How often others were seen to have written; what it was when a sandbox was current.
        self._moves = 0
        self._current_at: dict[str, int] = {}
        self._identities: dict[str, int] = {}
        #: How many turns have failed.
        self._failures = 0
        self._long: dict[asyncio.Task[Any] | None, _LongCall] = {}
        self._following: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
        self._closed = False

    # What the sandboxes ask for.

    def load(self, name: str) -> Sandbox | None:
        """Return a sandbox as it is in the store; raises StoreUnavailable."""
        identity = self.store.identity(name)
        if identity is None:
            return None
        sandbox = super().load(name)
        self._identities[name], self._current_at[name] = identity, self._moves
        return sandbox

    def is_current(self, sandbox: Sandbox) -> bool:
        """Make a sandbox in memory as new as in the store; says whether it is one still.

        Raises StoreUnavailable.
        """
        name = sandbox.name
        log = self._logs.get(name)
        if log is None:
            if self.store.identity(name) is None:
                return True
            # It was not written yet, and another process has made one meanwhile.
            self.sandboxes.forget(sandbox, "made by another process")
            return False
        if log.sandbox is not sandbox or self._current_at[name] == self._moves:
            return True
        tail = self.store.tail(self._identities[name], log.position)
        if tail is None:
            self._drop(name, "deleted")
            return False
        if tail.base > log.position or (tail.entries and log.is_behind):
            # Too much has happened; or something fell due beside any call, here and there.
            self._drop(name, "read again")
            return False
        try:
            log.catch_up(tail)
        except UnreadableRecord as problem:
            raise StoreUnavailable(f"{self.store.where}: {problem}") from problem
        self._current_at[name] = self._moves
        if tail.entries:
            self.sandboxes.account(sandbox)
        return True

    def touched(self, sandbox: Sandbox) -> None:
        """Take note that a sandbox may be changed, or is new."""
        if self._open:
            super().touched(sandbox)
            if self._long and (call := self._long.get(asyncio.current_task())):
                call.held.append(sandbox)
        self._follow()

    def unload(self, sandbox: Sandbox) -> None:
        """Write all of a sandbox, and let it go from memory; raises StoreUnavailable."""
        if self._open:
            self._gather(sandbox)
        self._logs.pop(sandbox.name, None)
        self._touched.pop(sandbox.name, None)

    # What the engine asks for.

    async def enter(self, call: Call) -> None:
        """Wait until a call may look at sandboxes, and change them, up to its next await.

        Raises StoreUnavailable.
        """
        if not self._open:
            loop = asyncio.get_running_loop()
            waiter = loop.create_future()
            self._entering.append(waiter)
            if not self._busy:
                self._begin(loop)
            await waiter
        if call.operation.long:
            long = self._long.setdefault(asyncio.current_task(), _LongCall(self._failures))
            for sandbox in long.held:
                in_memory = self.sandboxes.in_memory(sandbox.name) is sandbox
                if not (in_memory and self.is_current(sandbox)):
                    # What the handler does to it would be done to nothing.
                    raise StoreUnavailable(f"the sandbox {sandbox.name} was replaced meanwhile")

    async def keep(self, call: Call, wire: Wire) -> Wire:
        """Return the answer of a call once what it did is in the store, or 503."""
        try:
            if call.operation.long:
                # Its turns are over when it has another one.
                long = self._long.get(asyncio.current_task(), _LongCall(self._failures))
                long.held.clear()
                await self.enter(call)
                if self._failures != long.failures:
                    raise StoreUnavailable(f"{self.store.where} could not be written to")
            else:
                self._gather(call.sandbox)
            if self._broken is not None:
                raise self._broken
            waiter = asyncio.get_running_loop().create_future()
            self._leaving.append(waiter)
            await waiter
        except Exception as problem:  # noqa: BLE001 - the boundary: a crash is a defect to record
            return failed(call, problem)
        return wire

    def leave(self) -> None:
        """Forget the long call of this task, however it ended."""
        self._long.pop(asyncio.current_task(), None)

    # Turns.

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._busy = True
        if self.store.is_local:
            try:
                changed = self.store.begin(wait=False)
            except StoreUnavailable as problem:
                self._refuse(problem)
                return
            if changed is not None:
                self._opened(loop, changed)
                return
        begun = self._threads.submit(self.store.begin, wait=True)
        begun.add_done_callback(lambda _: loop.call_soon_threadsafe(self._begun, loop, begun))

    @property
    def _threads(self) -> ThreadPoolExecutor:
        """The one thread that waits for the store, made when it is first needed, after a fork."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, "mock_server-store")
        return self._worker

    def _begun(self, loop: asyncio.AbstractEventLoop, begun: Future[bool | None]) -> None:
        problem = begun.exception()
        if problem is None:
            self._opened(loop, bool(begun.result()))
        else:
            self._refuse(_unavailable(problem))

    def _refuse(self, problem: StoreUnavailable) -> None:
        """Refuse all who wait for a turn."""
        self._note_failure(problem)
        self._busy = False
        waiting, self._entering = self._entering, []
        _end(waiting, problem)

    def _opened(self, loop: asyncio.AbstractEventLoop, changed: bool) -> None:
        self._moves += changed
        self._open = True
        waiting, self._entering = self._entering, []
        _end(waiting)
        # After the calls that are ready now, and those that waited.
        loop.call_soon(self._close_turn, loop)

    def _close_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        held = [sandbox for call in self._long.values() for sandbox in call.held]
        for sandbox in [*self._touched.values(), *held]:
            try:
                self._gather(sandbox)
            except Exception as problem:  # noqa: BLE001 - all of the turn fails with it
                self._broken = self._broken or _unavailable(problem)
        self._touched.clear()
        self._open = False
        if self._in_thread:
            ended = self._threads.submit(self._end_turn)
            ended.add_done_callback(
                lambda _: loop.call_soon_threadsafe(self._ended, loop, ended.result())
            )
        else:
            self._ended(loop, self._end_turn())

    def _end_turn(self) -> StoreUnavailable | None:
        """Commit, or undo what cannot be committed; returns why."""
        try:
            if self._broken is None:
                self.store.commit()
            else:
                self.store.rollback()
        except Exception as problem:  # noqa: BLE001 - callers wait, and must hear of it
            return _unavailable(problem)
        return self._broken

    def _ended(self, loop: asyncio.AbstractEventLoop, problem: StoreUnavailable | None) -> None:
        written, self._written = self._written, []
        leaving, self._leaving = self._leaving, []
        self._broken = None
        if problem is None:
            self._note_success()
        else:
            self._note_failure(problem)
            self._failures += 1
            self._seeds.not_written(each for each in written if isinstance(each, PutSeed))
            for write in written:
                if not isinstance(write, PutSeed):
                    self._drop(write.sandbox)
        _end(leaving, problem)
        self._busy = False
        if self._entering:
            self._begin(loop)

    def _note_success(self) -> None:
        if self._failing:
            self._failing = False
            _log.warning("%s can be written to again", self.store.where)

    def _note_failure(self, problem: StoreUnavailable) -> None:
        if not self._failing:
            self._failing = True
            _log.error("calls are refused: %s", problem)

    # Writing.

    def _add(self, name: str, write: Write, *, waits: bool) -> None:  # noqa: ARG002 - all wait
        if self._broken is not None:
            raise self._broken
        writes = [*self._seeds.take_new(), write]
        self._written += writes
        try:
            self.store.write(writes)
            if isinstance(write, Create):
                identity = self.store.identity(name)
                if identity is None:
                    raise StoreUnavailable(f"{self.store.where} has lost {name}")
                self._identities[name], self._current_at[name] = identity, self._moves
        except StoreUnavailable as problem:
            self._broken = problem
            raise

    def delete(self, sandbox: Sandbox) -> None:
        """Forget a sandbox for good."""
        name = sandbox.name
        self._logs.pop(name, None)
        self._touched.pop(name, None)
        if name in self._names:
            self._add(name, Delete(name), waits=True)

    def flush(self) -> None:
        """Do nothing: what is new is in the store when its turn ends."""

    def close(self) -> None:
        """Close the store, in which everything is."""
        self._closed = True
        self.sandboxes.archive = None
        if self._worker is not None:
            self._worker.shutdown()
        self.store.close()

    # Those who follow a journal.

    def _follow(self) -> None:
        """See to it that followers are shown what happens in other processes."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if loop not in self._following:
            self._following.add(loop)
            loop.call_later(_LOOK_SECONDS, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._closed:
            return
        followed = [each for each in self.sandboxes.held_in_memory() if each.journal.followed]
        if followed and not self._busy:
            try:
                self._moves += self.store.has_changed()
                for sandbox in followed:
                    self.is_current(sandbox)
            except Full as problem:
                _log.debug("followers wait: %s", problem)
        loop.call_later(_LOOK_SECONDS, self._look, loop)


def _end(waiting: Iterable[asyncio.Future[None]], problem: Exception | None = None) -> None:
    for waiter in waiting:
        if not waiter.done():
            if problem is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(problem)


def _unavailable(problem: BaseException) -> StoreUnavailable:
    if isinstance(problem, StoreUnavailable):
        return problem
    _log.error("the store crashed", exc_info=problem)
    return StoreUnavailable(f"{type(problem).__name__}: {problem}")
