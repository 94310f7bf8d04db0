"""What is left of a server that was killed; `benchmarks/store_kills.py` does it a lot oftener."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from mock_server.discovery import load_vendor
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def program():
    spec = importlib.util.spec_from_file_location(
        "store_kills", ROOT / "benchmarks" / "store_kills.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["store_kills"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["store_kills"]


@pytest.fixture(scope="module")
def vendor():
    return load_vendor("cliniko")


def test_a_kill_at_any_step_of_a_write_loses_nothing_that_was_answered(program, vendor, tmp_path):
    outcome = program.Outcome()
    # Of the first writes: the one that creates the log, and one that adds to it.
    for step in range(1, 10):
        program.killed(
            vendor,
            tmp_path,
            outcome,
            clients=2,
            prepare=program.at_step(step),
            durability="machine" if step % 2 else "process",
        )
    assert outcome.clean, outcome
    assert outcome.answered


def test_a_kill_at_a_random_moment_loses_nothing_that_was_answered(program, vendor, tmp_path):
    outcome = program.Outcome()
    for seconds in (0.02, 0.1):
        program.killed(vendor, tmp_path, outcome, clients=4, seconds=seconds)
    assert outcome.clean, outcome
    assert outcome.answered


def test_a_server_that_answers_before_it_writes_is_seen_to_lose(program, vendor, tmp_path):
    outcome = program.Outcome()
    for seconds in (0.01, 0.03, 0.05, 0.08):
        program.killed(
            vendor, tmp_path, outcome, clients=4, seconds=seconds, prepare=program.answers_first
        )
        if outcome.lost:
            break
    assert outcome.lost
