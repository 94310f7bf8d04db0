"""Every operation of the spec, answered by the stand-in; the client holds each answer to it."""

from __future__ import annotations

import httpx
import pytest
from jsonschema import ValidationError

from tests.lab.standin.contract import hold_to_the_spec, spec

CALLS = {
    "listProducts": ("GET", "/products", None, 200),
    "createProduct": ("POST", "/products", {"name": "Ice Pack"}, 201),
    "getProduct": ("GET", "/products/1", None, 200),
    "updateProduct": ("PATCH", "/products/1", {"stock_level": 2.5}, 200),
    "replaceProduct": ("PUT", "/products/1", {"notes": None}, 200),
    "deleteProduct": ("DELETE", "/products/1", None, 204),
    "archiveProduct": ("POST", "/products/1/archive", None, 204),
    "listTaxes": ("GET", "/taxes", None, 200),
    "createTax": ("POST", "/taxes", {"name": "VAT", "rate": 23}, 201),
    "getTax": ("GET", "/taxes/1", None, 200),
    "updateTax": ("PATCH", "/taxes/1", {"amount": "22"}, 200),
    "replaceTax": ("PUT", "/taxes/1", {"rate": "22"}, 200),
    "deleteTax": ("DELETE", "/taxes/1", None, 204),
    "listProductSuppliers": ("GET", "/product_suppliers", None, 200),
    "createProductSupplier": ("POST", "/product_suppliers", {"name": "Summit"}, 201),
    "getProductSupplier": ("GET", "/product_suppliers/1", None, 200),
    "updateProductSupplier": ("PATCH", "/product_suppliers/1", {"name": "Peak"}, 200),
    "deleteProductSupplier": ("DELETE", "/product_suppliers/1", None, 204),
    "archiveProductSupplier": ("POST", "/product_suppliers/1/archive", None, 204),
    "listStockAdjustments": ("GET", "/stock_adjustments", None, 200),
    "createStockAdjustment": (
        "POST",
        "/stock_adjustments",
        {"product_id": "1", "quantity": 2, "adjustment_type": "Returned", "comment": "Back"},
        201,
    ),
    "getStockAdjustment": ("GET", "/stock_adjustments/1", None, 200),
    "getAuthenticatedUser": ("GET", "/user", None, 200),
    "listUsers": ("GET", "/users", None, 200),
    "getUser": ("GET", "/users/1", None, 200),
}
FULL = {
    "cost_price": "011.50",
    "item_code": "FR-1",
    "name": "Foam Roller",
    "notes": "By the door",
    "price": 12.5,
    "price_includes_tax": False,
    "product_supplier_name": "Summit",
    "serial_number": "S-1",
    "stock_level": -3_999_999_999,
    "tax_id": "1",
}


@pytest.mark.parametrize("operation", CALLS)
def test_an_operation_answers_as_the_spec_says(world, operation):
    method, path, body, status = CALLS[operation]
    product = world.make(**FULL | {"stock_level": 1})
    world.adjust(product, 1)
    assert world.client.request(method, path, json=body).status_code == status


def test_these_are_all_operations():
    methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    operations = {
        (operation["operationId"], method.upper(), path)
        for path, item in spec()["paths"].items()
        for method, operation in item.items()
        if method in methods
    }
    called = {(name, call[0], call[1].replace("/1", "/{id}")) for name, call in CALLS.items()}
    assert called == operations


