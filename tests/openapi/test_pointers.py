"""JSON pointers: written, read and followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi.pointers import join, resolve, split


@given(st.lists(st.text()))
def test_the_parts_that_are_joined_are_those_that_are_split(parts):
    assert split(join("", *parts)) == parts


def test_a_pointer_leads_through_objects_and_lists():
    value = {"a/b": [{"~": 1}, {"": 2}]}
    assert resolve(value, "") is value
    assert resolve(value, "/a~1b/0/~0") == 1
    assert resolve(value, "/a~1b/1/") == 2


@pytest.mark.parametrize("pointer", ["/b", "/a/2", "/a/x", "/a/-1", "/a/0/0", "/t/0"])
def test_a_pointer_that_leads_nowhere_is_an_error(pointer):
    with pytest.raises(LookupError):
        resolve({"a": [1, 2], "t": "text"}, pointer)
