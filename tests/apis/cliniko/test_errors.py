"""Errors have Cliniko's statuses, bodies and headers, and leave the state as it was."""

from __future__ import annotations

import pytest

BLANK = "can't be blank"
COLLECTIONS = ("products", "taxes", "product_suppliers", "stock_adjustments")


@pytest.fixture
def refused(account):
    """A function that calls, checks that nothing changed, and returns the answer."""
    account.get("/products")
    before = account.sandbox.state

    def call(method: str, path: str, **options):
        answer = account.client.request(method, path, **options)
        assert answer.status_code >= 400
        assert account.sandbox.state is before
        assert not account.sandbox.defects
        return answer

    return call


def message(answer) -> str:
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["message"]
    return body["message"]


@pytest.mark.parametrize("key", ["nobody", "", "Test", "test.nobody", "te st", "tëst", "-au1"])
def test_a_key_that_is_not_ours_is_refused_in_plain_text(refused, key):
    answer = refused("GET", "/products", auth=(key, ""))
    assert answer.status_code == 401
    assert answer.text == "HTTP Basic: Access denied.\n"
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["www-authenticate"] == 'Basic realm="Application"'


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic !", "Basic dGVzdA", "Bearer test", "dGVzdDo=", "Basic /////w=="],
)
def test_a_header_that_is_no_credential_is_refused(account, header):
    headers = {} if header is None else {"Authorization": header}
    request = account.client.build_request("POST", "/products", json={"name": "x"}, headers=headers)
    answer = account.client.send(request, auth=None)
    assert answer.status_code == 401
    assert answer.text == "HTTP Basic: Access denied.\n"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/products"),
        ("POST", "/products"),
        ("GET", "/products/1"),
        ("PATCH", "/products/1"),
        ("PUT", "/products/1"),
        ("DELETE", "/products/1"),
        ("POST", "/products/1/archive"),
        ("GET", "/taxes"),
        ("GET", "/taxes/1"),
        ("GET", "/product_suppliers"),
        ("GET", "/product_suppliers/1"),
        ("GET", "/stock_adjustments"),
        ("POST", "/stock_adjustments"),
        ("GET", "/stock_adjustments/1"),
    ],
)
def test_every_operation_wants_a_key_before_anything_else(refused, method, path):
    answer = refused(method, path, auth=("nobody", ""), params={"page": "x"}, content=b"{")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "identifier", ["999", "0", "-1", "01", "+1", "-0", "abc", "1.0", "1e1", "9" * 19, "9" * 99]
)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_what_is_not_there_is_not_found(refused, collection, identifier):
    answer = refused("GET", f"/{collection}/{identifier}")
    assert (answer.status_code, message(answer)) == (404, "Record not found")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/archive")],
)
def test_no_product_that_is_not_there_can_be_changed(refused, method, path):
    answer = refused(method, f"/products/999{path}", json={"name": "x"})
    assert (answer.status_code, message(answer)) == (404, "Record not found")


def test_a_path_that_no_operation_has_is_not_found(refused):
    for path in ("/nothing", "/products/1/restore", "/products/1/archive/2", "/", "//products"):
        answer = refused("GET", path)
        assert (answer.status_code, message(answer)) == (404, "Not found")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"q[]": "colour:=red"}, "colour is not filterable"),
        ({"q[]": "price:=1"}, "price is not filterable"),
        ({"q[]": "id:=x"}, "Filter value for id must be a number"),
        ({"q[]": "tax_id:>"}, "Filter value for tax_id must be a number"),
        ({"q[]": "tax_id:=1,x"}, "Filter value for tax_id must be a number"),
        ({"q[]": "id:*"}, "Filter value for id must be a number"),
        ({"q[]": "created_at:>=yesterday"}, "Filter value for created_at must be a date-time"),
        (
            {"q[]": "created_at:=2014-03-04T19:11:30Z"},
            "Filter value for created_at must be a date-time",
        ),
        (
            {"q[]": "updated_at:>2014-13-04T19:11:30Z"},
            "Filter value for updated_at must be a date-time",
        ),
        ({"q[]": "name:>a"}, "Filter operator for name is unknown"),
        ({"q[]": "name"}, "Filter name is not of the form FIELD:OPERATORVALUE"),
        ({"q[]": ""}, "Filter  is not of the form FIELD:OPERATORVALUE"),
        ({"q[]": ["name:?", "size:=1"]}, "size is not filterable"),
        ({"page": "0"}, "page must be greater than or equal to 1"),
        ({"page": "-3"}, "page must be greater than or equal to 1"),
        ({"page": "one"}, "page is not a number"),
        ({"page": "1.5"}, "page is not a number"),
        ({"page": ""}, "page is not a number"),
        ({"per_page": "0"}, "per_page must be greater than or equal to 1"),
        ({"per_page": "101"}, "per_page must be less than or equal to 100"),
        ({"per_page": "9" * 400}, "per_page is not a number"),
        ({"order": "up"}, "order is not included in the list"),
        ({"sort": "colour"}, "colour is not sortable"),
        ({"sort": "name:up"}, "name:up is not sortable"),
        ({"sort": "id,price:asc"}, "price:asc is not sortable"),
        ({"sort": "name,"}, "sort lacks a column"),
        ({"sort": ",name"}, "sort lacks a column"),
    ],
)
def test_a_list_that_is_asked_for_wrongly_is_a_bad_request(refused, query, text):
    answer = refused("GET", "/products", params=query)
    assert (answer.status_code, message(answer)) == (400, text)


