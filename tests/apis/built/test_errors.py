"""Every refusal, as the vendor words it."""

from __future__ import annotations

import pytest

from mock_server.apis.built.rules import LARGEST_NUMBER
from mock_server.apis.built.texts import attribute_name

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/item/{}", "Item not found"),
        ("GET", "/api/v3/items/{}/transactions", "Item not found"),
        ("POST", "/api/v3/items/{}/archive", "Item not found"),
        ("POST", "/api/v3/items/{}", "Item not found."),
        ("GET", "/api/v3/items/{}/raw-materials", "Item not found!"),
        ("GET", "/api/v3/items/{}/stock-history", {"message": "Item not found!"}),
        ("GET", "/api/v2/item/adjustments/{}", {"message": "Item not found!"}),
        ("DELETE", "/api/v3/items/{}", "Item not found"),
    ],
)
@pytest.mark.parametrize("key", ["999", "0", "-1", "1.0", "abc", "9" * 400, "²", "%F0%9F%8D%9E"])
def test_an_unknown_item_is_a_302_without_a_location(client, method, path, body, key):
    answer = client.request(method, path.format(key), json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()) == (302, body)
    assert "location" not in answer.headers
    assert answer.headers["content-type"] == "application/json"


def test_an_unknown_item_in_a_body_is_a_302_too(client):
    adjustment = {"type": "increase", "account_id": 1, "item_id": 999, "quantity": 1}
    adjustment |= {"unit_price": 1, "amount": 1, "adjustment_quantity": 1, "date": "2024-10-23"}
    material = {"id": 999, "name": "x", "usedQuantity": 1, "unit_cost": 1, "inventory_accountID": 1}
    production = {"materials": [material], "product_id": "12"}
    production |= {"date": "2024-10-23", "adjustment_quantity": 1}
    for path, body in (("", adjustment), ("/from-production", production)):
        answer = client.post(f"/api/v3/items/adjust{path}", json=body)
        assert (answer.status_code, answer.json()) == (302, "Item not found")


REQUIRED = {
    "/api/v3/items": ["name", "type", "unit_price"],
    "/api/v3/items/bulk": ["items"],
    "/api/items/bulk": ["items"],
    "/api/v3/items/adjust/from-production": [
        "materials",
        "product_id",
        "date",
        "adjustment_quantity",
    ],
    "/api/v3/items/adjust": [
        "item_id",
        "account_id",
        "quantity",
        "unit_price",
        "amount",
        "adjustment_quantity",
        "type",
        "date",
    ],
}


@pytest.mark.parametrize("path", REQUIRED)
@pytest.mark.parametrize(
    "content", [b"{}", b"", b"[]", b"null", b'"text"', b"5", b"{", b"\xff\xfe", b'{"name": NaN}']
)
def test_all_that_is_required_is_named_at_once(client, path, content):
    answer = client.post(path, content=content, headers=JSON)
    assert answer.status_code == 422
    assert answer.json() == {
        "message": "The given data was invalid.",
        "errors": {
            name: [f"The {name.replace('_', ' ')} field is required."] for name in REQUIRED[path]
        },
    }
    assert list(answer.json()["errors"]) == REQUIRED[path]


