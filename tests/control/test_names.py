"""A question that names what is not there is refused; keys and numbers are taken as people do."""

from __future__ import annotations

import pytest

from mock_server.control.api.errors import PATTERNS
from mock_server.control.api.spec import control_spec
from mock_server.control.client import ControlError
from mock_server.discovery import load_vendors
from mock_server.journal.names import UnknownName, check_query

SPECS = {vendor.api.name: vendor.spec for vendor in load_vendors()}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"operation": "createProdct"}, "operation: there is no operation 'createProdct'; did you"),
        ({"api": "clinko"}, "api: there is no API 'clinko'; did you mean cliniko?"),
        ({"api": "built", "operation": "createProduct"}, "operation: there is no operation"),
        ({"verdict": "nonsense"}, "verdict: there is no verdict 'nonsense'; there are answered"),
        ({"method": "PSOT"}, "method: there is no method 'PSOT'; did you mean POST?"),
        ({"status": 99}, "status: 99 is not a status such as 404"),
        ({"status": "40x"}, "status: '40x' is not a status such as 404, or a class such as 4xx"),
        ({"path": "products"}, "path: 'products' must begin with a slash, or with `*`"),
    ],
)
def test_a_query_names_what_there_is(query, message):
    with pytest.raises(UnknownName) as caught:
        check_query(query, SPECS)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "query",
    [{}, {"api": "cliniko", "operation": "getProduct"}, {"method": "post"}, {"status": 404},
     {"status": "5XX"}, {"verdict": "refused"}, {"path": "/v1/products"}, {"path": "*products"}],
)  # fmt: skip
def test_a_query_of_what_there_is_is_asked(query):
    check_query(query, SPECS)


@pytest.fixture
def product(control, cliniko):
    """The id, as the API shows it, of a product whose price has just gone from 12.10 to 13.50."""
    control.create("test-shop", persona="empty")
    client = cliniko("test-shop")
    made = client.post("/products", json={"name": "Balm", "price": 12.10}).json()
    client.patch(f"/products/{made['id']}", json={"price": 13.50})
    return made["id"]


@pytest.mark.parametrize(
    ("expectations", "message"),
    [
        (
            {"calls": [{"operation": "createProdct", "exactly": 0}]},
            "/calls/0/operation: there is no",
        ),
        ({"order": [{"api": "clinko"}]}, "/order/0/api: there is no API 'clinko'; did you mean"),
        (
            {"effects": [{"table": "cliniko.product", "key": "1"}]},
            "/effects/0/table: there is no table 'cliniko.product'; did you mean cliniko.products",
        ),
        (
            {"effects": [{"table": "cliniko.products", "key": "1", "field": "prise"}]},
            "/effects/0/field: there is no field of cliniko.products 'prise'; did you mean price",
        ),
    ],
)
@pytest.mark.usefixtures("product")
def test_expectations_name_what_there_is(control, expectations, message):
    with pytest.raises(ControlError) as caught:
        control.sandbox("test-shop").evidence.check(expectations)
    assert caught.value.status == 422
    assert str(caught.value).startswith(message)


@pytest.mark.usefixtures("product")
def test_a_filter_of_the_journal_names_what_there_is(control):
    with pytest.raises(ControlError, match="there is no operation 'createProdct'; did you mean"):
        control.sandbox("test-shop").evidence.exchanges({"operation": "createProdct"})


def met(control, **effect):
    effect = {"table": "cliniko.products", **effect}
    try:
        control.sandbox("test-shop").evidence.verify(effects=[effect], since=1)
    except AssertionError as unmet:
        return str(unmet)
    return ""


def test_a_key_is_taken_as_the_api_shows_it(control, product):
    for key in (product, int(product)):
        assert met(control, key=key, field="price") == ""
    assert "there is no such record" in met(control, key="99", field="price")


@pytest.mark.parametrize("price", [13.5, "13.5", "13.50", "13.500"])
def test_numbers_are_compared_as_numbers(control, product, price):
    assert met(control, key=product, field="price", after=price) == ""
    assert met(control, key=product, field="price", before=12.1, after=price) == ""


def test_what_was_not_asked_about_is_not_held_against_it(control, product):
    assert met(control, key=product, field="price", before="12.10") == ""
    unmet = met(control, key=product, field="price", after=14)
    assert unmet.startswith("expected cliniko.products 1 updated: price to 14; it went from '12.1")


def test_no_error_message_shows_a_regular_expression():
    def patterns(node):
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                yield node["pattern"]
            for each in node.values():
                yield from patterns(each)
        elif isinstance(node, list):
            for each in node:
                yield from patterns(each)

    assert set(patterns(control_spec().document)) <= PATTERNS.keys()


@pytest.mark.parametrize(
    ("part", "query", "message"),
    [
        (
            "journal",
            {"opration": "listTaxes"},
            "opration is no parameter of this operation; did you mean op",
        ),
        (
            "journal",
            {"limit": 2, "Limit": 3},
            "Limit is no parameter of this operation; did you mean limit?",
        ),
        (
            "difference",
            {"fom": "seed"},
            "fom is no parameter of this operation; did you mean from?",
        ),
        (
            "export",
            {"apis": "cliniko"},
            "apis is no parameter of this operation; did you mean api?",
        ),
        (
            "events",
            {"follow": "true", "sinc": 2},
            "sinc is no parameter of this operation; did you mean since?",
        ),
        ("clock", {"at": "now"}, "at is no parameter of this operation; there are none"),
        ("journal", {"operation": ""}, "operation must not be empty"),
    ],
)
def test_a_query_has_the_parameters_that_there_are(control, part, query, message):
    control.create("test-shop")
    with pytest.raises(ControlError) as caught:
        control.session.call("GET", "sandboxes", "test-shop", part, query=query)
    assert caught.value.status == 400
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "body", [{}, {"since": 0}, {"calls": [], "order": []}, {"exclusive": False}]
)
def test_expectations_of_nothing_are_refused(control, body):
    control.create("test-shop")
    with pytest.raises(ControlError, match="calls or order, or effects, must say what is expected"):
        control.session.call("POST", "sandboxes", "test-shop", "verify", body=body)


def test_a_name_that_opens_no_sandbox_is_refused_in_words(control):
    with pytest.raises(ControlError, match="name must begin with `test`, such as test-shop"):
        control.create("shop")
