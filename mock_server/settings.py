"""What a server can be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of a server.

    `clock` freezes every sandbox at an instant, None lets them follow the machine.
    `rate_limited` says whose rate limits are on: `on`, `off`, or sandbox names with commas
    between. `seed_file` has records that sandboxes of the default persona start with instead of
    its. `token` is what control wants from its callers; without one, it is for programs on
    this machine. Sizes are in bytes, times in seconds.
    """

    persona: str = "typical"
    seed: int = 0
    accept_any_credential: bool = False
    clock: datetime | None = None
    rate_limited: str = "off"
    max_body: int = 1 << 20
    max_sandboxes: int = 1000
    sandbox_idle: float = 3600.0
    token: str | None = None
    seed_file: Path | None = None

    def limits_rate_of(self, sandbox: str) -> bool:
        """Say whether the vendors' rate limits are on in that sandbox."""
        return self.rate_limited == "on" or sandbox in self.rate_limited.split(",")
