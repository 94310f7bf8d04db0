"""Keeps the sandboxes of a server in a store, so that an answer leaves when its write is there.

What a call did is found by comparing its sandbox with what the log has: whatever changed it, the
operation, a fault or the control API, an entry has all of it. Entries wait in a queue, and one
transaction of the store takes all that are in it. An answer waits for its entry, and for those
that it may have seen; entries that only add reads to the journal are waited for by nobody.

If a transaction fails, nothing of it is in the store. Its sandboxes are dropped from memory, their
callers get 503, and the next call finds each as the store has it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from mock_server.discovery import Vendor, tables_of
from mock_server.engine.call import Call
from mock_server.engine.pipeline import failed
from mock_server.engine.replies import Wire
from mock_server.state.sandbox import Sandbox
from mock_server.state.sandboxes import Sandboxes
from mock_server.store.log import SandboxLog, opened
from mock_server.store.parts import Forms
from mock_server.store.protocol import (
    Create,
    Delete,
    PutSeed,
    Store,
    StoreUnavailable,
    Write,
)
from mock_server.store.states import StateForms, UnreadableRecord

#: Seconds that entries may wait which nobody waits for, and how many there may be.
_LATEST, _MOST = 0.05, 1000
_log = logging.getLogger("mock_server")


@dataclass(slots=True)
class _Batch:
    """Writes on their way to the store, and who waits for them."""

    number: int
    writes: list[Write]
    waiting: list[asyncio.Future[None]]
    written: Future[None] | None = None


class Persistence:
    """The joint of a server's sandboxes with a store; closes the store with itself.

    Writes are made in the event loop, or `in_thread`, where they take longer than a call.
    """

    def __init__(
        self,
        store: Store,
        sandboxes: Sandboxes,
        vendors: Iterable[Vendor],
        *,
        in_thread: bool = False,
    ) -> None:
        vendors = list(vendors)
        tables = tables_of(vendors)
        self.store = store
        self.sandboxes = sandboxes
        specs = {vendor.api.name: vendor.spec for vendor in vendors}
        states = StateForms(tables, store.seed)
        self._seeds = states.seeds
        self._forms = Forms(states, specs)
        self._thread = ThreadPoolExecutor(1, "mock_server-store") if in_thread else None
        #: The names in the store, as it is when all that is queued is written.
        self._names = dict.fromkeys(store.names())
        self._logs: dict[str, SandboxLog] = {}
        self._touched: dict[str, Sandbox] = {}
        self._queue: list[Write] = []
        self._waiting: list[asyncio.Future[None]] = []
        #: The batch that is gathered, that which is being written, and the last one that was.
        self._number, self._done = 1, 0
        self._flying: _Batch | None = None
        #: The batch in which the last change of each sandbox is, and that of the last of all.
        self._changed_in: dict[str, int] = {}
        self._changed = 0
        self._scheduled = self._failing = False
        self._timer: asyncio.AbstractEventLoop | None = None
        sandboxes.archive = self

    # What the sandboxes ask for.

    def names(self) -> list[str]:
        """Return the names of the sandboxes that are kept."""
        return list(self._names)

    def load(self, name: str) -> Sandbox | None:
        """Return a sandbox as it was left; raises StoreUnavailable."""
        if name not in self._names:
            return None
        try:
            found = self.check(name)
        except UnreadableRecord as problem:
            raise StoreUnavailable(f"{self.store.where}: {problem}") from problem
        self._logs[name] = found
        return found.sandbox

    def check(self, name: str) -> SandboxLog:
        """Read the whole log of a sandbox; raises UnreadableRecord and StoreUnavailable."""
        self.flush()
        log = self.store.read(name)
        if log is None:
            raise UnreadableRecord(f"there is no log of sandbox {name}")
        return opened(name, log, self._forms, self.sandboxes.restored)

    def is_current(self, sandbox: Sandbox) -> bool:  # noqa: ARG002 - nobody else changes it
        """Make a sandbox in memory as new as in the store; says whether it is one still."""
        return True

    def touched(self, sandbox: Sandbox) -> None:
        """Take note that a sandbox may be changed, or is new."""
        self._touched[sandbox.name] = sandbox

    def unload(self, sandbox: Sandbox) -> None:
        """Write all of a sandbox, and let it go from memory; raises StoreUnavailable."""
        self._gather(sandbox)
        self.flush()
        for kept in (self._logs, self._touched, self._changed_in):
            kept.pop(sandbox.name, None)

    def delete(self, sandbox: Sandbox) -> None:
        """Forget a sandbox for good."""
        name = sandbox.name
        self._logs.pop(name, None)
        self._touched.pop(name, None)
        self._changed_in.pop(name, None)
        if name in self._names:
            del self._names[name]
            self._add(name, Delete(name), waits=True)

    # What the engine asks for.

    async def enter(self, call: Call) -> None:
        """Wait until a call may look at sandboxes, which it may at any time."""

    def leave(self) -> None:
        """Forget a long call, of which nothing is remembered."""

    async def keep(self, call: Call, wire: Wire) -> Wire:
        """Keep what a call did, and return its answer once that is written, or 503."""
        try:
            waits = self._gather(call.sandbox)
            if self._touched or call.operation.api.home is not None:
                touched, self._touched = list(self._touched.values()), {}
                for sandbox in touched:
                    self._gather(sandbox)
                # It may have deleted one, which is no sandbox any more.
                waits = self._changed > self._done
            if waits:
                await self._saved()
            elif self._queue:
                self._write_later()
        except Exception as problem:  # noqa: BLE001 - the boundary: a crash is a defect to record
            return failed(call, problem)
        return wire

    def _gather(self, sandbox: Sandbox) -> bool:
        """Queue what is new in a sandbox; says whether an answer has to wait for the queue."""
        name = sandbox.name
        if self.sandboxes.in_memory(name) is not sandbox:
            return False
        log = self._logs.get(name)
        try:
            if log is None or log.sandbox is not sandbox:
                if name in self._names:
                    self._add(name, Delete(name), waits=True)
                log = self._logs[name] = SandboxLog(sandbox, self._forms)
                self._add(name, log.create(), waits=True)
                self._names[name] = None
            elif (found := log.append()) is not None:
                self._add(name, found[0], waits=found[1])
                checkpoint = log.checkpoint()
                if checkpoint is not None:
                    self._add(name, checkpoint, waits=False)
        except Exception:
            # Half of an entry is none.
            self._drop(name)
            raise
        return self._changed_in.get(name, 0) > self._done

    def _drop(self, name: str, why: str = "the server could not keep it") -> None:
        log = self._logs.pop(name, None)
        if log is not None:
            self.sandboxes.forget(log.sandbox, why)

    def _add(self, name: str, write: Write, *, waits: bool) -> None:
        # Seed records first, as what comes next may name them.
        self._queue += self._seeds.take_new()
        self._queue.append(write)
        if waits:
            self._changed_in[name] = self._changed = self._number

    # Writing.

    async def _saved(self) -> None:
        """Wait until all that was queued up to now is written; raises StoreUnavailable."""
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append(waiter)
        if not self._scheduled:
            self._scheduled = True
            # After the calls that are ready now, so that one transaction takes them all.
            loop.call_soon(self._write_soon, loop)
        await waiter

    def _write_later(self) -> None:
        loop = asyncio.get_running_loop()
        if len(self._queue) >= _MOST:
            self._write_soon(loop)
        elif self._timer is not loop:
            self._timer = loop
            loop.call_later(_LATEST, self._write_late, loop)

    def _write_late(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        self._write_soon(loop)

    def _write_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        self._scheduled = False
        if self._thread is None:
            self._try(self._take())
        elif self._flying is None:
            batch = self._flying = self._take()
            batch.written = self._thread.submit(self.store.write, batch.writes)
            batch.written.add_done_callback(
                lambda _: loop.call_soon_threadsafe(self._landed, batch, loop)
            )

    def _landed(self, batch: _Batch, loop: asyncio.AbstractEventLoop) -> None:
        self._end(batch)
        if self._queue or self._waiting:
            self._write_soon(loop)

    def flush(self) -> None:
        """Write all that is queued; raises StoreUnavailable."""
        if self._flying is not None:
            self._end(self._flying)
        if self._queue:
            problem = self._try(self._take())
            if problem is not None:
                raise problem

    def _take(self) -> _Batch:
        batch = _Batch(self._number, self._queue, self._waiting)
        self._queue, self._waiting = [], []
        self._number += 1
        return batch

    def _try(self, batch: _Batch) -> StoreUnavailable | None:
        try:
            if batch.writes:
                self.store.write(batch.writes)
        except StoreUnavailable as problem:
            self._fail(batch, problem)
            return problem
        except Exception as problem:  # noqa: BLE001 - callers wait, and must hear of it
            _log.exception("the store crashed")
            found = StoreUnavailable(f"{type(problem).__name__}: {problem}")
            self._fail(batch, found)
            return found
        self._succeed(batch)
        return None

    def _end(self, batch: _Batch) -> None:
        """Do what is to be done after a batch was written in the thread, once."""
        if self._flying is not batch or batch.written is None:
            return
        self._flying = None
        problem = batch.written.exception()
        if problem is None:
            self._succeed(batch)
        elif isinstance(problem, StoreUnavailable):
            self._fail(batch, problem)
        else:
            self._fail(batch, StoreUnavailable(f"{type(problem).__name__}: {problem}"))

    def _succeed(self, batch: _Batch) -> None:
        self._done = batch.number
        if self._failing and batch.writes:
            self._failing = False
            _log.warning("%s can be written to again", self.store.where)
        for waiter in batch.waiting:
            if not waiter.done():
                waiter.set_result(None)

    def _fail(self, batch: _Batch, problem: StoreUnavailable) -> None:
        """Drop all that the store does not have, which what came after may have been built on."""
        if not self._failing:
            self._failing = True
            _log.error("writes are refused: %s", problem)
        later = self._take()
        writes = [*batch.writes, *later.writes]
        self._seeds.not_written(each for each in writes if isinstance(each, PutSeed))
        for write in writes:
            if not isinstance(write, PutSeed):
                self._drop(write.sandbox)
        self._names = dict.fromkeys(self._names_in_store(writes))
        self._done = later.number
        for waiter in (*batch.waiting, *later.waiting):
            if not waiter.done():
                waiter.set_exception(problem)

    def _names_in_store(self, writes: Iterable[Write]) -> list[str]:
        """The names as they were before some writes, undone from the last to the first."""
        names = dict(self._names)
        for write in reversed(list(writes)):
            if isinstance(write, Create):
                names.pop(write.sandbox, None)
            elif isinstance(write, Delete):
                names[write.sandbox] = None
        return list(names)

    def compact(self, name: str) -> None:
        """Let the log of a sandbox that is in memory begin as late as it can."""
        checkpoint = self._logs[name].checkpoint(always=True)
        if checkpoint is not None:
            self._add(name, checkpoint, waits=False)
            self.flush()

    def flush_all(self) -> None:
        """Write all that is new, also what changed beside any call; raises StoreUnavailable."""
        for sandbox in self.sandboxes.held_in_memory():
            self._gather(sandbox)
        self.flush()

    def close(self) -> None:
        """Write what is left, with what changed beside any call, and close the store."""
        try:
            self.flush_all()
        except StoreUnavailable as problem:
            _log.error("the last calls are lost: %s", problem)
        finally:
            self.sandboxes.archive = None
            if self._thread is not None:
                self._thread.shutdown()
            self.store.close()
