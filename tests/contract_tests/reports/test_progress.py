"""What is seen while a run goes on, on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from contract_tests.findings import Run
from contract_tests.reports import progress as progress_module
from contract_tests.reports.progress import QUIET, VERBOSE, Progress


class Stream(io.StringIO):
    """A stream that may be a terminal."""

    def __init__(self, terminal):
        super().__init__()
        self._terminal = terminal

    def isatty(self):
        return self._terminal


@pytest.fixture
def clock(monkeypatch):
    """The seconds that the progress reads, in a list of one."""
    seconds = [0.0]
    monkeypatch.setattr(progress_module.time, "perf_counter", lambda: seconds[0])
    return seconds


def test_elsewhere_there_are_plain_lines_of_phases_alone(clock):
    stream = Stream(terminal=False)
    progress = Progress("shop", stream)
    clock[0] = 5
    progress.tick(Run("shop", 1, requests=7))
    progress.step("read_after_write: 4 cases")
    progress.line("fuzzing: success")
    progress.end()
    assert stream.getvalue() == "shop: fuzzing: success\n"


@pytest.mark.parametrize(
    ("verbosity", "shown"),
    [(VERBOSE, "shop: read_after_write: 4 cases\nshop: fuzzing: success\n"), (QUIET, "")],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_more_and_less_can_be_asked_for(terminal, verbosity, shown):
    stream = Stream(terminal)
    progress = Progress("shop", stream, verbosity)
    progress.step("read_after_write: 4 cases")
    progress.tick(Run("shop", 1, requests=7))
    progress.line("fuzzing: success")
    progress.end()
    assert stream.getvalue() == shown


def test_on_a_terminal_a_table_shows_the_last_steps_and_counts(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    stream = Stream(terminal=True)
    progress = Progress("shop", stream)
    for number in range(20):
        progress.step(f"property_{number}: 4 cases")
    clock[0] = 2.2
    progress.tick(Run("shop", 1, requests=7, checks=90))
    last = stream.getvalue().rpartition("outcome")[2]
    assert "property_19" in last
    assert "property_7" not in last
    assert "7 requests, 90 checks, 0 findings, 2 s" in last
    progress.end()


def test_the_table_is_not_drawn_for_every_request(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    stream = Stream(terminal=True)
    progress = Progress("shop", stream)
    for tick in range(1, 101):
        clock[0] = tick / 100
        progress.tick(Run("shop", 1, requests=tick))
    progress.end()
    assert 1 <= stream.getvalue().count(" requests") <= 5