def test_a_product_is_shown_with_all_that_was_sent(world):
    product = world.make(**FULL)
    assert product == {
        "archived_at": None,
        "cost_price": "11.5",
        "created_at": "2026-01-01T00:00:00Z",
        "id": "1",
        "item_code": "FR-1",
        "links": {"self": "http://standin.test/v1/products/1"},
        "name": "Foam Roller",
        "notes": "By the door",
        "price_ex_tax": "12.5",
        "price_including_tax": "12.5",
        "product_supplier": {"links": {"self": "http://standin.test/v1/product_suppliers/4"}},
        "product_supplier_name": "Summit",
        "serial_number": "S-1",
        "stock_adjustments": {
            "links": {"self": "http://standin.test/v1/stock_adjustments?q%5B%5D=product_id%3A%3D1"}
        },
        "stock_level": -3_999_999_999,
        "tax": {"links": {"self": "http://standin.test/v1/taxes/1"}},
        "updated_at": "2026-01-01T00:00:00Z",
    }
    assert world.show(product) == product
    for link in ("product_supplier", "stock_adjustments", "tax"):
        assert world.client.get(product[link]["links"]["self"]).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "http://standin.test/v1//products", 404),
        ("GET", "/products/abc", 404),
        ("GET", "/products/99999999999999999999", 404),
        ("GET", "/stock_adjustments/77", 404),
        ("PATCH", "/products", 405),
        ("DELETE", "/users/1", 405),
        ("GET", "/products?page=0", 400),
        ("GET", "/products?page=one", 400),
        ("GET", "/products?per_page=101", 400),
        ("GET", "/products?order=up", 400),
        ("GET", "/products?sort=price", 400),
        ("GET", "/products?sort=name:up", 400),
        ("GET", "/products?q[]=colour:=red", 400),
        ("GET", "/products?q[]=name", 400),
        ("GET", "/products?q[]=name:?x", 400),
        ("GET", "/products?q[]=id:=one", 400),
        ("GET", "/products?q[]=id:=1,", 400),
        ("GET", "/products?q[]=id:%3E1,2", 400),
        ("GET", "/products?q[]=created_at:=2026-01-01T00:00:00Z", 400),
        ("GET", "/products?q[]=created_at:%3E2026-01-01", 400),
        ("GET", "/products/1?q[]=name:=x", 400),
        ("GET", "/taxes?q[]=archived_at:*", 400),
        ("GET", "/stock_adjustments?q[]=name:=x", 400),
    ],
)
def test_what_makes_no_sense_is_refused_in_the_form_of_the_spec(world, method, path, status):
    assert world.client.request(method, path).status_code == status


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b'{"name": "x", "price": NaN}', "application/json", 400),
        (b'{"name": "x", "price": 1e99999999999999999999}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": "x"}', "text/plain", 415),
        (b'{"name": "' + b"x" * (1 << 20) + b'"}', "application/json", 413),
        (b'{"name": "a\\u0000b"}', "application/json", 422),
        (b'{"name": "\\ud800"}', "application/json", 422),
        (b'{"name": "x"}', "application/json; charset=utf-8", 201),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_in_the_form_of_the_spec(
    world, content, media_type, status
):
    headers = {"Content-Type": media_type}
    answer = world.client.post("/products", content=content, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("cost_price", [4_000_000_000, "4000000000", "-1", "1e3", "", True]),
        ("item_code", ["x" * 101, 5]),
        ("name", ["", " ", None, "x" * 256, 5, ["x"]]),
        ("notes", [5, False]),
        ("price", [None, "five", True]),
        ("price_includes_tax", [1, "true"]),
        ("product_supplier_name", [5]),
        ("serial_number", ["x" * 256]),
        ("stock_level", [4_000_000_000, -4_000_000_000, 1.5, "1.5", True]),
        ("tax_id", [None, 1.5, 77, "77", "x", ""]),
    ],
)
def test_a_wrong_field_is_named(world, field, values):
    for value in values:
        answer = world.client.post("/products", json={"name": "x", field: value})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field]), value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": 1_000_000_000}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": -1, "adjustment_type": "Returned"}, "quantity"),
        ({"quantity": 1, "adjustment_type": "Damaged"}, "quantity"),
        ({"adjustment_type": "Lost"}, "adjustment_type"),
        ({"product_id": "77"}, "product_id"),
        ({"comment": 5}, "comment"),
    ],
)
def test_a_wrong_adjustment_is_refused(world, change, field):
    world.make()
    body = {"product_id": "1", "quantity": 1, "adjustment_type": "Other", **change}
    answer = world.client.post("/stock_adjustments", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_a_fraction_of_stock_is_cut_off_in_a_change_alone(world):
    product = world.make(stock_level=1.0)
    assert world.change(product, stock_level=-2.9).json()["stock_level"] == -2


def test_an_unknown_field_is_ignored(world):
    assert world.make(colour="\0red")["name"] == "Foam Roller"


def test_the_client_would_notice_an_answer_off_the_spec():
    request = httpx.Request("GET", "http://standin.test/v1/products")
    with pytest.raises(ValidationError, match="'links' is a required property"):
        hold_to_the_spec(httpx.Response(200, json={"products": []}, request=request))
    with pytest.raises(AssertionError, match="listProducts answers 201"):
        hold_to_the_spec(httpx.Response(201, json={}, request=request))
    with pytest.raises(AssertionError, match="X-RateLimit-Reset is missing"):
        hold_to_the_spec(httpx.Response(429, json={"message": "x"}, request=request))
