"""The outcome of a run."""

from __future__ import annotations

import pytest

from contract_tests.findings import Finding, Run


@pytest.mark.parametrize(
    ("requests", "findings", "ok"),
    [
        (1, [], True),
        (0, [], False),
        (9, [Finding("check", "GET /", "wrong", "fuzzing")], False),
        (0, [Finding("check", "GET /", "wrong", "fuzzing")], False),
    ],
)
def test_a_run_is_fine_if_it_looked_and_found_nothing(requests, findings, ok):
    assert Run("toy", 1, requests=requests, findings=findings).ok is ok


def test_two_runs_share_no_findings():
    one, other = Run("toy", 1), Run("toy", 1)
    one.findings.append(Finding("check", "GET /", "wrong", "fuzzing"))
    one.skipped.append("examples")
    assert (other.findings, other.skipped) == ([], [])
