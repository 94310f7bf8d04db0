"""Schemas of OpenAPI 3.0, checked on what comes in and on what goes out."""

from __future__ import annotations

import json

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from tests.engine.toy import KEY, echo, toy_server

GOOD = {
    "date-time": ["2024-02-29T23:59:59Z", "2024-01-01T00:00:00.123+05:30"],
    "date": ["2024-02-29"],
    "uuid": ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3F2504E0-4F89-11D3-9A0C-0305E82C3301"],
    "uri": ["https://example.test/a?b=c#d", "urn:isbn:0451450523"],
    "email": ["zoe@example.test"],
    "int32": ["0", "-2147483648", "2147483647"],
    "int64": ["9223372036854775807", "-9223372036854775808"],
    "decimal": ["0", "-1.50", "123456789012345678901234567890.123456789"],
    "binary": ["anything at all"],
}
BAD = {
    "date-time": ["yesterday", "2024-02-30T00:00:00Z", "2024-01-01 00:00:00", "2024-01-01", ""],
    "date": ["2024-02-30", "2023-02-29", "24-01-01", "2024-1-1", "2024-01-01T00:00:00Z"],
    "uuid": [
        "3f2504e0",
        "3f2504e04f8911d39a0c0305e82c3301",
        "zf2504e0-4f89-11d3-9a0c-0305e82c3301",
    ],
    "uri": ["example.test", "/relative", "http://a b", ""],
    "email": ["zoe", "@example.test", "zoe@", "zoe@@example.test"],
    "int32": ["2147483648", "-2147483649", "1.0", "one", ""],
    "int64": ["9223372036854775808", "-9223372036854775809", "9" * 5000, "\uff11", " 1"],
    "decimal": ["1.", ".5", "1e3", "NaN", "1,5", "+1", ""],
}


class _Api:
    """Takes a body whose `v` has the schema, and gives one with any value put into `shown`."""

    def __init__(self, schema, schemas):
        operations = Operations()
        operations.handles("take")(echo)
        operations.handles("give")(lambda _, __: Reply(200, {"v": self.shown}))
        body = {"type": "object", "properties": {"v": schema}}
        content = {"application/json": {"schema": body}}
        responses = {"200": {"description": "fine", "content": content}}
        paths = {
            "/take": {"post": {"operationId": "take", "requestBody": {"content": content}}},
            "/give": {"get": {"operationId": "give", "responses": responses}},
        }
        self.shown = None
        self.server = toy_server(paths, operations, document={"components": {"schemas": schemas}})


@pytest.fixture(scope="module")
def built():
    """The toy APIs built so far, by their schemas."""
    return {}


@pytest.fixture
def check(client_of, built):
    """A function (schema, value, components) → what is wrong, as a list of (path, keyword).

    It holds what goes out to the same schema as what comes in.
    """

    def run(schema, value, **schemas):
        key = json.dumps([schema, schemas])
        if key not in built:
            built[key] = _Api(schema, schemas)
        api = built[key]
        client = client_of(api.server, "toy", headers=KEY)
        taken = client.post("/take", json={"v": value})
        wrong = [(tuple(each[1]), each[2]) for each in taken.json().get("violations", ())]
        assert taken.status_code == (422 if wrong else 200)
        api.shown = value
        assert client.get("/give").status_code == (500 if wrong else 200)
        return wrong

    return run


@pytest.mark.parametrize(("name", "text"), [(n, text) for n in GOOD for text in GOOD[n]])
def test_a_string_of_a_format_is_let_through(check, name, text):
    assert check({"type": "string", "format": name}, text) == []


@pytest.mark.parametrize(("name", "text"), [(n, text) for n in BAD for text in BAD[n]])
def test_a_string_that_is_not_of_its_format_is_refused_both_ways(check, name, text):
    assert check({"type": "string", "format": name}, text) == [(("v",), "format")]


@pytest.mark.parametrize(("name", "bits"), [("int32", 32), ("int64", 64)])
def test_a_number_of_an_integer_format_has_its_bounds(check, name, bits):
    schema = {"type": "integer", "format": name}
    highest = (1 << (bits - 1)) - 1
    assert check(schema, highest) == check(schema, -highest - 1) == []
    assert check(schema, highest + 1) == [(("v",), "maximum")]
    assert check(schema, -highest - 2) == [(("v",), "minimum")]


def test_an_integer_formats_bounds_do_not_widen_the_schemas_own(check):
    schema = {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9}
    assert check(schema, 0) == [(("v",), "minimum")]
    assert check(schema, 10) == [(("v",), "maximum")]


NULLABLE_SCHEMAS = {
    "a type": {"type": "string", "nullable": True},
    "an enum": {"type": "string", "enum": ["a"], "nullable": True},
    "an enum without a type": {"enum": ["a"], "nullable": True},
    "a reference to a nullable schema": {"$ref": "#/components/schemas/Maybe"},
    "a composition with a reference": {
        "nullable": True,
        "allOf": [{"$ref": "#/components/schemas/Letter"}],
    },
    "a choice": {"nullable": True, "anyOf": [{"type": "string"}, {"type": "integer"}]},
    "a typed choice": {"type": "string", "nullable": True, "oneOf": [{"minLength": 1}]},
    "a format": {"type": "string", "format": "uri", "nullable": True, "minLength": 1},
}
LETTERS = {
    "Letter": {"type": "string", "maxLength": 3},
    "Maybe": {"type": "string", "maxLength": 3, "nullable": True},
}


