"""Delta debugging finds a set of which nothing can be left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_server.shrinking.reduce import reduced


@given(st.integers(1, 40), st.sets(st.integers(0, 39), max_size=5))
def test_what_is_needed_and_nothing_else_is_left(size, needed):
    items = list(range(size))
    needed &= set(items)
    assert set(reduced(items, lambda part: needed <= set(part))) == needed


@given(st.sets(st.frozensets(st.integers(0, 15), min_size=1, max_size=3), min_size=1, max_size=4))
def test_of_several_causes_one_is_left_whole(causes):
    def fails(part):
        return any(cause <= set(part) for cause in causes)

    left = reduced(list(range(16)), fails)
    assert fails(left)
    assert all(not fails([each for each in left if each != one]) for one in left)
    assert left == sorted(left)


def test_it_takes_few_tries():
    tried = []

    def fails(part):
        tried.append(part)
        return 700 in part

    assert reduced(list(range(1000)), fails) == [700]
    assert len(tried) < 60
