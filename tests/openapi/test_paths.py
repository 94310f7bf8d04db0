"""Paths and URLs of operations: found, and made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi.document import SpecIndex, is_read
from mock_server.openapi.paths import PathTemplates

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


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("/a/{id}", "/a/1", True),
        ("/a/{id}", "/a/", False),
        ("/a/{id}", "/a/1/b", False),
        ("/a/{id}/b", "/a/1/b", True),
        ("/a/{id}/b", "/a/1/c", False),
        ("/a", "/a", True),
        ("/a", "/a/", False),
    ],
)
def test_a_template_describes_the_paths_that_fill_it_in(template, path, expected):
    assert bool(PathTemplates([(template, template)]).at(path)) is expected


def _describes(template, path):
    """Whether a template describes a path, by the definition: segment by segment."""
    parts, pieces = template.split("/"), path.split("/")
    return len(parts) == len(pieces) and all(
        piece != "" if part.startswith("{") else part == piece
        for part, piece in zip(parts, pieces, strict=True)
    )


def _paths(*segments):
    return st.lists(st.sampled_from(segments), max_size=4).map(lambda some: "/" + "/".join(some))


@given(st.lists(_paths("a", "b", "", "{x}", "{y}"), max_size=12), _paths("a", "b", "c", "", "{x}"))
def test_an_index_of_templates_finds_what_trying_each_finds_in_their_order(templates, path):
    things = [(template, number) for number, template in enumerate(templates)]
    expected = [number for template, number in things if _describes(template, path)]
    assert PathTemplates(things).at(path) == expected


class _Path(str):
    """A path that says how it is divided."""

    __slots__ = ("divided",)

    def split(self, *how):
        self.divided = [*getattr(self, "divided", ()), len(pieces := super().split(*how))]
        return pieces


def test_a_long_path_is_divided_once_and_no_further_than_templates_go():
    listed = PathTemplates((f"/{{id}}/x{number}", number) for number in range(1000))
    path = _Path("/a" * 10_000)
    assert listed.at(path) == []
    assert path.divided == [4]
