"""How often a run looks for circular garbage."""

from __future__ import annotations

import gc

import pytest

from contract_tests.garbage_collection import seldom_collected


@seldom_collected()
def thresholds_within(end):
    within = gc.get_threshold()
    end(within)


def test_garbage_is_looked_for_seldom_until_the_run_ends():
    usual, within = gc.get_threshold(), []
    thresholds_within(within.append)
    assert all(one > other for one, other in zip(within[0], usual, strict=True))
    assert gc.get_threshold() == usual


def test_a_run_that_breaks_off_leaves_the_search_as_it_was():
    usual = gc.get_threshold()
    with pytest.raises(TypeError):
        thresholds_within(None)
    assert gc.get_threshold() == usual
