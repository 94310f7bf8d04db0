"""The options of a server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from mock_server.state.clock import ClockError, checked_instant
from mock_server.state.memory import share_of_memory
from mock_server.state.variation import AS_THE_PERSONA, Variation
from mock_server.usage import UsageError

#: Words that somebody may write who wants something on or off.
_SWITCHES = {"on", "off", "true", "false", "yes", "no", "all", "none", "1", "0", ""}

#: Scheme, host and port, as browsers write an origin.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class SettingsError(UsageError, ValueError):
    """An option cannot have that value; the message says which one can."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of a server; raises SettingsError for a value that an option cannot have.

    `clock` freezes every sandbox at an instant, None lets them follow the machine.
    `hide_keys` takes any key and names the sandbox of one that does not begin with `test` by a
    digest. `rate_limited` says whose rate limits are on: `on`, `off`, or sandbox names with commas
    between; `csrf` in the same way where sessions need a CSRF token to write. `seed_file` has
    records that sandboxes of the default persona start with instead of its. `cors` names the
    origins, with commas between, whose pages may call the APIs; `*` is all, None leaves it to the
    vendors. `max_memory` is for the records, snapshots and journals of all sandboxes,
    `max_sandbox_memory` for those of one. `persona_file` has more personas; `variation` is how the
    first records of every sandbox differ from the persona's. `token` is what callers of the control
    API must send; without one, it is for programs on this machine. `data` is the folder in which
    sandboxes are kept, or the URL of a PostgreSQL database; without one, all is gone with the
    process. `durability` is what an answered
    write survives then: the end of the `process`, or of the `machine` as well. `workers` is how
    many processes share the folder, this one among them; None lets it have the folder for itself.
    Sizes are in bytes, times in seconds.
    """

    persona: str = "typical"
    seed: int = 0
    accept_any_credential: bool = False
    hide_keys: bool = False
    clock: datetime | None = None
    rate_limited: str = "off"
    csrf: str = "off"
    max_body: int = 1 << 20
    max_sandboxes: int = 1000
    sandbox_idle: float = 3600.0
    max_memory: int = field(default_factory=share_of_memory)
    max_sandbox_memory: int = 256 << 20
    read_timeout: float = 30.0
    token: str | None = None
    seed_file: Path | None = None
    persona_file: Path | None = None
    journal_bytes: int = 4 << 20
    cors: str | None = None
    variation: Variation = AS_THE_PERSONA
    data: Path | str | None = None
    durability: Literal["process", "machine"] = "process"
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.clock is not None:
            try:
                checked_instant(self.clock)
            except ClockError as problem:
                raise SettingsError(str(problem)) from problem
        if self.workers is not None and self.data is None:
            raise SettingsError("--workers goes with --data: processes share what a folder keeps")
        self._check_switch("rate limits are", self.rate_limited)
        self._check_switch("CSRF tokens are", self.csrf)
        for origin in self.cors_origins:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise SettingsError(
                    f"CORS is for `*`, or for origins such as http://localhost:3000 with commas "
                    f"between; {origin!r} is neither"
                )

    @property
    def cors_origins(self) -> tuple[str, ...]:
        """The origins of `cors`, none if it is not set."""
        return () if self.cors is None else tuple(self.cors.split(","))

    def _check_switch(self, what: str, value: str) -> None:
        for name in () if value in {"on", "off"} else value.split(","):
            known = name.startswith("test") or self.accept_any_credential
            if name.lower() in _SWITCHES or not known:
                raise SettingsError(
                    f"{what} `on`, `off`, or names of sandboxes with commas between, which "
                    f"begin with `test`; {name!r} is none of these"
                )

    def limits_rate_of(self, sandbox: str) -> bool:
        """Say whether the vendors' rate limits are on in that sandbox."""
        return _is_on(self.rate_limited, sandbox)

    def wants_csrf_in(self, sandbox: str) -> bool:
        """Say whether sessions need a CSRF token to write in that sandbox."""
        return _is_on(self.csrf, sandbox)


def _is_on(value: str, sandbox: str) -> bool:
    return value == "on" or sandbox in value.split(",")
