"""The index of a spec: references, provenance, base path, and documents that cannot be read."""

from __future__ import annotations

import pytest

from mock_server.openapi.document import Provenance, SpecError, SpecIndex, load_document
from tests.engine.toy import parameter, toy_document


@pytest.fixture
def index():
    """A function (paths, **document) → the index."""
    return lambda paths=None, **document: SpecIndex("toy", toy_document(paths or {}, **document))


@pytest.fixture
def written(tmp_path):
    """A function text → a file that holds it."""

    def write(text):
        path = tmp_path / "toy.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_document_is_read_as_json_would_be(written):
    document = load_document(written("a: {200: x, y: 2024-01-01, z: [{1: off}]}\nb: 1.50"))
    assert document == {"a": {"200": "x", "y": "2024-01-01", "z": [{"1": False}]}, "b": 1.5}


@pytest.mark.parametrize("text", ["- a", "", "a: [", b"a: \xff", "a: !!python/object:x {}"])
def test_what_is_no_document_is_refused_in_one_line_with_its_path(written, text):
    path = written(text)
    with pytest.raises(SpecError) as caught:
        load_document(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_document_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SpecError, match=r"none\.yaml"):
        load_document(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("servers", "base_path"),
    [
        ([{"url": "https://toy.test"}], ""),
        ([{"url": "https://toy.test/"}], ""),
        ([{"url": "https://toy.test/api/v1/"}, {"url": "https://other.test/v2"}], "/api/v1"),
        ([{"url": "/v1"}], "/v1"),
        ([{"url": "https://a.test/{v}", "variables": {"v": {"default": "v3"}}}], "/v3"),
        ([], ""),
    ],
)
def test_the_first_server_says_where_the_api_lives(index, servers, base_path):
    assert index(servers=servers).base_path == base_path


def test_references_are_followed_to_their_end(index):
    parameters = {
        "a/b~c": parameter("q", "query", {"type": "string"}),
        "again": {"$ref": "#/components/parameters/a~1b~0c"},
    }
    spec = index(components={"parameters": parameters})
    found = spec.resolve({"$ref": "#/components/parameters/again"})
    assert found is parameters["a/b~c"]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"$ref": "#/components/schemas/Number"}, "integer"),
        ({"allOf": [{"$ref": "#/components/schemas/Number"}], "nullable": True}, "integer"),
        ({"allOf": [{"minimum": 1}, {"allOf": [{"type": "number"}]}]}, "number"),
        ({"type": "string", "allOf": [{"type": "integer"}]}, "string"),
        ({"anyOf": [{"type": "integer"}]}, None),
        ({}, None),
    ],
)
def test_a_schema_has_the_type_of_what_it_is_made_of(index, schema, kind):
    spec = index(components={"schemas": {"Number": {"type": "integer"}}})
    assert spec.typed(schema).get("type") == kind


def test_operations_keep_the_order_of_the_document(index):
    paths = {
        "/b": {"post": {"operationId": "b-post"}, "get": {"operationId": "b-get"}},
        "/a": {"get": {"operationId": "a-get"}},
    }
    assert list(index(paths).operations) == ["b-get", "b-post", "a-get"]


def test_styles_are_what_openapi_says_where_the_spec_does_not(index):
    schema = {"type": "string"}
    declared = [
        *(parameter("p", place, schema) for place in ("path", "query", "header", "cookie")),
        parameter("s", "query", schema, style="spaceDelimited"),
        parameter("f", "query", schema, explode=False),
    ]
    spec = index({"/x/{p}": {"get": {"operationId": "read", "parameters": declared}}})
    found = [(each.style, each.explode) for each in spec.operations["read"].parameters]
    assert found == [
        ("simple", False),
        ("form", True),
        ("simple", False),
        ("form", True),
        ("spaceDelimited", False),
        ("form", False),
    ]


def test_what_carries_no_mark_inherits_its_parents_or_is_in_the_document(index):
    spec = index()
    observed = Provenance("observed", "a transcript")
    marked = {"x-provenance": {"basis": "inferred", "source": "our choice"}}
    assert spec.provenance_of({}) == Provenance("documented", "toy.txt")
    assert spec.provenance_of({}, observed) == observed
    assert spec.provenance_of(marked, observed) == Provenance("inferred", "our choice")
    assert spec.provenance_of({"x-provenance": {"basis": "documented"}}, observed) == Provenance(
        "documented", "toy.txt"
    )


def test_an_operations_own_security_replaces_the_documents(index):
    paths = {
        "/a": {
            "get": {"operationId": "open", "security": []},
            "put": {"operationId": "either", "security": [{"key": []}, {"other": []}]},
            "post": {"operationId": "default"},
        }
    }
    found = {name: operation.security for name, operation in index(paths).operations.items()}
    assert found == {"open": (), "either": (("key",), ("other",)), "default": (("key",),)}
