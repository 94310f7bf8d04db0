"""What a call costs in instructions: a change of more than a tenth is made known."""

from __future__ import annotations

import pytest

from benchmarks.steps import CALLS, MARGIN, VERSION, counts, kept

pytestmark = pytest.mark.skipif(kept() is None, reason=f"no counts are kept for Python {VERSION}")


@pytest.fixture(scope="module")
def counted():
    return counts()


@pytest.mark.parametrize("call", CALLS)
def test_a_call_costs_what_it_did(counted, call):
    now, before = sum(counted[call].values()), sum(kept()[call].values())
    assert now == pytest.approx(before, rel=MARGIN), (
        f"{call}: {now} instructions, {before} before. If that is meant, keep the new counts with "
        "`python -m benchmarks.steps --write`: they are seen in review."
    )


def test_counts_are_the_same_each_time(counted):
    assert counts() == counted
