"""The files and connections that the process may have open at once."""

from __future__ import annotations

import asyncio
import errno
import logging
import sys
from contextlib import suppress
from time import monotonic
from typing import Any

if sys.platform != "win32":
    import resource

#: So many are kept for what is no connection: files, pipes, the connections being refused.
_SPARE = 16
#: Seconds without another refusal after which one is a new thing to report.
_QUIET = 10.0
_log = logging.getLogger("mock_server")


def raise_limit() -> None:
    """Let the process open as many files as the system lets it, instead of a shell's default."""
    if sys.platform != "win32":
        with suppress(OSError, ValueError):
            _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Descriptors:
    """Knows when hardly any descriptor is left, and says so: once, until it was over for a while.

    Raise the limit before one is made.
    """

    def __init__(self) -> None:
        self._limit = -1
        if sys.platform != "win32":
            self._limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._last = -_QUIET

    def are_used_up(self, number: int) -> bool:
        """Say whether a new descriptor of that number is one of the last; low ones go first."""
        used_up = 0 <= self._limit - _SPARE <= number
        if used_up:
            self.report()
        return used_up

    def report(self) -> None:
        """Say that connections are refused, unless that was said already."""
        now = monotonic()
        if now - self._last >= _QUIET:
            _log.warning(
                "all of the %d files and connections that the server may have open are in use: "
                "more are refused until some are closed (ulimit -n sets how many there may be)",
                self._limit,
            )
        self._last = now

    def on_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Report that no connection can be accepted; for an event loop, which would for each."""
        problem = context.get("exception")
        if isinstance(problem, OSError) and problem.errno in {errno.EMFILE, errno.ENFILE}:
            self.report()
        # asyncio tries to accept again for each refusal, even if the server has ended meanwhile.
        elif "._start_serving(" not in context.get("message", ""):
            loop.default_exception_handler(context)
