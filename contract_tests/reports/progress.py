"""What a person sees while a run goes on."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, TextIO

from contract_tests.findings import Run

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

#: How much is shown: the summary alone, phases, or a line for every step.
QUIET, USUAL, VERBOSE = -1, 0, 1
_BETWEEN = 0.25
_ROWS = 12


class Progress:
    """Shows how far a run is: a table of the last steps on a terminal, elsewhere lines.

    A step is a text such as `fuzzing: success`. Those of properties are in the table, and a line
    of their own where `verbosity` is VERBOSE; with QUIET nothing is shown.
    """

    def __init__(self, api: str, stream: TextIO, verbosity: int = USUAL) -> None:
        self._api = api
        self._stream = stream
        self._verbosity = verbosity
        self._started = self._shown_at = time.perf_counter()
        self._steps: deque[tuple[str, str]] = deque(maxlen=_ROWS)
        self._run = Run(api, 0)
        self._live: Live | None = None
        self._on_terminal = stream.isatty() and verbosity == USUAL

    def line(self, text: str) -> None:
        """Show a step that is over, or something to know, in a line that stays."""
        if self._verbosity == QUIET:
            return
        if self._on_terminal:
            name, _, outcome = text.partition(": ")
            self._steps.append((name, outcome))
            self._show()
        else:
            self._write(text)

    def step(self, text: str) -> None:
        """Show that a property has been tried."""
        if self._on_terminal or self._verbosity == VERBOSE:
            self.line(text)

    def tick(self, run: Run) -> None:
        """Count; shown on a terminal only, and not so often that it would take time."""
        now = time.perf_counter()
        if not self._on_terminal or now - self._shown_at < _BETWEEN:
            return
        self._shown_at, self._run = now, run
        self._show()

    def end(self) -> None:
        """Take the table away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _write(self, text: str) -> None:
        self._stream.write(f"{self._api}: {text}\n")
        self._stream.flush()

    def _show(self) -> None:
        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            console = Console(file=self._stream)
            self._live = Live(console=console, auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(self._shown(self._run), refresh=True)

    def _shown(self, run: Run) -> Group:
        from rich.box import SIMPLE_HEAD
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table("step", "outcome", box=SIMPLE_HEAD, pad_edge=False)
        for name, outcome in self._steps:
            table.add_row(Text(name), Text(outcome))
        seconds = time.perf_counter() - self._started
        counts = f"{run.requests} requests, {run.checks} checks, {len(run.findings)} findings"
        return Group(table, Text(f"{self._api}: {counts}, {seconds:.0f} s"))
