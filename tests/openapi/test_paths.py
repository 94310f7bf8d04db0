"""Paths and URLs of operations: found, and made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi.document import SpecIndex, is_read

_DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/things/{id}": {
            "get": {"operationId": "getThing"},
            "delete": {"operationId": "deleteThing"},
        },
        "/things/new": {"get": {"operationId": "newThing", "x-side-effects": True}},
        "/things/{id}/parts/{part}/": {"post": {"operationId": "addPart"}},
    },
}


@pytest.fixture(scope="module")
def spec():
    return SpecIndex("t", _DOCUMENT)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/things/5", ("getThing", {"id": "5"})),
        ("head", "/things/5", ("getThing", {"id": "5"})),
        ("GET", "/things/new", ("newThing", {})),
        ("GET", "/things/n%65w", ("newThing", {})),
        ("DELETE", "/things/new", ("deleteThing", {"id": "new"})),
        ("GET", "/things/a%2Fb", ("getThing", {"id": "a/b"})),
        ("POST", "/things/1/parts/x/", ("addPart", {"id": "1", "part": "x"})),
    ],
)
def test_a_call_is_one_of_an_operation(spec, method, path, expected):
    operation, values = spec.find(method, path)
    assert (operation.id, values) == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/things/5"),
        ("GET", "/things/"),
        ("GET", "/things/5/"),
        ("POST", "/things/1/parts/x"),
    ],
)
def test_a_call_of_no_operation_is_none(spec, method, path):
    assert spec.find(method, path) is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_url_leads_back_to_its_operation_and_values(id_, part):
    spec = SpecIndex("t", _DOCUMENT)
    operation = spec.operations["addPart"]
    url = spec.url(operation, {"id": id_, "part": part})
    assert spec.find("POST", url) == (operation, {"id": id_, "part": part})


def test_a_url_has_its_query_behind_it_and_needs_its_values(spec):
    operation = spec.operations["getThing"]
    assert spec.url(operation, {"id": "a b", "more": 1}, [("q", "é&"), ("q", 2)]) == (
        "/things/a%20b?q=%C3%A9%26&q=2"
    )
    with pytest.raises(LookupError, match="needs 'id'"):
        spec.url(operation, {})


def test_an_operation_reads_if_its_method_does_and_nothing_says_otherwise(spec):
    assert [each.id for each in spec.operations.values() if is_read(each)] == ["getThing"]
