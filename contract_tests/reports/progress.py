"""What a person sees while a run goes on."""

from __future__ import annotations

import time
from typing import TextIO

from contract_tests.findings import Run

_BETWEEN = 0.1
_CLEARED = "\r\x1b[2K"


class Progress:
    """Tells how far a run is: a line for each step, and on a terminal a counter below them."""

    def __init__(self, api: str, stream: TextIO) -> None:
        self._api = api
        self._stream = stream
        self._live = stream.isatty()
        self._started = self._shown_at = time.perf_counter()

    def line(self, text: str) -> None:
        """Tell of one step that is over."""
        self.end()
        self._stream.write(f"{self._api}: {text}\n")
        self._stream.flush()

    def tick(self, run: Run) -> None:
        """Count; shown on a terminal only, and not so often that it would take time."""
        now = time.perf_counter()
        if not self._live or now - self._shown_at < _BETWEEN:
            return
        self._shown_at = now
        self._stream.write(
            f"{_CLEARED}{self._api}: {run.requests} requests, {run.checks} checks, "
            f"{len(run.findings)} findings, {now - self._started:.0f} s"
        )
        self._stream.flush()

    def end(self) -> None:
        """Take the counter away."""
        if self._live:
            self._stream.write(_CLEARED)
            self._stream.flush()
