"""A store in a PostgreSQL database, for servers on any number of machines.

A turn is a transaction that holds the lock of the one row of the table `turn`, which PostgreSQL
gives to who has waited longest. What is written in it waits here and is sent with its end, in one
round trip.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any
from urllib.parse import urlsplit

from mock_server.store.protocol import (
    Append,
    Checkpoint,
    Create,
    Delete,
    Log,
    Step,
    StoreConflict,
    StoreError,
    StoreUnavailable,
    Tail,
    Write,
)
from mock_server.usage import needs_extra

#: How a URL begins that names such a store.
SCHEMES = ("postgresql://", "postgres://")
#: Seconds until a connection has to be there, and that a process waits for its turn; one that does
#: nothing in its turn for longer loses it.
_CONNECT_SECONDS, _PATIENCE = 3, 10
_FORMAT = "1"
#: More sandboxes than a turn can create.
_MOST_IN_TURN = 1 << 20
#: "Mock" in ASCII: servers that begin at the same time make the tables one after the other.
_MAKING = 0x4D6F636B
_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS mock_server;
CREATE TABLE IF NOT EXISTS mock_server.about (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE IF NOT EXISTS mock_server.turn (number bigint NOT NULL);
CREATE TABLE IF NOT EXISTS mock_server.seed (digest text PRIMARY KEY, records bytea NOT NULL);
CREATE TABLE IF NOT EXISTS mock_server.sandbox (
  id bigint PRIMARY KEY,
  name text NOT NULL UNIQUE,
  base bigint NOT NULL,
  checkpoint bytea NOT NULL,
  changed bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS mock_server.entry (
  sandbox bigint NOT NULL REFERENCES mock_server.sandbox ON DELETE CASCADE,
  position bigint NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (sandbox, position)
);
INSERT INTO mock_server.turn SELECT 0 WHERE NOT EXISTS (SELECT FROM mock_server.turn);
"""


def is_url(data: object) -> bool:
    """Say whether what `--data` names is a database."""
    return isinstance(data, str) and data.startswith(SCHEMES)


def _nothing(_: str) -> None:
    return None


