"""What cannot be read is refused in Cliniko's form, and never breaks the mock."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

WRITES = [
    ("POST", "/products"),
    ("PATCH", "/products/1"),
    ("PUT", "/products/1"),
    ("POST", "/stock_adjustments"),
]


@pytest.fixture
def send(account):
    """A function that sends bytes, checks that nothing came of them, and returns the answer."""
    account.get("/products")
    before = account.sandbox.state

    def call(content, path="/products", method="POST", kind="application/json"):
        headers = {"Content-Type": kind} if kind is not None else {}
        answer = account.client.request(method, path, content=content, headers=headers)
        assert account.sandbox.state is before
        assert not account.sandbox.defects
        assert answer.headers["content-type"] == "application/json"
        assert list(answer.json()) == ["message"] or answer.status_code == 422
        return answer

    return call


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"name": "x"',
        b'{"name": "x",}',
        b"{'name': 'x'}",
        b'{"name": "x"} {}',
        b'\xef\xbb\xbf{"name": "x"}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        '{"name": "x"}'.encode("utf-16"),
        b'{"name": "a\x00b"}',
        rb'{"name": "a\u0000b"}',
        rb'{"a\u0000b": "x"}',
        rb'{"name": "\ud800"}',
        rb'{"unknown": [{"\udfff": 1}]}',
        rb'{"name": "\u12"}',
        b'{"name": ' + b"[" * 64 + b"]" * 64 + b"}",
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b'{"price": NaN}',
        b'{"price": -Infinity}',
        b'{"price": 1e309}',
        b'{"price": -1e400}',
        b'{"price": 1e99999999999999999999999}',
        b'{"price": 1' + b"0" * 400 + b"}",
        b'{"stock_level": ' + b"9" * 5000 + b"}",
        b'{"price": 01}',
        b'{"price": .5}',
        b"[]",
        b'[{"name": "x"}]',
        b'"x"',
        b"12",
        b"null",
        b"true",
    ],
    ids=lambda content: repr(content[:24]),
)
def test_a_body_that_is_no_json_object_is_a_bad_request(send, method, path, content):
    assert send(content, path, method).status_code == 400


def test_the_message_says_what_is_wrong_without_repeating_what_was_sent(send):
    answer = send(b'{"secret": ')
    assert answer.json()["message"].startswith("Bad request: Expecting value: line 1")
    assert "secret" not in answer.text
    assert send(b"[]").json() == {"message": "The request body must be a JSON object"}


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/vnd.api+json",
        "application/jsonx",
        "json",
        "é/ü",
    ],
)
def test_a_body_that_does_not_say_it_is_json_is_an_unsupported_type(send, method, path, kind):
    kind = None if kind is None else kind.encode("latin-1")
    answer = send(b'{"name": "x"}', path, method, kind)
    assert (answer.status_code, answer.json()) == (
        415,
        {"message": "Content-Type must be application/json"},
    )


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"],
)
def test_json_may_name_its_charset_and_be_written_in_any_case(empty, kind):
    answer = empty.send('{"name": "Öl"}'.encode(), **{"Content-Type": kind})
    assert (answer.status_code, answer.json()["name"]) == (201, "Öl")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_of_more_than_a_megabyte_is_too_large(send, method, path):
    answer = send(b'{"notes": "' + b"x" * (1 << 20) + b'"}', path, method)
    assert (answer.status_code, answer.json()) == (413, {"message": "Payload too large"})


def test_a_body_of_just_the_limit_is_taken(empty):
    frame = b'{"name": "x", "notes": ""}'
    body = frame.replace(b'""', b'"' + b"x" * ((1 << 20) - len(frame)) + b'"')
    assert len(body) == 1 << 20
    assert empty.send(body).status_code == 201
    assert empty.send(body + b" ").status_code == 413


def test_the_limit_is_the_servers(serve, client_of):
    client = client_of(serve("cliniko", max_body=20), "cliniko", auth=("test", ""))
    assert client.post("/products", content=b'{"name": "x"}' + b" " * 8).status_code == 413


@pytest.mark.parametrize(
    "content",
    [
        rb'{"name": "\ud83e\uddf4"}',
        b'{"name": "x", "unknown": ' + b"[" * 63 + b"]" * 63 + b"}",
        b'{"name": "' + b"[{" * 100 + b'"}',
        b'{"name": "x", "price": 1e308}',
        b'{"name": "x", "price": -1.5e-300}',
        b'{"name": "x", "price": 0e-999999999}',
        b'{"name": "x", "price": 0E+99999}',
        b'{"name": "x", "price": ' + b"9" * 308 + b"}",
        b'{"name": "x", "price": 0.' + b"3" * 600 + b"}",
        b' \n\t{"name"\r: "x"} ',
        b'{"name": "first", "name": "last"}',
    ],
    ids=lambda content: repr(content[:40]),
)
def test_what_only_looks_dangerous_is_taken(empty, content):
    answer = empty.send(content)
    assert answer.status_code == 201
    assert empty.get("/products/1") == answer.json()


@pytest.mark.parametrize(
    "query", ["q[]=%ff", "q[]=name:=%00", "sort=%ed%a0%80", "%ff=1", "x=%00", "page=%00"]
)
def test_a_query_that_cannot_be_read_is_a_bad_request(account, query):
    answer = account.client.get(f"/products?{query}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Bad request: a parameter ")


@pytest.mark.parametrize(
    "path", ["%00", "%ff", "%ed%a0%80", "1%2F2", "%F0%9F", "..", "1%20", "%D9%A1"]
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_strange_identifier_is_not_found(account, method, path):
    answer = account.client.request(method, f"/products/{path}", json={})
    assert answer.status_code in {404, 405}
    assert list(answer.json()) == ["message"]


def test_repeated_and_unknown_parameters_do_no_harm(account):
    page = account.client.get("/products?per_page=3&per_page=2&colour=red&q[0]=y&=&&").json()
    assert len(page["products"]) == 2


@given(content=st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_no_bytes_at_all_break_the_mock(open_account, content):
    account = open_account("empty")
    assert account.send(content).status_code in {400, 422}
    assert account.send(b'{"name": ' + content + b"}").status_code in {201, 400, 422}
    assert not account.sandbox.defects


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
FIELDS = (
    "cost_price",
    "item_code",
    "name",
    "notes",
    "price",
    "price_includes_tax",
    "product_supplier_name",
    "serial_number",
    "stock_level",
    "tax_id",
)


@settings(max_examples=60)
@given(body=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), JSON, max_size=6))
def test_no_values_at_all_break_the_mock(open_account, body):
    account = open_account()
    created = account.client.post("/products", json={"name": "Oil", **body})
    assert created.status_code in {201, 400, 422}
    changed = account.client.patch("/products/1", json=body)
    assert changed.status_code in {200, 400, 422}
    if changed.status_code == 422:
        assert set(changed.json()["errors"]) <= set(FIELDS)
    assert account.get("/products/1")
    assert not account.sandbox.defects
