"""A store in a folder of this machine: one SQLite database, in write-ahead mode.

SQLite comes with `apsw`, for that of Python may be one of 3.7.0 to 3.51.2, which can lose what
was committed when a log is reset (sqlite.org/wal.html, "the WAL-reset bug").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from mock_server.store.protocol import (
    Append,
    Checkpoint,
    Create,
    Delete,
    Durability,
    Log,
    Step,
    StoreConflict,
    StoreError,
    StoreUnavailable,
    Write,
)
from mock_server.usage import needs_extra

FILE = "mock-server.sqlite"
#: The first version of SQLite that cannot lose what was committed.
_OLDEST = (3, 51, 3)
#: "Mock" in ASCII: how SQLite's header tells our files from others.
_APPLICATION = 0x4D6F636B
_FORMAT = 1
_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE seed (digest TEXT PRIMARY KEY, records BLOB NOT NULL) STRICT;
CREATE TABLE sandbox (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  base INTEGER NOT NULL,
  checkpoint BLOB NOT NULL,
  made_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;
CREATE TABLE entry (
  sandbox INTEGER NOT NULL,
  position INTEGER NOT NULL,
  content BLOB NOT NULL,
  made_at INTEGER NOT NULL DEFAULT (unixepoch()),
  PRIMARY KEY (sandbox, position)
) STRICT, WITHOUT ROWID;
"""
#: Ids are counted, as SQLite's own choice may be the id of a sandbox that was just deleted.
_NEXT_ID = """
INSERT INTO about VALUES ('last_id', 1 + (SELECT coalesce(max(id), 0) FROM sandbox))
ON CONFLICT (name) DO UPDATE SET value =
  1 + max(CAST(value AS INTEGER), (SELECT coalesce(max(id), 0) FROM sandbox))
RETURNING CAST(value AS INTEGER)
"""


def _nothing(_: str) -> None:
    return None


