"""What cannot be read is refused in Built's form, and nothing at all breaks the mock."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

JSON = {"Content-Type": "application/json"}
WRITES = (
    "/api/v3/items",
    "/api/v3/items/1",
    "/api/v3/items/bulk",
    "/api/v3/items/adjust",
    "/api/v3/items/adjust/from-production",
)
UNREADABLE = [
    b"{",
    b'{"name": "x",}',
    b"{'name': 'x'}",
    b'{"name": "x"} {}',
    b'{"name": "\xff"}',
    '{"name": "x"}'.encode("utf-16"),
    rb'{"name": "\ud800"}',
    b'{"name": ' + b"[" * 65 + b"]" * 65 + b"}",
    b"[" * 200_000,
    b'{"unit_price": NaN}',
]
here = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("content", UNREADABLE, ids=lambda content: repr(content[:24]))
def test_a_body_that_cannot_be_read_changes_nothing(client, sandbox, path, content):
    before = sandbox.state
    answer = client.post(path, content=content, headers=JSON)
    # Laravel takes such a body for an empty one, which an update may have.
    assert answer.status_code == (200 if path.endswith("/1") else 422)
    assert ("id" if path.endswith("/1") else "errors") in answer.json()
    assert sandbox.state is before
    assert not sandbox.defects


@pytest.mark.parametrize(
    "field",
    [
        rb'"name": "a\u0000b"',
        b'"unit_price": 1e309',
        b'"unit_price": 1e99999999999999999999999',
        b'"unit_price": ' + b"9" * 5000,
    ],
    ids=lambda content: repr(content[:24]),
)
def test_a_value_that_nothing_can_keep_is_refused(client, sandbox, field):
    before = sandbox.state
    content = b"{" + field + b"}"
    answer = client.post("/api/v3/items/1", content=content, headers=JSON)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 1)
    assert sandbox.state is before
    assert not sandbox.defects


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (b'"unit_price": 1e3', "1000.00"),
        (b'"unit_price": 1e-300', "0.00"),
        (b'"unit_price": 0e-999999999', "0.00"),
        (b'"unit_price": 0E+99999', "0.00"),
        (b'"unit_price": -0.0', "0.00"),
        (b'"unit_price": 0.' + b"3" * 600, "0.33"),
        (b'"unit_price": 1000000000000', "1000000000000.00"),
        (b'"unit_price": 1, "unknown": ' + b"[" * 60 + b"]" * 60, "1.00"),
        (b'"unit_price": 1, "unit_price": 2', "2.00"),
    ],
    ids=lambda value: repr(value[:32]),
)
def test_what_only_looks_dangerous_is_taken(client, sandbox, fields, shown):
    content = b'{"name": "Odd \xf0\x9f\xa7\xb4", "type": "product", ' + fields + b"}"
    answer = client.post("/api/v3/items", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["unit_price"]) == (200, shown)
    assert not sandbox.defects


@pytest.mark.parametrize("path", ["%00", "%ff", "%ed%a0%80", "1%2F2", "..", "1%20", "%D9%A1", "+1"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_strange_identifier_is_no_item(client, sandbox, method, path):
    prefix = "/api/item/" if method == "GET" else "/api/v3/items/"
    answer = client.request(method, prefix + path)
    assert answer.status_code in {302, 400, 404, 405}
    assert not sandbox.defects


@given(content=st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
@here
def test_no_bytes_at_all_break_the_mock(client, sandbox, content):
    for path in (*WRITES, "/api/v3/items/1/archive"):
        assert client.post(path, content=content, headers=JSON).status_code in {200, 422}
    body = json.dumps({"items": content.decode("utf-8", "replace")})
    assert client.post("/api/items/bulk", content=body, headers=JSON).status_code in {200, 422}
    assert not sandbox.defects


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 65)
    | st.integers(0, 65).map(str)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["YES", "product", "increase", "2024-01-01", ""])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
ITEM = [
    "name",
    "type",
    "unit_price",
    "quantity",
    "taxed",
    "tax",
    "photo_path",
    "retail_item",
    "account_id",
    "category_id",
    "code",
    "purchase_accountID",
    "date",
    "quantity_limit",
    "selling_price",
    "track_inventory",
]
ENTRY = [
    "name",
    "unit_cost",
    "quantity",
    "track_inventory",
    "type",
    "selling_item",
    "category_id",
    "code",
    "photo",
]
USED = ["id", "usedQuantity", "unit_cost", "inventory_accountID", "quantity", "name"]
ADJUST = [
    "type",
    "account_id",
    "item_id",
    "quantity",
    "unit_price",
    "amount",
    "adjustment_quantity",
    "date",
    "note",
]


def bodies(names):
    return st.dictionaries(st.sampled_from(names) | st.text(max_size=4), VALUES, max_size=9)


PRODUCTION = st.fixed_dictionaries(
    {
        "materials": st.lists(bodies(USED), max_size=3) | VALUES,
        "product_id": VALUES,
        "date": VALUES,
        "adjustment_quantity": VALUES,
    }
)


@given(item=bodies(ITEM), adjustment=bodies(ADJUST), production=PRODUCTION, data=st.data())
@here
def test_no_values_at_all_break_the_mock(client, sandbox, item, adjustment, production, data):
    entries = data.draw(st.lists(bodies(ENTRY) | VALUES, max_size=3))
    base = {"type": "increase", "account_id": 1, "item_id": 1, "quantity": 1, "unit_price": 1}
    base |= {"amount": 1, "adjustment_quantity": 1, "date": "2024-01-01"}
    sent = [
        ("/api/v3/items", {"name": "New", "type": "product", "unit_price": 1, **item}),
        ("/api/v3/items/1", item),
        ("/api/items/bulk", {"items": json.dumps(entries)}),
        ("/api/v3/items/adjust", {**base, **adjustment}),
        ("/api/v3/items/adjust/from-production", production),
    ]
    for path, body in sent:
        answer = client.post(path, json=body)
        assert answer.status_code in {200, 302, 422}, answer.text
    for path in ("/api/v3/items", "/api/v3/pos-items", "/api/v2/items/summary", "/api/item/1"):
        assert client.get(path).status_code == 200
    assert client.get("/api/v3/items/1/stock-history").status_code == 200
    assert not sandbox.defects
