"""JSON bodies: read exactly, and refused where they are no JSON that a service could keep."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.engine.replies import encode_json
from mock_server.openapi.json_values import MAX_DEPTH, NotJson, read_json
from tests.engine.toy import KEY, echo_operations, toy_server


def _server(schema, **options):
    content = {"application/json": {"schema": schema}}
    body = {"content": content, **options}
    return toy_server(
        {"/x": {"post": {"operationId": "echo", "requestBody": body}}}, echo_operations("echo")
    )


@pytest.fixture
def post(client_of):
    """A function (bytes) → the answer of an operation that takes any JSON and gives it back."""
    client = client_of(_server({}), "toy", headers=KEY)

    def send(content, media_type="application/json"):
        return client.post("/x", content=content, headers={"Content-Type": media_type})

    return send


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "Expecting property name"),
        (b"{'a': 1}", "Expecting property name"),
        (b'{"a": 1,}', "property name"),
        (b"[1 2]", "Expecting ',' delimiter"),
        (b"1 2", "Extra data"),
        (b" ", "Expecting value"),
        (b"01", "Extra data"),
        (b"+1", "Expecting value"),
        (b"1.", "Extra data"),
        (b"nul", "Expecting value"),
        (b"a=1", "Expecting value"),
        (b'"\x01"', "Invalid control character"),
        (b'"a\x00"', "Invalid control character"),
        (b'"\\x41"', "Invalid \\escape"),
        (b'"a', "Unterminated string"),
        (b"\xff", "not valid UTF-8"),
        (b'"caf\xe9"', "not valid UTF-8"),
        (b'"\xed\xa0\x80"', "not valid UTF-8"),  # a surrogate, encoded
        ("{}".encode("utf-16"), "not valid UTF-8"),
        (b"NaN", "NaN is not a JSON number"),
        (b'{"a": [Infinity]}', "Infinity is not a JSON number"),
        (b"-Infinity", "-Infinity is not a JSON number"),
        (rb'"a\u0000b"', "NUL"),
        (rb'{"a\u0000": 1}', "NUL"),
        (rb'"\ud800"', "lone surrogate"),
        (rb'["\udc00\ud800"]', "lone surrogate"),
        (rb'{"\uD83D": 1}', "lone surrogate"),
        (b"1e309", "out of range"),
        (b"-1e400", "out of range"),
        (b"1e99999999999999999999", "out of range"),
        (b"1" * 400, "out of range"),
        (b"-" + b"1" * 5000, "out of range"),
        (b"1." + b"1" * 5000, "out of range"),
        (b"[" * 65 + b"]" * 65, "nested too deeply"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b'["\\""' + b",[" * 70, "nested too deeply"),
    ],
)
def test_what_no_service_could_read_is_refused_in_the_vendors_form(post, content, problem):
    answer = post(content)
    assert (answer.status_code, answer.json()["error"]) == (400, "MalformedRequest")
    assert problem in answer.json()["problem"]


def test_a_complaint_says_where_and_does_not_repeat_what_was_sent(post):
    text = post(b'{"name": "secret" "more"}').json()["problem"]
    assert text == "Expecting ',' delimiter: line 1 column 19 (char 18)"


@pytest.mark.parametrize(
    "content",
    [
        b"null",
        b"true",
        b'""',
        b"0",
        b"[]",
        b"{}",
        '"\U0001f9f4 \u20ac"'.encode(),
        b"123456789012345678901234567890",
        b"-9223372036854775809",
        b"18446744073709551616",
        b'{"a":[1,{"b":18446744073709551616}],"c":1.5}',
        b"9" * 300,
        b"0.1",
        b"1.10",
        b"-0.0",
        b"0.1000000000000000055511151231257827",
        b"79228162514264337593543950335.99",
        b"[" * 64 + b"]" * 64,
        b'"' + b"[" * 1000 + b'"',
    ],
)
def test_json_comes_back_as_it_went_in_with_every_digit(post, content):
    answer = post(content)
    assert answer.status_code == 200
    assert b'"body":' + content + b',"has_body":true' in answer.content


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        (b"1e2", b"100"),
        (b"1.5E-3", b"0.0015"),
        (b"1e-400", b"0"),
        (b"0e999999", b"0"),
        (b"0e-99999999", b"0"),
        (rb'"\ud83e\uddf4"', "\U0001f9f4".join('""').encode()),
        (b' { "a" : 1 } ', b'{"a":1}'),
        (b'{"a":1,"a":2}', b'{"a":2}'),
    ],
)
def test_another_spelling_of_a_value_is_written_plainly(post, content, plain):
    assert b'"body":' + plain + b',"has_body"' in post(content).content


@pytest.mark.parametrize(
    "media_type",
    ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8 "],
)
def test_a_media_type_has_no_case_and_may_have_options(post, media_type):
    assert post(b"1", media_type).json()["body"] == 1


def test_null_is_a_body_and_nothing_is_none(post):
    assert post(b"null").json()["has_body"] is True
    nothing = post(b"").json()
    assert (nothing["body"], nothing["has_body"]) == (None, False)


@pytest.mark.parametrize(
    ("limit", "inside", "outside"),
    [
        ({"multipleOf": 0.01}, ["1.13", "0.07", "4.35", "1e2"], ["1.135", "0.001"]),
        ({"minimum": 0, "exclusiveMinimum": True}, ["0.0000001", "1"], ["0", "0.00", "-0.0", "-1"]),
        ({"maximum": 99999999.99}, ["99999999.99"], ["99999999.991", "1e8"]),
    ],
)
def test_bounds_hold_for_decimals_as_they_are_written(client_of, limit, inside, outside):
    client = client_of(_server({"type": "number", **limit}), "toy", headers=KEY)

    def status(number):
        headers = {"Content-Type": "application/json"}
        return client.post("/x", content=number, headers=headers).status_code

    assert {number: status(number) for number in inside} == dict.fromkeys(inside, 200)
    assert {number: status(number) for number in outside} == dict.fromkeys(outside, 422)


def test_a_body_of_the_wrong_kind_is_a_violation_of_the_whole(client_of):
    client = client_of(_server({"type": "object"}), "toy", headers=KEY)
    answer = client.post("/x", json=[1])
    assert answer.json()["violations"] == [["body", [], "type", ["object"], [1]]]


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab"), inner, max_size=4),
)


@given(_VALUES)
def test_whatever_is_written_reads_back_equal(value):
    again = read_json(encode_json(value))
    assert again == value or _small(value, again)


def _small(value, again):
    """A number too small for a double is read as nought, wherever it stands."""
    if isinstance(value, list):
        return all(map(_small, value, again))
    if isinstance(value, dict):
        return all(_small(value[name], again[name]) for name in value)
    return value == again or (isinstance(value, Decimal) and again == 0 and value.adjusted() < -300)


@given(st.binary(max_size=60) | st.text('[]{}",:\\ue0d8-+.19EN ', max_size=40).map(str.encode))
def test_no_bytes_at_all_break_the_reader(content):
    try:
        value = read_json(content)
    except NotJson:
        return
    encode_json(value).decode("utf-8")


def test_the_deepest_body_that_is_read_is_the_deepest_that_is_written():
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert encode_json({"body": read_json(deep)}) == b'{"body":' + deep + b"}"
