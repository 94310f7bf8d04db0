"""The states that a journal holds: an earlier one is found by its revision."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from mock_server.journal.journal import Journal
from mock_server.state.store import State


@dataclass
class _Held:
    """What a journal looks at of an exchange."""

    number: int
    before: State
    after: State
    size: int = 1


def _journal(steps, limit=10_000):
    journal, state = Journal(limit), State()
    for number, writes in enumerate(steps, 1):
        after = State(revision=state.revision + writes)
        journal.append(_Held(number, state, after))
        state = after
    return journal, state


@given(st.lists(st.integers(0, 2), min_size=1), st.data())
def test_the_state_at_a_revision_is_the_newest_that_is_no_newer(steps, data):
    journal, last = _journal(steps)
    wanted = data.draw(st.integers(0, last.revision))
    found = journal.state_at(wanted)
    held = {0}
    for step in steps:
        held.add(max(held) + step)
    assert found.revision == max(each for each in held if each <= wanted)


def test_where_all_are_newer_it_is_the_oldest_that_is_held():
    journal, _ = _journal([1] * 9, limit=3)
    assert journal.state_at(2).revision == 6


def test_nothing_from_before_the_state_was_put_elsewhere_counts():
    journal, _ = _journal([1, 1, 1])
    assert journal.state_at(0, after=2).revision == 2
    assert journal.state_at(0, after=3) is None
    assert Journal().state_at(0) is None
