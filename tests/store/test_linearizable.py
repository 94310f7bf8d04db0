"""The program that looks for an order of the calls of several processes."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.store_linearizable import Operation, has_order


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 3), st.floats(0, 3)), max_size=12))
def test_calls_that_were_done_one_after_the_other_have_an_order_however_long_they_took(calls):
    total, history = 0, []
    for moment, (amount, before, after) in enumerate(calls):
        total += amount
        found = None if amount else total
        history.append(Operation(moment - before, moment + after, amount, found))
    assert has_order(history, 0)


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("a stale read", [(0, 1, 2, None), (2, 3, 0, 0)]),
        ("a lost update", [(0, 3, 2, None), (1, 4, 3, None), (5, 6, 0, 3)]),
        ("an addition that was done twice", [(0, 1, 2, None), (2, 3, 0, 4)]),
        ("reads that go back", [(0, math.inf, 2, None), (1, 2, 0, 2), (3, 4, 0, 0)]),
        ("a call without an answer that was done twice", [(0, math.inf, 2, None), (1, 2, 0, 4)]),
    ],
)
def test_what_no_order_explains_is_found(name, calls):
    assert not has_order([Operation(*call) for call in calls], 0), name


def test_a_call_without_an_answer_may_have_been_done_late_or_never():
    lost = Operation(0, math.inf, 2)
    reads = [Operation(1, 2, found=0), Operation(3, 4, found=2)]
    assert has_order([lost, *reads], 0)
    assert has_order([lost, reads[0]], 0)
    assert has_order([lost], 0)
    assert all(first.ended < second.began for first, second in pairwise(reads))