@pytest.mark.parametrize("schema", NULLABLE_SCHEMAS.values(), ids=NULLABLE_SCHEMAS)
def test_null_passes_where_the_schema_is_nullable_and_only_there(check, schema):
    assert check(schema, None, **LETTERS) == []
    assert check(schema, [], **LETTERS) != []
    strict = {key: value for key, value in schema.items() if key != "nullable"}
    letters = {name: {"type": "string"} for name in LETTERS}
    assert check(strict, None, **letters) != []


def test_a_sibling_of_a_reference_is_ignored_as_openapi_says(check):
    schema = {"$ref": "#/components/schemas/Letter", "nullable": True, "maxLength": 1}
    assert check(schema, "abc", **LETTERS) == []
    assert check(schema, None, **LETTERS) == [(("v",), "type")]


def test_a_schema_may_refer_to_itself(check):
    tree = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}}
    schema = {"$ref": "#/components/schemas/Tree"}
    assert check(schema, {"child": {"child": {}}}, Tree=tree) == []
    assert check(schema, {"child": {"child": 1}}, Tree=tree) == [(("v", "child", "child"), "type")]


@pytest.mark.parametrize(
    ("bounds", "inside", "outside", "keyword"),
    [
        ({"minimum": 1}, 1, 0, "minimum"),
        ({"minimum": 1, "exclusiveMinimum": True}, 2, 1, "exclusiveMinimum"),
        ({"minimum": 1, "exclusiveMinimum": False}, 1, 0, "minimum"),
        ({"maximum": 9, "exclusiveMaximum": True}, 8, 9, "exclusiveMaximum"),
        ({"maximum": 9, "exclusiveMaximum": False}, 9, 10, "maximum"),
    ],
)
def test_exclusive_bounds_leave_the_bound_out(check, bounds, inside, outside, keyword):
    schema = {"type": "integer", **bounds}
    assert check(schema, inside) == []
    assert check(schema, outside) == [(("v",), keyword)]


@pytest.mark.parametrize(
    ("schema", "value", "keyword"),
    [
        ({"type": "string", "minLength": 2}, "é", "minLength"),
        ({"type": "string", "maxLength": 1}, "ab", "maxLength"),
        ({"type": "string", "pattern": "^[a-z]+$"}, "A", "pattern"),
        ({"type": "array", "minItems": 1}, [], "minItems"),
        ({"type": "array", "maxItems": 1}, [1, 2], "maxItems"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "uniqueItems"),
        ({"type": "number", "multipleOf": 5}, 7, "multipleOf"),
        ({"type": "boolean"}, "true", "type"),
        ({"type": "boolean"}, 1, "type"),
        ({"type": "integer"}, True, "type"),
        ({"not": {"type": "string"}}, "a", "not"),
        ({"oneOf": [{"type": "string"}, {"maxLength": 3}]}, "a", "oneOf"),
        ({"anyOf": [{"type": "string"}, {"type": "boolean"}]}, 1, "anyOf"),
    ],
)
def test_each_keyword_is_reported_by_its_name(check, schema, value, keyword):
    assert check(schema, value) == [(("v",), keyword)]


def test_length_counts_characters_and_not_bytes(check):
    assert check({"type": "string", "maxLength": 2}, "手工") == []
    assert check({"type": "string", "maxLength": 1}, "🧴") == []


def test_missing_and_surplus_properties_are_named_one_by_one(check):
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {}, "b": {}},
        "additionalProperties": False,
    }
    wrong = check(schema, {"c": 1, "d": 2})
    assert sorted(wrong) == [
        (("v", "a"), "required"),
        (("v", "b"), "required"),
        (("v", "c"), "additionalProperties"),
        (("v", "d"), "additionalProperties"),
    ]


def test_the_values_of_a_map_have_their_schema(check):
    schema = {"type": "object", "additionalProperties": {"type": "integer", "nullable": True}}
    assert check(schema, {"a": 1, "b": None}) == []
    assert check(schema, {"a": "x"}) == [(("v", "a"), "type")]


def test_a_property_may_be_called_like_a_keyword(check):
    schema = {"type": "object", "properties": {"nullable": {"type": "string"}, "example": {}}}
    assert check(schema, {"nullable": "x", "example": 1}) == []
    assert check(schema, {"nullable": None}) == [(("v", "nullable"), "type")]


def test_a_broken_choice_says_what_is_wrong_with_each_branch(client_of):
    choice = {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]}
    content = {"application/json": {"schema": {"properties": {"v": choice}}}}
    operations = Operations()
    operations.handles("take")(echo)
    paths = {"/x": {"post": {"operationId": "take", "requestBody": {"content": content}}}}
    client = client_of(toy_server(paths, operations), "toy", headers=KEY)
    [violation] = client.post("/x", json={"v": "ab"}).json()["violations"]
    assert violation[:3] == ["body", ["v"], "anyOf"]
    assert "keyword='type'" in violation[3]
    assert "keyword='maxLength', limit=1, value='ab'" in violation[3]
