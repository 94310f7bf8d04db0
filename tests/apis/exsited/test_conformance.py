"""Schemathesis finds nothing, with every check it has."""

from __future__ import annotations

from contract_tests.fuzzing.run import run_conformance
from contract_tests.target.mock import mock_target


def test_schemathesis_finds_nothing() -> None:
    run = run_conformance(mock_target("exsited"), seed=7, max_examples=10)
    assert run.findings == []
    assert run.requests > 1000
