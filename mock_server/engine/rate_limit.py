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

    A sandbox may have another number of `requests`. What is refused does not count. `headers` makes
    what every answer has while the limit is on.
    """

    requests: int
    seconds: int
    window: Window = "aligned"
    headers: Callable[[Quota], Mapping[str, str]] = _no_headers

    def size_in(self, sandbox: Sandbox) -> int:
        """Return how many requests a window allows in a sandbox."""
        return sandbox.rate_limit_requests or self.requests

    def count(self, sandbox: Sandbox, owner: str) -> Quota:
        """Count a request of `owner` and return what is left; raises RateLimited if nothing was."""
        now = sandbox.clock.now().timestamp()
        size = self.size_in(sandbox)
        if self.window == "sliding":
            return self._count_sliding(sandbox, owner, now, size)
        started, used = sandbox.windows.get(owner, (now, 0))
        if self.window == "aligned":
            start = float(now // self.seconds * self.seconds)
            used = used if started == start else 0
        else:
            # A clock that was set back is before the window, and begins another one.
            expired = not started <= now < started + self.seconds
            start, used = (now, 0) if expired else (started, used)
        if used >= size:
            raise self._full(now, start + self.seconds, size)
        sandbox.windows[owner] = (start, used + 1)
        return Quota(size, size - used - 1)

    def _count_sliding(self, sandbox: Sandbox, owner: str, now: float, size: int) -> Quota:
        earlier: tuple[float, ...] = sandbox.windows.get(owner, ())
        times = tuple(time for time in earlier if now - self.seconds < time <= now)
        if len(times) >= size:
            # Of a limit that was made smaller, more calls than one must be old enough.
            raise self._full(now, times[-size] + self.seconds, size)
        sandbox.windows[owner] = (*times, now)
        return Quota(size, size - len(times) - 1)

    def _full(self, now: float, free_at: float, size: int) -> RateLimited:
        # Never 0, and never a second too early.
        return RateLimited(size, math.ceil(free_at), max(1, math.ceil(free_at - now)))
