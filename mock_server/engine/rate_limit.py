"""Fixed-window rate limits on the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass

from mock_server.engine.errors import RateLimited
from mock_server.state.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in each window of so many seconds, for each credential."""

    requests: int
    seconds: int

    def count(self, sandbox: Sandbox, owner: str) -> None:
        """Count a request of `owner`; raises RateLimited if its window is full."""
        now = int(sandbox.clock.now().timestamp())
        window = now // self.seconds
        counted, used = sandbox.windows.get(owner, (window, 0))
        used = used + 1 if counted == window else 1
        if used > self.requests:
            reset = (window + 1) * self.seconds
            raise RateLimited(self.requests, reset, reset - now)
        sandbox.windows[owner] = (window, used)
