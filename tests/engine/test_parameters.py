"""Parameters: found where the spec says, parsed by its style, converted, validated."""

from __future__ import annotations

import pytest

from mock_server.engine.parameters import BooleanWords
from tests.engine.toy import KEY, echo_operations, parameter, toy_server

INTEGERS = {"type": "array", "items": {"type": "integer"}}
WORDS = {"type": "array", "items": {"type": "string"}}


@pytest.fixture
def ask(client_of):
    """A function (parameters…, path, **request) → the answer; the path is below `/x`."""

    def call(*parameters, path="/x", template="/x", headers=(), **options):
        server = toy_server(
            {template: {"get": {"operationId": "echo", "parameters": list(parameters)}}},
            echo_operations("echo"),
            **options,
        )
        client = client_of(server, "toy")
        return client.get(path, headers=[*KEY.items(), *headers])

    return call


@pytest.mark.parametrize(
    ("style", "query", "value"),
    [
        ({}, "n=1&n=2&n=3", [1, 2, 3]),
        ({"style": "form", "explode": True}, "n=1&other=9&n=2", [1, 2]),
        ({"style": "form", "explode": False}, "n=1,2,3", [1, 2, 3]),
        ({"style": "form", "explode": False}, "n=1%2C2", [1, 2]),
        ({"style": "form", "explode": False}, "n=", []),
        ({"style": "spaceDelimited"}, "n=1%202+3", [1, 2, 3]),
        ({"style": "pipeDelimited"}, "n=1|2%7C3", [1, 2, 3]),
        ({"style": "pipeDelimited", "explode": True}, "n=1&n=2", [1, 2]),
        ({"style": "form", "explode": False}, "n=1,2&n=3", [3]),
    ],
)
def test_a_query_list_is_split_as_its_style_says(ask, style, query, value):
    answer = ask(parameter("n", "query", INTEGERS, **style), path=f"/x?{query}")
    assert answer.json()["query"] == {"n": value}


def test_a_name_with_brackets_is_a_name_like_any_other(ask):
    answer = ask(parameter("q[]", "query", WORDS), path="/x?q[]=a&q%5B%5D=b,c")
    assert answer.json()["query"] == {"q[]": ["a", "b,c"]}


def test_path_header_and_cookie_lists_are_simple_ones(ask):
    answer = ask(
        parameter("n", "path", INTEGERS),
        parameter("X-Words", "header", WORDS),
        parameter("c", "cookie", WORDS),
        template="/x/{n}",
        path="/x/1,2,3",
        headers=[("X-Words", "a, b"), ("X-Words", "c"), ("Cookie", "a=1; c=d,e")],
    )
    seen = answer.json()
    assert seen["path"] == {"n": [1, 2, 3]}
    assert seen["header"] == {"X-Words": ["a", "b", "c"]}
    assert seen["cookie"] == {"c": ["d", "e"]}


def test_a_wrong_member_of_a_list_is_named_by_its_position(ask):
    answer = ask(parameter("n", "query", INTEGERS), path="/x?n=1&n=two")
    assert answer.status_code == 422
    assert answer.json()["violations"] == [["query", ["n", 1], "type", ["integer"], "two"]]


@pytest.mark.parametrize(
    ("schema", "text", "json"),
    [
        ({"type": "integer"}, "12", "12"),
        ({"type": "integer"}, "-7", "-7"),
        ({"type": "integer"}, "0012", "12"),
        ({"type": "integer"}, "9" * 30, "9" * 30),
        ({"type": "number"}, "1.10", "1.10"),
        ({"type": "number"}, "12345678901234567890.123456789", "12345678901234567890.123456789"),
        ({"type": "number"}, "3", "3"),
        ({"type": "boolean"}, "true", "true"),
        ({"type": "boolean"}, "false", "false"),
        ({"type": "string"}, "12", '"12"'),
        ({"type": "string"}, "%C3%A9+%2B", '"é +"'),
        ({"allOf": [{"type": "integer"}], "maximum": 20}, "12", "12"),
        ({}, "12", '"12"'),
    ],
)
def test_text_becomes_what_the_schema_says_with_every_digit(ask, schema, text, json):
    answer = ask(parameter("v", "query", schema), path=f"/x?v={text}")
    assert f'"query":{{"v":{json}}}' in answer.text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.0"),
        ("integer", "one"),
        ("integer", ""),
        ("integer", "1e3"),
        ("integer", "%D9%A3"),  # an Arabic digit
        ("integer", "1_000"),
        ("integer", "9" * 400),
        ("number", "NaN"),
        ("number", "Infinity"),
        ("number", "1,5"),
        ("boolean", "1"),
        ("boolean", "True"),
        ("boolean", ""),
    ],
)
def test_what_cannot_be_converted_is_reported_as_it_was_sent(ask, kind, text):
    answer = ask(parameter("v", "query", {"type": kind}), path=f"/x?v={text}")
    [violation] = answer.json()["violations"]
    sent = "٣" if text == "%D9%A3" else text
    assert violation == ["query", ["v"], "type", [kind], sent]


