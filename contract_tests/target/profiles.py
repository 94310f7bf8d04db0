"""How far a run may go on a target, and how fast."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mock_server.engine.rate_limit import RateLimit
from mock_server.usage import UsageError

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_RATE = re.compile(rf"([1-9][0-9]*)/({'|'.join(_SECONDS)})")


@dataclass(frozen=True, slots=True)
class Profile:
    """How far a run may go.

    `writes` says which records it may change: none, those that carry its own tag, or any.
    `undeclared` allows methods, paths, parameters and values that the spec does not declare, and
    `foreign_credentials` calls without a credential of the target's.
    """

    name: str
    writes: Literal["none", "own", "any"]
    undeclared: bool
    foreign_credentials: bool


READ_ONLY = Profile("read-only", writes="none", undeclared=False, foreign_credentials=False)
WRITES = Profile("writes", writes="own", undeclared=False, foreign_credentials=False)
FULL = Profile("full", writes="any", undeclared=True, foreign_credentials=True)
PROFILES = {profile.name: profile for profile in (READ_ONLY, WRITES, FULL)}


class OutOfTime(Exception):
    """A run may not go on: its time is up, or would be before it could; the message says why."""


class Pace:
    """Lets no more than so many requests begin within any so many seconds.

    A request counts until the whole time has passed since its answer, for only then has the service
    surely counted it so long ago. Waits on `clock`, a monotonic one in seconds, by `sleep`; `waits`
    is asked beforehand.
    """

    def __init__(
        self,
        requests: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        waits: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.requests, self.seconds = requests, seconds
        self._clock = clock
        self._sleep = sleep
        self._waits = waits
        #: When each of the last requests no longer counts.
        self._free: deque[float] = deque([clock()] * requests, maxlen=requests)

    def wait(self, deadline: float | None = None) -> None:
        """Return when another request may be sent; raises OutOfTime if that is too late."""
        moment = self._free[0]
        if deadline is not None and moment > deadline:
            raise OutOfTime("the time for the run would be up before the next request may be sent")
        self._until(self._free.popleft())

    def answered(self) -> None:
        """Count a request from now on; must follow each `wait`."""
        self._free.append(self._clock() + self.seconds)

    def refused(self, seconds: float) -> None:
        """Send nothing for so many seconds, as the service asked."""
        until = self._clock() + seconds
        self._free = deque((max(each, until) for each in self._free), maxlen=self._free.maxlen)

    def _until(self, moment: float) -> None:
        left = moment - self._clock()
        if left <= 0:
            return
        self._waits(left)
        # A sleep may end a little early.
        while left > 0:
            self._sleep(left)
            left = moment - self._clock()


class RateError(UsageError):
    """A rate is not written as one; the message says how it is, in one line."""


def pace_of(rate: str | None, documented: RateLimit | None) -> Pace | None:
    """Return the pace for `N/second`, `N/minute`, `N/hour`, or `none`; raises RateError.

    Without a rate it is the one that the vendor documents, if there is one.
    """
    if rate == "none":
        return None
    if rate is None:
        return Pace(documented.requests, documented.seconds) if documented is not None else None
    found = _RATE.fullmatch(rate)
    if found is None:
        raise RateError(f"a rate is N/second, N/minute, N/hour or none, not {rate!r}")
    return Pace(int(found[1]), _SECONDS[found[2]])
