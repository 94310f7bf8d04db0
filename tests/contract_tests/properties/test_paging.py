"""A walk through a list reads on from what it received, whatever size of page it asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_server.lifecycle.paging import by_offset, numbered

SIZES = st.integers(1, 9)


def walked(paging, start_of, count, size, cap):
    """The records of all pages of a service that gives no more than `cap` at once."""
    seen, index = [], 0
    while index <= count:
        start = start_of(dict(paging.after(index, len(seen), size)), min(size, cap))
        page = range(count)[start : start + min(size, cap)]
        if not page:
            break
        seen += page
        index += 1
    return seen


@given(st.integers(0, 30), SIZES, SIZES)
def test_nothing_is_left_out_where_pages_are_smaller_than_asked_for(count, size, cap):
    by_number = numbered(bool), lambda query, given: (int(query["page"]) - 1) * given
    by_place = by_offset(bool), lambda query, _: int(query["offset"])
    for paging, start_of in (by_number, by_place):
        assert walked(paging, start_of, count, size, cap) == list(range(count))
