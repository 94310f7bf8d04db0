"""What is left of a server that was killed; `benchmarks/store_kills.py` does it a lot oftener."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.store_kills import Outcome, Server, killed


@pytest.fixture
def server(tmp_path):
    return Server("cliniko", tmp_path)


def test_a_kill_at_any_step_of_a_write_loses_nothing_that_was_answered(server):
    outcome = Outcome()
    # Of the first writes: the one that creates the log, and one that adds to it.
    for step in range(1, 10):
        durability = "machine" if step % 2 else "process"
        killed(replace(server, step=step, durability=durability), outcome, clients=2)
    assert outcome.clean, outcome
    assert outcome.answered


def test_a_kill_at_a_random_moment_loses_nothing_that_was_answered(server):
    outcome = Outcome()
    for seconds in (0.02, 0.1):
        killed(server, outcome, clients=4, seconds=seconds)
    assert outcome.clean, outcome
    assert outcome.answered


def test_a_server_that_answers_before_it_writes_is_seen_to_lose(server):
    outcome = Outcome()
    for seconds in (0.01, 0.03, 0.05, 0.08):
        killed(replace(server, answers_first=True), outcome, clients=4, seconds=seconds)
        if outcome.lost:
            break
    assert outcome.lost
