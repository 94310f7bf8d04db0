"""How many requests each account may send in a minute."""

from __future__ import annotations

import threading

_WINDOW = 60


class StandInRateLimit:
    """Counts the requests of each account in minutes that begin with the first one.

    `most` of 0 counts nothing. The counts are this process's own.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._windows: dict[int, tuple[int, int]] = {}

    def reset_time(self, account: int, now: int) -> int | None:
        """Count a request; return None, or if there were too many, when the next will be taken.

        Times are UNIX seconds.
        """
        if not self._most:
            return None
        with self._lock:
            start, used = self._windows.get(account, (now, 0))
            if now >= start + _WINDOW:
                start, used = now, 0
            self._windows[account] = (start, used + 1)
            return start + _WINDOW if used >= self._most else None
