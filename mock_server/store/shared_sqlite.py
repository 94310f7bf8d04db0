"""The store of a folder that several processes of this machine have, each for a turn at a time.

SQLite lets one connection write at a time, but who waits for it is served by chance. So a turn
belongs to who holds the lock of a file, and who waits for that holds the lock of another one: the
last holder cannot be back before. A process that dies leaves both.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mock_server.store.protocol import StoreError, StoreUnavailable, Tail
from mock_server.store.sqlite import SqliteStore
from mock_server.usage import UsageError

#: Seconds after which somebody who waits for a turn is refused, and between two looks.
PATIENCE = 10.0
_FIRST_LOOK, _LAST_LOOK = 50e-6, 1e-3
_BUSY_MILLISECONDS = 1000
_TURN, _NEXT, _SERVER = "mock-server.turn", "mock-server.next", "mock-server.server"


def require_forks() -> None:
    """Raise UsageError where processes cannot share a socket and lock files."""
    if not hasattr(os, "fork"):
        raise UsageError("--workers needs a system that forks processes, such as Linux or macOS")


class _Lock:
    """A lock that processes have by turns; it is free when its holder dies."""

    def __init__(self, path: str) -> None:
        import fcntl

        self._flock, self._how = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB
        self._free = fcntl.LOCK_UN
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def take(self) -> bool:
        """Take it, if nobody has it."""
        try:
            self._flock(self._file, self._how)
        except BlockingIOError:
            return False
        return True

    def wait(self, end: float) -> bool:
        """Take it once it is free, up to a moment."""
        pause = _FIRST_LOOK
        while not self.take():
            if time.monotonic() > end:
                return False
            time.sleep(pause)
            pause = min(2 * pause, _LAST_LOOK)
        return True

    def release(self) -> None:
        """Let somebody else have it."""
        self._flock(self._file, self._free)

    def close(self) -> None:
        """Let go of it for good; raises nothing."""
        os.close(self._file)


class SharedSqliteStore(SqliteStore):
    """The store of a folder for several processes of one server."""

    is_local = True

    def connect(self) -> None:
        """Open the file; raises StoreError."""
        try:
            self._turn, self._next = (_Lock(str(self.folder / name)) for name in (_TURN, _NEXT))
        except OSError as problem:
            raise StoreError(f"cannot keep data in {self.where}: {problem.strerror}") from problem
        # Opening writes as well, and SQLite would give up waiting for those who have turns.
        if not self._wait_for_turn():
            self._release_locks()
            raise StoreError(f"{self.where} is busy: no turn in {PATIENCE:.0f} seconds")
        try:
            super().connect()
            self._version = self._connection.pragma("data_version")
        except BaseException:
            self._release_locks()
            raise
        self._turn.release()

    def disconnect(self) -> None:
        """Let go of it for now, so that the process may be forked."""
        super().close()
        self._release_locks()

    def close(self) -> None:
        """Let go of it; what was committed is there."""
        self.disconnect()

    def reserve(self) -> None:
        """Have the folder for this process and those that it forks, until the last one ends.

        Raises StoreError.
        """
        try:
            lock = _Lock(str(self.folder / _SERVER))
        except OSError as problem:
            raise StoreError(f"cannot keep data in {self.where}: {problem.strerror}") from problem
        if not lock.take():
            lock.close()
            raise StoreError(
                f"{self.where} is in use by another server; stop it first, or name another folder"
            )

    def begin(self, *, wait: bool) -> bool | None:
        """Begin a turn; says whether others have written since the last one.

        None if it would have to wait and should not. Raises StoreUnavailable.
        """
        if not wait:
            if not self._next.take():
                return None
            taken = self._turn.take()
            self._next.release()
            if not taken:
                return None
        else:
            if not self._wait_for_turn():
                raise StoreUnavailable(f"{self.where} is busy: no turn in {PATIENCE:.0f} seconds")
        try:
            with self._safely():
                self._connection.execute("BEGIN IMMEDIATE")
            return self.has_changed()
        except BaseException:
            self._turn.release()
            raise

    def has_changed(self) -> bool:
        """Say whether others have written since that was last asked, or the last turn began."""
        with self._safely():
            before, self._version = self._version, self._connection.pragma("data_version")
        if before == self._version:
            return False
        self._ids.clear()
        return True

    def commit(self) -> None:
        """End the turn and keep what was written in it; if that fails, all of it is undone."""
        try:
            with self._safely():
                self.step("before commit")
                try:
                    self._connection.execute("COMMIT")
                except BaseException:
                    self._undo()
                    raise
                self.step("after commit")
        finally:
            self._turn.release()

    def rollback(self) -> None:
        """End the turn, and undo what was written in it."""
        try:
            with self._safely():
                self._undo()
        finally:
            self._turn.release()

    def identity(self, sandbox: str) -> int | None:
        """Return what tells a sandbox from an earlier one of its name; None if there is none."""
        with self._safely():
            return self._id_of(sandbox)

    def tail(self, identity: int, position: int) -> Tail | None:
        """Return what a log has after a position; None if the sandbox is not there any more."""
        with self._safely():
            found = self._all("SELECT base FROM sandbox WHERE id = ?", identity)
            if not found:
                return None
            rows = self._all(
                "SELECT content FROM entry WHERE sandbox = ? AND position > ? ORDER BY position",
                identity,
                position,
            )
        return Tail(found[0][0], [content for (content,) in rows])

    def _wait_for_turn(self) -> bool:
        """Take the turn behind who waits for it already; False if that takes too long."""
        end = time.monotonic() + PATIENCE
        waited = self._next.wait(end)
        taken = waited and self._turn.wait(end)
        if waited:
            self._next.release()
        return taken

    def _release_locks(self) -> None:
        self._turn.close()
        self._next.close()

    def _lock_file(self) -> None:
        # Others have it too; who writes has the turn, so nobody has to be waited for long.
        self._connection.set_busy_timeout(_BUSY_MILLISECONDS)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Let the block write in the turn, or in a transaction of its own if there is none."""
        if self._connection.in_transaction:
            yield
        else:
            with super()._transaction():
                yield

    def _undo(self) -> None:
        self._ids.clear()
        # SQLite ends a transaction itself where the disk is full.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