@pytest.mark.parametrize("path", REQUIRED)
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_empty_text_counts_as_missing(client, path, nothing):
    answer = client.post(path, json=dict.fromkeys(REQUIRED[path], nothing))
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert set(errors) == set(REQUIRED[path])
    assert errors[REQUIRED[path][0]] == [
        f"The {REQUIRED[path][0].replace('_', ' ')} field is required."
    ]


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("name", 5, "The name must be a string."),
        ("name", ["x"], "The name must be a string."),
        ("type", "gadget", "The selected type is invalid."),
        ("unit_price", "dear", "The unit price must be a number."),
        ("unit_price", True, "The unit price must be a number."),
        ("unit_price", [], "The unit price field is required."),
        ("unit_price", 10**13, "The unit price must not be greater than 1000000000000."),
        ("unit_price", -(10**13), "The unit price must be at least -1000000000000."),
        ("quantity", "many", "The quantity must be a number."),
        ("taxed", "maybe", "The taxed field must be true or false."),
        ("taxed", 2, "The taxed field must be true or false."),
        ("retail_item", {}, "The retail item field must be true or false."),
        ("category_id", "first", "The category id must be an integer."),
        ("category_id", 1.5, "The category id must be an integer."),
        ("category_id", 999, "The selected category id is invalid."),
        ("category_id", 0, "The selected category id is invalid."),
        ("category_id", "-1", "The selected category id is invalid."),
        ("category_id", 2**63, "The category id must be an integer."),
        ("category_id", "01", "The category id must be an integer."),
        ("unit_price", "1e13", "The unit price must not be greater than 1000000000000."),
        ("unit_price", "-1e400", "The unit price must be at least -1000000000000."),
        ("quantity", [], "The quantity must be a number."),
        ("category_id", {}, "The category id must be an integer."),
        ("taxed", 1.0, "The taxed field must be true or false."),
        ("date", [], "The date is not a valid date."),
        ("description", "a\0b", "The description format is invalid."),
        ("account_id", 999, "The selected account id is invalid."),
        ("purchase_accountID", "999", "The selected purchase account i d is invalid."),
        ("date", "soon", "The date is not a valid date."),
        ("date", 5, "The date is not a valid date."),
        ("description", 5, "The description must be a string."),
        ("code", {"a": 1}, "The code must be a string."),
    ],
)
@pytest.mark.parametrize("path", ["/api/v3/items", "/api/v3/items/1"])
def test_each_field_is_told_what_is_wrong(client, state, path, field, value, text):
    before = state()
    body = {"name": "New", "type": "product", "unit_price": 1, field: value}
    answer = client.post(path, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {field: [text]}
    assert state() is before


def test_all_fields_at_once(client):
    body = {"name": "", "type": "gadget", "unit_price": "x", "taxed": 7, "category_id": 999}
    errors = client.post("/api/v3/items", json=body).json()["errors"]
    assert set(errors) == set(body)


def test_materials_are_named_by_their_place(client):
    rest = {"name": "x", "unit_cost": 1, "inventory_accountID": 1}
    materials = [{"id": 1, **rest}, {"usedQuantity": "x", **rest}]
    body = {"materials": materials, "product_id": "a", "date": "x"}
    answer = client.post("/api/v3/items/adjust/from-production", json=body)
    assert answer.json()["errors"] == {
        "materials.0.usedQuantity": ["The materials.0.usedQuantity field is required."],
        "materials.1.id": ["The materials.1.id field is required."],
        "materials.1.usedQuantity": ["The materials.1.usedQuantity must be a number."],
        "product_id": ["The product id must be an integer."],
        "date": ["The date is not a valid date."],
        "adjustment_quantity": ["The adjustment quantity field is required."],
    }


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("unit_price", "unit price"),
        ("usedQuantity", "used quantity"),
        ("purchase_accountID", "purchase account i d"),
        ("materials.0.unit_cost", "materials.0.unit_cost"),
        ("name", "name"),
    ],
)
def test_fields_are_named_as_laravel_names_them(field, name):
    assert attribute_name(field) == name


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer live_abc"},
        {"Authorization": "Basic dGVzdDo="},
        {"Authorization": "test"},
        {"Authorization": "bearer test-built"},
        {"Authorization": "BEARER test-built"},
        {"Authorization": "Bearer  test-built"},
        {"Authorization": "Bearer test.nobody-1"},
    ],
)
def test_without_a_key_nothing_is_answered(client, headers):
    answer = client.get("/api/v3/items", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthenticated."})


def test_a_key_is_asked_for_before_anything_is_looked_at(client):
    answer = client.post("/api/v3/items", content=b"{", headers={"Authorization": "", **JSON})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/", "/api", "/api/v3", "/api/v4/items", "/api/v3/item/1"])
def test_an_unknown_route(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (404, {"message": ""})


@pytest.mark.parametrize(
    ("method", "path", "supported"),
    [
        ("GET", "/api/v3/items/1", "POST, DELETE"),
        ("PUT", "/api/v3/items/1", "POST, DELETE"),
        ("GET", "/api/v3/items/adjust", "POST"),
        ("GET", "/api/v3/items/search", "POST, DELETE"),
        ("DELETE", "/api/v3/items", "GET, HEAD, POST"),
        ("POST", "/api/v2/items/summary", "GET, HEAD"),
        ("PATCH", "/printallpitems", "GET, HEAD"),
    ],
)
def test_a_wrong_method(client, method, path, supported):
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.json()["message"] == (
        f"The {method} method is not supported for this route. Supported methods: {supported}."
    )
    allowed = set(answer.headers["allow"].split(", "))
    assert allowed == {*supported.split(", "), "OPTIONS"}


def test_a_body_that_is_too_large(client):
    answer = client.post("/api/v3/items", content=b" " * (2 << 20), headers=JSON)
    assert (answer.status_code, answer.json()) == (413, {"message": ""})


def test_the_bounds_of_a_number_are_those_of_the_spec(server):
    numeric = server.applications["built"].spec.document["components"]["schemas"]["Numeric"]
    number = numeric["x-accepted-schema"]["anyOf"][0]
    assert (number["minimum"], number["maximum"]) == (-LARGEST_NUMBER, LARGEST_NUMBER)


def test_too_many_requests(serve, client_of):
    server = serve("built", rate_limited="on")
    client = client_of(server, "built", headers={"Authorization": "Bearer test-hasty"})
    answers = [client.get("/api/v2/items/summary") for _ in range(62)]
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert (refused.status_code, refused.json()) == (429, {"message": "Too Many Attempts."})
    assert refused.headers["x-ratelimit-limit"] == "60"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
