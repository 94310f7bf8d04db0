"""Rate limits on the sandbox's clock, counted as the framework behind an API counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from mock_server.engine.errors import RateLimited
from mock_server.state.sandbox import Sandbox

#: `aligned`: every window begins at a multiple of its length, as counters by the minute do.
#: `from_first`: a window begins with the first request in it (Laravel).
#: `sliding`: each request is free again when it is a window's length old (Django REST Framework).
Window = Literal["aligned", "from_first", "sliding"]


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left to a credential after a request: `remaining` of `limit` requests."""

    limit: int
    remaining: int


def _no_headers(_: Quota) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in each window of so many seconds, for each credential.

    What is refused does not count. `headers` makes what stands on every answer while the limit is
    on.
    """

    requests: int
    seconds: int
    window: Window = "aligned"
    headers: Callable[[Quota], Mapping[str, str]] = _no_headers

    def count(self, sandbox: Sandbox, owner: str) -> Quota:
        """Count a request of `owner` and return what is left; raises RateLimited if nothing was."""
        now = sandbox.clock.now().timestamp()
        if self.window == "sliding":
            return self._count_sliding(sandbox, owner, now)
        started, used = sandbox.windows.get(owner, (now, 0))
        if self.window == "aligned":
            start = float(now // self.seconds * self.seconds)
            used = used if started == start else 0
        else:
            # A clock that was set back is before the window, and begins another one.
            expired = not started <= now < started + self.seconds
            start, used = (now, 0) if expired else (started, used)
        if used >= self.requests:
            raise self._full(now, start + self.seconds)
        sandbox.windows[owner] = (start, used + 1)
        return Quota(self.requests, self.requests - used - 1)

    def _count_sliding(self, sandbox: Sandbox, owner: str, now: float) -> Quota:
        earlier: tuple[float, ...] = sandbox.windows.get(owner, ())
        times = tuple(time for time in earlier if now - self.seconds < time <= now)
        if len(times) >= self.requests:
            raise self._full(now, times[0] + self.seconds)
        sandbox.windows[owner] = (*times, now)
        return Quota(self.requests, self.requests - len(times) - 1)

    def _full(self, now: float, free_at: float) -> RateLimited:
        # Never 0, and never a second too early.
        return RateLimited(self.requests, math.ceil(free_at), max(1, math.ceil(free_at - now)))
