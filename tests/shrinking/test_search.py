"""The search for the smallest set of odd values, with programs that are functions."""

from __future__ import annotations

from itertools import count

import pytest

from mock_server.seeding.messy import OddValue
from mock_server.seeding.odd_values import DIMENSIONS
from mock_server.shrinking.program import Outcome
from mock_server.shrinking.search import Flaky, Limits, OutOfTime, Search

VALUES = [
    OddValue("toy.things", key, field, dimension, "a note", "x", 0)
    for key in range(20)
    for field, dimension in (("name", "emoji"), ("notes", "long-text"), ("price", "sql"))
]


def values_of(variation):
    return [
        odd
        for odd in VALUES
        if odd.dimension in variation.messy
        and (variation.only is None or odd.place in variation.only)
    ]


def search(breaks, **limits):
    """A search in which a program fails if the odd values that it gets break it."""
    said = []

    def run(variation, _):
        return Outcome(int(breaks(values_of(variation))), "output")

    return Search(run, values_of, said.append, Limits(**limits)), said


def test_one_value_is_found_among_all():
    made, said = search(lambda odd: "toy.things/7/name" in {each.place for each in odd})
    assert made.fails_without() is None
    found = made.smallest(DIMENSIONS)
    assert found.finished
    assert found.dimensions == {"emoji"}
    assert [odd.place for odd in found.odd_values] == ["toy.things/7/name"]
    assert found.variation.only == {"toy.things/7/name"}
    assert any("fails with odd values in 1 record of 20" in line for line in said)


def test_two_values_that_break_it_together_are_both_left():
    needed = {"toy.things/3/name", "toy.things/11/price"}
    made, _ = search(lambda odd: needed <= {each.place for each in odd})
    found = made.smallest(DIMENSIONS)
    assert {odd.place for odd in found.odd_values} == needed
    assert found.dimensions == {"emoji", "sql"}


def test_a_program_that_passes_has_no_smallest_set():
    made, said = search(lambda _: False)
    assert made.smallest(DIMENSIONS) is None
    assert len(said) == 3


def test_a_program_that_fails_anyway_is_known_before():
    made, _ = search(lambda _: True)
    assert made.fails_without().failed


@pytest.mark.parametrize("period", [2, 3])
def test_a_program_that_fails_at_random_is_named_so(period):
    turns = count()
    made, _ = search(lambda odd: bool(odd) and next(turns) % period == 0)
    with pytest.raises(Flaky, match=r"it failed in \d of 3 runs with 26 dimensions"):
        made.smallest(DIMENSIONS)


def test_a_program_that_becomes_flaky_in_the_end_is_named_so():
    turns = count()

    def breaks(odd):
        return bool(odd) and (len(odd) > 1 or next(turns) % 2 == 0)

    made, _ = search(breaks)
    with pytest.raises(Flaky):
        made.smallest(DIMENSIONS)


def test_when_the_time_is_over_the_smallest_so_far_is_the_answer():
    made, _ = search(bool, in_all=3600.0)

    def run(variation, _):
        if made.found is not None and len(made.found.dimensions) <= 3:
            made.limits.in_all = 0.0
        return Outcome(int("emoji" in variation.messy), "output")

    made.run = run
    found = made.smallest(DIMENSIONS)
    assert not found.finished
    assert "emoji" in found.dimensions
    assert len(found.dimensions) <= 3


def test_without_any_time_nothing_is_known():
    made, _ = search(bool, in_all=-1.0)
    with pytest.raises(OutOfTime):
        made.smallest(DIMENSIONS)