def test_a_vendor_has_its_own_words_for_true_and_false(ask):
    words = BooleanWords(frozenset({"1", "yes"}), frozenset({"0"}))
    boolean = parameter("v", "query", {"type": "array", "items": {"type": "boolean"}})
    answer = ask(boolean, path="/x?v=yes&v=1&v=0", boolean_words=words)
    assert answer.json()["query"] == {"v": [True, True, False]}
    assert ask(boolean, path="/x?v=true", boolean_words=words).status_code == 422


def test_of_several_values_for_a_scalar_the_last_one_counts(ask):
    answer = ask(parameter("v", "query", {"type": "string"}), path="/x?v=a&v=b")
    assert answer.json()["query"] == {"v": "b"}


@pytest.mark.parametrize("location", ["query", "header", "cookie"])
def test_a_required_parameter_is_missed_wherever_it_belongs(ask, location):
    answer = ask(parameter("Needed", location, {"type": "string"}, required=True))
    assert answer.json()["violations"] == [[location, ["Needed"], "required", None, None]]


def test_an_optional_parameter_that_was_not_sent_is_not_there(ask):
    parameters = [
        parameter("v", place, {"type": "string"}) for place in ("query", "header", "cookie")
    ]
    seen = ask(*parameters).json()
    assert (seen["query"], seen["header"], seen["cookie"]) == ({}, {}, {})


def test_what_the_spec_does_not_know_is_left_out(ask):
    answer = ask(path="/x?v=1", headers=[("V", "1"), ("Cookie", "v=1")])
    seen = answer.json()
    assert (seen["query"], seen["header"], seen["cookie"]) == ({}, {}, {})


def test_headers_have_no_case_and_cookies_have(ask):
    header, cookie = (
        parameter("Trace", place, {"type": "string"}) for place in ("header", "cookie")
    )
    seen = ask(header, cookie, headers=[("tRACE", "a"), ("Cookie", "trace=b")]).json()
    assert (seen["header"], seen["cookie"]) == ({"Trace": "a"}, {})


def test_all_violations_are_reported_at_once_in_neutral_terms(ask):
    answer = ask(
        parameter("id", "path", {"type": "string", "maxLength": 2}),
        parameter("page", "query", {"type": "integer", "minimum": 1}),
        parameter("sort", "query", {"type": "string", "enum": ["up", "down"]}),
        parameter("X-Day", "header", {"type": "string", "format": "date"}),
        parameter("c", "cookie", {"type": "boolean"}, required=True),
        template="/x/{id}",
        path="/x/abc?page=0&sort=left",
        headers=[("X-Day", "someday")],
    )
    assert answer.status_code == 422
    assert answer.json()["violations"] == [
        ["path", ["id"], "maxLength", 2, "abc"],
        ["query", ["page"], "minimum", 1, 0],
        ["query", ["sort"], "enum", ["up", "down"], "left"],
        ["header", ["X-Day"], "format", "date", "someday"],
        ["cookie", ["c"], "required", None, None],
    ]


def test_an_operations_parameter_replaces_the_one_of_its_path(client_of):
    shared = [parameter(name, "query", {"type": "integer"}) for name in ("v", "w")]
    own = [parameter("v", "query", {"type": "string"})]
    paths = {"/x": {"parameters": shared, "get": {"operationId": "echo", "parameters": own}}}
    client = client_of(toy_server(paths, echo_operations("echo")), "toy", headers=KEY)
    assert client.get("/x?v=1&w=1").json()["query"] == {"v": "1", "w": 1}


def test_a_whole_number_in_the_path_is_routed_as_one(ask):
    number = parameter("id", "path", {"type": "integer"})
    assert ask(number, template="/x/{id}", path="/x/12").json()["path"] == {"id": 12}
    for nonsense in ("twelve", "1.5", "9" * 5000):
        answer = ask(number, template="/x/{id}", path=f"/x/{nonsense}")
        assert (answer.status_code, answer.json()["error"]) == (404, "RouteNotFound")


@pytest.mark.parametrize("query", ["v=%ff", "v=%ED%A0%80", "v=%00", "%00=v", "v=%C3"])
def test_a_query_that_is_no_text_is_refused_before_it_is_looked_at(ask, query):
    answer = ask(parameter("v", "query", {"type": "string"}), path=f"/x?{query}")
    assert (answer.status_code, answer.json()["error"]) == (400, "MalformedRequest")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("v=old; v=new", "new"),
        ("v=%73", "%73"),
        ('v="a\\054 \\"b\\""', 'a, "b"'),
        (" v = x ;w=y", "x"),
        ("v=a=b", "a=b"),
        ("v=; w", ""),
    ],
)
def test_of_cookies_of_one_name_the_last_one_counts_as_it_was_sent(ask, header, value):
    seen = ask(parameter("v", "cookie", {"type": "string"}), headers=[("Cookie", header)])
    assert seen.json()["cookie"] == {"v": value}