def test_bounds_of_pages_are_themselves_allowed(account):
    total = account.get("/products", page=1)["total_entries"]
    assert len(account.get("/products", per_page=100)["products"]) == total
    assert len(account.get("/products", per_page=1)["products"]) == 1


def test_one_product_is_filtered_by_its_archiving_alone(refused):
    answer = refused("GET", "/products/1", params={"q[]": "name:?"})
    assert (answer.status_code, message(answer)) == (400, "name is not filterable")


def test_all_fields_that_are_wrong_are_named_at_once(refused):
    body = {
        "name": "",
        "item_code": "x" * 101,
        "serial_number": "x" * 256,
        "notes": 5,
        "cost_price": "4000000000",
        "price": "ten",
        "price_includes_tax": "yes",
        "product_supplier_name": [],
        "stock_level": 4_000_000_000,
        "tax_id": "77",
    }
    answer = refused("POST", "/products", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "message": "Validation Failed",
        "errors": {
            "name": BLANK,
            "item_code": "is too long (maximum is 100 characters)",
            "serial_number": "is too long (maximum is 255 characters)",
            "notes": "is invalid",
            "cost_price": "must be a number from 0 to below 4000000000",
            "price": "is not a number",
            "price_includes_tax": "is invalid",
            "product_supplier_name": "is invalid",
            "stock_level": "must be less than 4000000000",
            "tax_id": "must exist",
        },
    }


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": BLANK}),
        ({"name": None}, {"name": BLANK}),
        ({"name": " \t\n"}, {"name": BLANK}),
        ({"name": "x" * 256}, {"name": "is too long (maximum is 255 characters)"}),
        (
            {"name": "x", "stock_level": -4_000_000_000},
            {"stock_level": "must be greater than -4000000000"},
        ),
        (
            {"name": "x", "cost_price": "-0.01"},
            {"cost_price": "must be a number from 0 to below 4000000000"},
        ),
        ({"name": "x", "tax_id": "x"}, {"tax_id": "is invalid"}),
        ({"name": "x", "tax_id": None, "price": None}, dict.fromkeys(("tax_id", "price"), BLANK)),
    ],
)
def test_a_product_that_breaks_a_rule_is_not_saved(refused, body, errors):
    answer = refused("POST", "/products", json=body)
    assert (answer.status_code, answer.json()["errors"]) == (422, errors)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_update_obeys_the_rules_of_a_creation(refused, method):
    body = {"name": " ", "tax_id": "9", "cost_price": "x", "stock_level": 5e9}
    answer = refused(method, "/products/1", json=body)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(body)


def test_an_adjustment_names_all_that_it_lacks(refused):
    answer = refused("POST", "/stock_adjustments", json={})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "adjustment_type": BLANK,
        "product_id": BLANK,
        "quantity": BLANK,
    }


def test_texts_as_long_as_allowed_are_kept(empty):
    product = empty.product(name="é" * 255, item_code="🧴" * 100, serial_number="x" * 255)
    assert (len(product["name"]), len(product["item_code"])) == (255, 100)
