"""A PostgreSQL server for tests: one of their own on a free port, or the one that is named.

`MOCK_INVENTORY_TEST_POSTGRESQL` names one by its URL; the schema `mock_server` in it is dropped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

VARIABLE = "MOCK_INVENTORY_TEST_POSTGRESQL"


class Database:
    """A PostgreSQL server that tests may stop and start."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        # It refuses to be root.
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user is not None:
            shutil.chown(folder, self._user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._data = str(folder / "data")
        self._run("initdb", "-A", "trust", "-U", "mock", "--no-sync", "-D", self._data)
        self.url = f"postgresql://mock@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-o", options, "-l",
                  str(self._folder / "log"))  # fmt: skip

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", self._data)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user,
            cwd=self._folder, timeout=120,
        )  # fmt: skip


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version's; Debian has it beside the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(
        (each.parent for each in versions), key=lambda each: int(each.parent.name), default=None
    )


@contextmanager
def database() -> Iterator[Database]:
    """A server of the tests' own; skips them, by name, where there is no PostgreSQL."""
    pytest.importorskip("psycopg")
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL here (initdb)")
    folder = Path(tempfile.mkdtemp(prefix="mock-postgresql-"))
    folder.chmod(0o755)
    try:
        server = Database(found, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
