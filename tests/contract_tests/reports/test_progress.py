"""What is seen while a run goes on, on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from contract_tests.findings import Run
from contract_tests.reports import progress as progress_module
from contract_tests.reports.progress import Progress


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


def shown(stream):
    """What is left on a terminal's lines."""
    return [line.rpartition("\x1b[2K")[2] for line in stream.getvalue().split("\n")]


def test_elsewhere_there_are_plain_lines_alone(clock):
    stream = Stream(terminal=False)
    progress = Progress("shop", stream)
    clock[0] = 5
    progress.tick(Run("shop", 1, requests=7))
    progress.line("fuzzing: success")
    progress.end()
    assert stream.getvalue() == "shop: fuzzing: success\n"


def test_on_a_terminal_a_counter_runs_below_the_lines_and_goes_away(clock):
    stream = Stream(terminal=True)
    progress = Progress("shop", stream)
    progress.line("coverage: success")
    clock[0] = 2.2
    progress.tick(Run("shop", 1, requests=7, checks=90))
    assert shown(stream) == [
        "shop: coverage: success",
        "shop: 7 requests, 90 checks, 0 findings, 2 s",
    ]
    progress.line("fuzzing: success")
    assert shown(stream) == ["shop: coverage: success", "shop: fuzzing: success", ""]
    progress.end()
    assert shown(stream)[-1] == ""


def test_the_counter_is_not_written_for_every_request(clock):
    stream = Stream(terminal=True)
    progress = Progress("shop", stream)
    for tick in range(100):
        clock[0] = tick / 100
        progress.tick(Run("shop", 1, requests=tick))
    assert 8 <= stream.getvalue().count("requests") <= 10
