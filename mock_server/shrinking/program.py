"""Run a program again and again, each time against fresh sandboxes with other odd values."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from mock_server.app import MockServer
from mock_server.control.seed_files.records import exported
from mock_server.seeding.messy import OddValue
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.variation import Variation

#: The variables by which a program learns where the mock is, and its key.
URL_VARIABLE, KEY_VARIABLE = "MOCK_SERVER_URL", "MOCK_SERVER_KEY"
KEY = "test"
_KEPT_OUTPUT = 4000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of the program ended; `code` is None if it took too long."""

    code: int | None
    output: str

    @property
    def failed(self) -> bool:
        """Whether it did not end with 0."""
        return self.code != 0


class Program:
    """A command that is run against a server, with sandboxes that begin anew for each run."""

    def __init__(
        self, command: Sequence[str], server: MockServer, url: str, environment: Mapping[str, str]
    ) -> None:
        self._command = command
        self._server = server
        self._environment = {**environment, **self._variables(url)}
        self.runs = 0

    def _variables(self, url: str) -> dict[str, str]:
        """Where everything is: the server, the key, and each API's base URL."""
        return {
            URL_VARIABLE: url,
            KEY_VARIABLE: KEY,
            **{
                f"{name.upper()}_BASE_URL": url + self._server.base_path(name)
                for name in self._server.mounts
            },
        }

    def odd_values(self, variation: Variation) -> list[OddValue]:
        """Return the odd values of a sandbox that begins with a variation."""
        sandbox = self._begin(variation)
        return [odd for name in self._server.mounts for odd in sandbox.odd_values(name)]

    def seed_file(self, variation: Variation, tables: Iterable[str]) -> dict[str, Any]:
        """Return the records of a variation as a seed file: those of the tables' APIs, or all."""
        apis = {table.partition(".")[0] for table in tables} or set(self._server.mounts)
        sandbox = self._begin(variation)
        return exported(sandbox.whole(sandbox.state, sorted(apis)), sorted(apis))

    def _begin(self, variation: Variation) -> Sandbox:
        """Open a sandbox of a variation; no other is open any more."""
        sandboxes = self._server.sandboxes
        for name in sandboxes.names():
            with suppress(KeyError):
                sandboxes.close(name)
        settings = self._server.settings
        sandboxes.variation = replace(variation, catalogue=settings.variation.catalogue)
        return sandboxes.open(SandboxName(KEY, settings.persona))

    def run(self, variation: Variation, seconds: float) -> Outcome:
        """Run it once; it is ended, with all that it started, after so many seconds."""
        self.runs += 1
        self._begin(variation)
        process = subprocess.Popen(  # noqa: S603 - asked for
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            output = _ended(process)
            return Outcome(None, _shown(output))
        except BaseException:
            _ended(process)
            raise
        return Outcome(process.returncode, _shown(output))


def _ended(process: subprocess.Popen[bytes]) -> bytes:
    """End a process and what it started; return what it printed."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    output, _ = process.communicate()
    return output


def _shown(output: bytes) -> str:
    return output.decode("utf-8", "replace")[-_KEPT_OUTPUT:]