class PostgresStore:
    """The store of a database, which any number of servers have; raises StoreError.

    `url` is a connection URI of libpq. `step` is called around each step of a write.
    """

    is_local = False

    def __init__(self, url: str, *, step: Step = _nothing) -> None:
        needs_extra("postgresql", "psycopg", "a store in PostgreSQL (--data postgresql://…)")
        import psycopg

        # It warns of each line that was cut; those are reported here.
        logging.getLogger("psycopg").setLevel(logging.ERROR)
        self._psycopg = psycopg
        self._url = url
        self.where = _without_password(url)
        self.step = step
        self._lock = RLock()
        self._ids: dict[str, int] = {}
        self._number = -1
        #: What has to be sent in this turn, None if there is none.
        self._turn: list[Write] | None = None
        self._wrote = False
        self._created = 0
        self._connection: Any = None
        #: For what is looked up while a turn is waited for.
        self._looking: Any = None
        self.connect()

    def connect(self) -> None:
        """Connect, and make the tables if they are not there; raises StoreError."""
        try:
            self._connection = self._connected()
            with self._connection.transaction():
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING])
                if not self._rows("SELECT to_regclass('mock_server.turn') IS NOT NULL")[0][0]:
                    self._connection.execute(_SCHEMA)
                    self._connection.execute(
                        "INSERT INTO mock_server.about VALUES ('format', %s)", [_FORMAT]
                    )
            found = self.about().get("format")
        except (self._psycopg.Error, StoreUnavailable) as problem:
            self.disconnect()
            raise StoreError(f"cannot keep data in {self.where}: {_reason(problem)}") from problem
        if found != _FORMAT:
            self.disconnect()
            raise StoreError(
                f"{self.where} has a store of format {found}, and this version of the program "
                f"reads format {_FORMAT}; serve it with the version that wrote it"
            )

    def _connected(self) -> Any:
        return self._psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            application_name="mock-server",
            keepalives_idle=_PATIENCE,
            tcp_user_timeout=_PATIENCE * 1000,
            options=(
                f"-c lock_timeout={_PATIENCE}s -c statement_timeout={2 * _PATIENCE}s "
                f"-c idle_in_transaction_session_timeout={_PATIENCE}s"
            ),
        )

    def reserve(self) -> None:
        """Do nothing: any server may have it."""

    def disconnect(self) -> None:
        """Let go of it for now, so that the process may be forked."""
        for connection in (self._connection, self._looking):
            if connection is not None:
                with suppress(self._psycopg.Error):
                    connection.close()
        self._connection = self._looking = None
        self._turn = None

    def close(self) -> None:
        """Let go of it; what was committed is there."""
        with self._lock:
            self.disconnect()

    # Turns.

    def begin(self, *, wait: bool) -> bool | None:  # noqa: ARG002 - it is a round trip anyway
        """Begin a turn; says whether others have written since the last one.

        Raises StoreUnavailable.
        """
        with self._lock:
            try:
                number = self._begin()
            except StoreBusy:
                raise
            except StoreUnavailable:
                # It was restarted, or the line was cut; now it may be there again.
                number = self._begin()
            changed, self._number = number != self._number, number
            self._turn, self._wrote, self._created = [], False, 0
            if changed:
                self._ids.clear()
            return changed

    def _begin(self) -> int:
        with self._safely():
            if self._connection is None:
                self._connection = self._connected()
            with self._connection.pipeline():
                self._connection.execute("BEGIN")
                cursor = self._connection.execute("SELECT number FROM mock_server.turn FOR UPDATE")
            number: int = cursor.fetchone()[0]
            return number

    def commit(self) -> None:
        """End the turn and keep what was written in it; if that fails, all of it is undone."""
        with self._lock:
            try:
                with self._safely(), self._connection.pipeline():
                    self._send()
                    if self._wrote:
                        self._connection.execute("UPDATE mock_server.turn SET number = number + 1")
                    self.step("before commit")
                    self._connection.execute("COMMIT")
                self.step("after commit")
                self._number += self._wrote
            except BaseException:
                self._ids.clear()
                raise
            finally:
                self._turn = None

    def rollback(self) -> None:
        """End the turn, and undo what was written in it."""
        with self._lock:
            self._turn = None
            self._ids.clear()
            with self._safely():
                if self._connection is not None:
                    self._connection.execute("ROLLBACK")

    def has_changed(self) -> bool:
        """Say whether others have written since that was last asked, or the last turn began."""
        [(number,)] = self._look("SELECT number FROM mock_server.turn")
        changed, self._number = number != self._number, number
        if changed:
            self._ids.clear()
        return bool(changed)

    # What is in it.

    def identity(self, sandbox: str) -> int | None:
        """Return what tells a sandbox from an earlier one of its name; None if there is none."""
        if sandbox not in self._ids:
            found = self._look("SELECT id FROM mock_server.sandbox WHERE name = %s", sandbox)
            if not found:
                return None
            self._ids[sandbox] = found[0][0]
        return self._ids[sandbox]

    def tail(self, identity: int, position: int) -> Tail | None:
        """Return what a log has after a position; None if the sandbox is not there any more."""
        found = self._look(
            "SELECT s.base, e.content FROM mock_server.sandbox s LEFT JOIN mock_server.entry e"
            " ON e.sandbox = s.id AND e.position > %s WHERE s.id = %s ORDER BY e.position",
            position,
            identity,
        )
        if not found:
            return None
        return Tail(found[0][0], [content for _, content in found if content is not None])

    def names(self) -> list[str]:
        """Return the names of its sandboxes, the one that was written to last at the end."""
        found = self._look("SELECT name FROM mock_server.sandbox ORDER BY changed, name")
        return [name for (name,) in found]

    def read(self, sandbox: str) -> Log | None:
        """Return the log of a sandbox, or None."""
        found = self._look(
            "SELECT s.base, s.checkpoint, e.content FROM mock_server.sandbox s"
            " LEFT JOIN mock_server.entry e ON e.sandbox = s.id"
            " WHERE s.name = %s ORDER BY e.position",
            sandbox,
        )
        if not found:
            return None
        base, checkpoint, _ = found[0]
        return Log(base, checkpoint, [content for *_, content in found if content is not None])

    def seed(self, digest: str) -> bytes | None:
        """Return seed records."""
        found = self._look("SELECT records FROM mock_server.seed WHERE digest = %s", digest)
        return found[0][0] if found else None

    def about(self) -> Mapping[str, str]:
        """Return what was noted about the store as a whole."""
        return dict(self._look("SELECT name, value FROM mock_server.about"))

    def note(self, about: Mapping[str, str]) -> None:
        """Note something about the store as a whole, in place of what has the same names."""
        with self._safely(), self._connection.transaction():
            self._connection.cursor().executemany(
                "INSERT INTO mock_server.about VALUES (%s, %s)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                list(about.items()),
            )

    def size(self) -> int:
        """Return how many bytes it takes."""
        [(size,)] = self._look(
            "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'mock_server' AND c.relkind = 'r'"
        )
        return int(size)

    def compact(self) -> None:
        """Forget seed records that no log names; PostgreSQL gives back room itself."""
        self._look(
            "DELETE FROM mock_server.seed d WHERE NOT EXISTS (SELECT FROM mock_server.sandbox"
            " WHERE position(d.digest::bytea IN checkpoint) > 0) AND NOT EXISTS (SELECT FROM"
            " mock_server.entry WHERE position(d.digest::bytea IN content) > 0) RETURNING digest"
        )

    # Writing.

    def write(self, batch: Iterable[Write]) -> None:
        """Write all of a batch, in its order, or nothing, at the end of the turn.

        Without a turn, that is at once. Raises StoreConflict.
        """
        if self._turn is None:
            self.begin(wait=True)
            try:
                self.write(batch)
            except BaseException:
                self.rollback()
                raise
            self.commit()
            return
        for write in batch:
            if isinstance(write, Create):
                # No other turn has the number, if this one is committed.
                self._created += 1
                self._ids[write.sandbox] = (self._number + 1) * _MOST_IN_TURN + self._created
            self._turn.append(write)
            if isinstance(write, Delete):
                # The next one of the name is another one.
                with self._lock, self._safely(), self._connection.pipeline():
                    self._send()
                self._ids.pop(write.sandbox, None)

    def _send(self) -> None:
        writes, self._turn = self._turn or [], []
        for write in writes:
            self.step(f"before {type(write).__name__}")
            self._write(write)
            self._wrote = True

    def _write(self, write: Write) -> None:
        execute, number = self._connection.execute, self._number + 1
        if isinstance(write, Append):
            execute(
                "WITH changed AS (UPDATE mock_server.sandbox SET changed = %s WHERE name = %s"
                " RETURNING id) INSERT INTO mock_server.entry VALUES"
                " ((SELECT id FROM changed), %s, %s)",
                [number, write.sandbox, write.position, write.entry],
            )
        elif isinstance(write, Create):
            execute(
                "INSERT INTO mock_server.sandbox VALUES (%s, %s, 0, %s, %s)",
                [self._ids[write.sandbox], write.sandbox, write.checkpoint, number],
            )
        elif isinstance(write, Checkpoint):
            execute(
                "WITH changed AS (UPDATE mock_server.sandbox SET base = %s, checkpoint = %s"
                " WHERE name = %s RETURNING id) DELETE FROM mock_server.entry"
                " WHERE sandbox = (SELECT id FROM changed) AND position <= %s",
                [write.position, write.checkpoint, write.sandbox, write.position],
            )
        elif isinstance(write, Delete):
            execute("DELETE FROM mock_server.sandbox WHERE name = %s", [write.sandbox])
        else:
            execute(
                "INSERT INTO mock_server.seed VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [write.digest, write.records],
            )

    # Connections.

    def _look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds: in the turn if there is one, and else on a connection of its own."""
        if self._turn is not None:
            with self._lock, self._safely():
                if self._turn:
                    with self._connection.pipeline():
                        self._send()
                return self._rows(query, *values)
        try:
            return self._looked(query, *values)
        except StoreUnavailable:
            # The connection may be one to a database that was restarted.
            return self._looked(query, *values)

    def _looked(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            if self._looking is None:
                self._looking = self._connected()
            return list(self._looking.execute(query, values).fetchall())
        except self._psycopg.Error as problem:
            if self._looking is not None:
                self._looking.close()
            self._looking = None
            raise StoreUnavailable(f"{self.where} cannot be used: {_reason(problem)}") from problem

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(query, values).fetchall())

    @contextmanager
    def _safely(self) -> Iterator[None]:
        """Raise what PostgreSQL raises as our own; a connection that is of no use is let go."""
        errors = self._psycopg.errors
        try:
            yield
        except self._psycopg.Error as problem:
            connection, self._connection = self._connection, None
            if connection is not None:
                # A transaction that is left open would keep the turn from others.
                with suppress(self._psycopg.Error):
                    connection.close()
            if isinstance(problem, errors.UniqueViolation | errors.NotNullViolation):
                raise StoreConflict(f"somebody else has written to {self.where}") from problem
            if isinstance(problem, errors.LockNotAvailable):
                text = f"{self.where} is busy: no turn in {_PATIENCE} seconds"
                raise StoreBusy(text) from problem
            raise StoreUnavailable(f"{self.where} cannot be used: {_reason(problem)}") from problem


class StoreBusy(StoreUnavailable):
    """Others have the store for longer than anybody waits."""


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _reason(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0] or type(problem).__name__