class SqliteStore:
    """The store of a folder, which is made if it is not there; one process at a time may have it.

    `durability` says what a write survives. `step` is called around each step of a write. Raises
    StoreError.
    """

    def __init__(
        self,
        folder: Path,
        durability: Durability = "process",
        *,
        create: bool = True,
        step: Step = _nothing,
    ) -> None:
        needs_extra("store", "apsw", "a store (--data)")
        import apsw

        version = tuple(map(int, apsw.sqlite_lib_version().split(".")))
        if version < _OLDEST:
            raise StoreError(
                f"apsw brings SQLite {apsw.sqlite_lib_version()}, which can lose what was "
                "committed; 3.51.3 is the oldest that cannot: pip install --upgrade apsw"
            )
        self.where = str(folder)
        self._apsw = apsw
        #: Called around each step of a write.
        self.step = step
        self._lock = Lock()
        self._ids: dict[str, int] = {}
        self.folder = folder
        self._durability = durability
        if not create and not (folder / FILE).is_file():
            raise StoreError(f"{folder} has no store: there is no {FILE} in it")
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreError(f"cannot keep data in {folder}: {_reason(problem)}") from problem
        self.connect()

    def connect(self) -> None:
        """Open the file; raises StoreError."""
        try:
            self._connection: Any = self._apsw.Connection(str(self.folder / FILE))
        except self._apsw.Error as problem:
            raise StoreError(f"cannot keep data in {self.where}: {_reason(problem)}") from problem
        try:
            self._open(self._durability)
        except BaseException:
            self._connection.close()
            raise

    def _lock_file(self) -> None:
        """Let one process have the file: no shared memory, and nobody to wait for."""
        self._connection.pragma("locking_mode", "exclusive")

    def _open(self, durability: Durability) -> None:
        apsw, connection = self._apsw, self._connection
        try:
            self._lock_file()
            if connection.pragma("journal_mode", "wal") != "wal":
                raise StoreError(f"cannot keep data in {self.where}: it knows no write-ahead log")
            connection.pragma("synchronous", "full" if durability == "machine" else "normal")
            # So that a file that cannot be written to is known from the beginning.
            connection.execute("BEGIN IMMEDIATE; ROLLBACK")
            made_by = connection.pragma("application_id")
            if made_by == 0 and not self._all("SELECT 1 FROM sqlite_schema"):
                with self._transaction():
                    connection.execute(_SCHEMA)
                    connection.pragma("application_id", _APPLICATION)
                    connection.pragma("user_version", _FORMAT)
                made_by = _APPLICATION
            if made_by != _APPLICATION:
                raise StoreError(f"{self.where}/{FILE} is not a store of this program")
            found = connection.pragma("user_version")
            if found != _FORMAT:
                raise StoreError(
                    f"{self.where} has a store of format {found}, and this version of the program "
                    f"reads format {_FORMAT}; serve it with the version that wrote it"
                )
        except apsw.BusyError as problem:
            raise StoreError(
                f"{self.where} is in use by another server; stop it first, or name another folder"
            ) from problem
        except apsw.NotADBError as problem:
            raise StoreError(f"{self.where}/{FILE} is not a store of this program") from problem
        except apsw.Error as problem:
            raise StoreError(f"cannot keep data in {self.where}: {_reason(problem)}") from problem

    def names(self) -> list[str]:
        """Return the names of its sandboxes, the one that was written to last at the end."""
        with self._safely():
            found = self._all(
                "SELECT name FROM sandbox ORDER BY coalesce((SELECT made_at FROM entry"
                " WHERE sandbox = sandbox.id ORDER BY position DESC LIMIT 1), made_at), id"
            )
        return [name for (name,) in found]

    def read(self, sandbox: str) -> Log | None:
        """Return the log of a sandbox, or None."""
        with self._safely():
            id_ = self._id_of(sandbox)
            if id_ is None:
                return None
            (base, checkpoint), *_ = self._all(
                "SELECT base, checkpoint FROM sandbox WHERE id = ?", id_
            )
            rows = self._all("SELECT content FROM entry WHERE sandbox = ? ORDER BY position", id_)
        return Log(base, checkpoint, [content for (content,) in rows])

    def seed(self, digest: str) -> bytes | None:
        """Return seed records."""
        with self._safely():
            found = self._all("SELECT records FROM seed WHERE digest = ?", digest)
        return found[0][0] if found else None

    def write(self, batch: Iterable[Write]) -> None:
        """Write all of a batch, in its order, or nothing; raises StoreConflict."""
        with self._safely():
            self.step("begin")
            try:
                with self._transaction():
                    for write in batch:
                        self.step(f"before {type(write).__name__}")
                        self._write(write)
                    self.step("before commit")
            except BaseException:
                self._ids.clear()
                raise
            self.step("after commit")

    def _id_of(self, name: str) -> int | None:
        if name not in self._ids:
            found = self._all("SELECT id FROM sandbox WHERE name = ?", name)
            if not found:
                return None
            self._ids[name] = found[0][0]
        return self._ids[name]

    def _write(self, write: Write) -> None:
        execute = self._connection.execute
        if isinstance(write, Append):
            execute(
                "INSERT INTO entry (sandbox, position, content) VALUES (?, ?, ?)",
                (self._id_of(write.sandbox), write.position, write.entry),
            )
        elif isinstance(write, Create):
            [(id_,)] = self._all(_NEXT_ID)
            self._ids[write.sandbox] = id_
            execute(
                "INSERT INTO sandbox (id, name, base, checkpoint) VALUES (?, ?, 0, ?)",
                (id_, write.sandbox, write.checkpoint),
            )
        elif isinstance(write, Checkpoint):
            execute(
                "UPDATE sandbox SET base = ?, checkpoint = ? WHERE id = ?",
                (write.position, write.checkpoint, self._id_of(write.sandbox)),
            )
            execute(
                "DELETE FROM entry WHERE sandbox = ? AND position <= ?",
                (self._id_of(write.sandbox), write.position),
            )
        elif isinstance(write, Delete):
            deleted = self._id_of(write.sandbox)
            self._ids.pop(write.sandbox, None)
            execute("DELETE FROM entry WHERE sandbox = ?", (deleted,))
            execute("DELETE FROM sandbox WHERE id = ?", (deleted,))
        else:
            execute(
                "INSERT OR IGNORE INTO seed (digest, records) VALUES (?, ?)",
                (write.digest, write.records),
            )

    def about(self) -> Mapping[str, str]:
        """Return what was noted about the store as a whole."""
        with self._safely():
            return dict(self._all("SELECT name, value FROM about"))

    def note(self, about: Mapping[str, str]) -> None:
        """Note something about the store as a whole, in place of what has the same names."""
        with self._safely(), self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO about VALUES (?, ?)", about.items()
            )

    def compact(self) -> None:
        """Forget seed records that no log names, and give back room that nothing takes."""
        with self._safely():
            used = set()
            for table, column in (("sandbox", "checkpoint"), ("entry", "content")):
                for (digest,) in self._all(
                    f"SELECT digest FROM seed WHERE EXISTS (SELECT 1 FROM {table}"  # noqa: S608
                    f" WHERE instr({column}, CAST(digest AS BLOB)))"
                ):
                    used.add(digest)
            with self._transaction():
                for (digest,) in self._all("SELECT digest FROM seed"):
                    if digest not in used:
                        self._connection.execute("DELETE FROM seed WHERE digest = ?", (digest,))
            self._connection.execute("VACUUM")
            self._connection.pragma("wal_checkpoint(truncate)")

    def size(self) -> int:
        """Return how many bytes it takes."""
        with self._safely():
            pages: int = self._connection.pragma("page_count")
            return pages * int(self._connection.pragma("page_size"))

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with its file."""
        with self._safely():
            found = [text for (text,) in self._all("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def limit_size(self, size: int) -> None:
        """Let the file have so many bytes at most; what it has already is not touched."""
        with self._safely():
            pages = max(1, size // self._connection.pragma("page_size"))
            self._connection.pragma("max_page_count", pages)

    def close(self) -> None:
        """Let go of it; what was written is there."""
        with self._lock:
            self._connection.close()

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(query, values))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what the block writes, or nothing of it."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # SQLite ends a transaction itself where the disk is full.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _safely(self) -> Iterator[None]:
        """Let one thread at a time use the connection, and raise what SQLite raises as our own."""
        with self._lock:
            try:
                yield
            except self._apsw.ConstraintError as problem:
                raise StoreConflict(f"somebody else has written to {self.where}") from problem
            except self._apsw.Error as problem:
                raise StoreUnavailable(
                    f"{self.where} cannot be used: {_reason(problem)}"
                ) from problem


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return problem.strerror or str(problem)
    text = str(problem)
    return text.partition(": ")[2] or text
