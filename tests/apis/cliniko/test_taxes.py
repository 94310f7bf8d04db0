"""Taxes are created, changed and deleted, and the products that have them follow."""

from __future__ import annotations

from datetime import timedelta

import pytest


def create(account, **properties):
    return account.client.post("/taxes", json={"name": "VAT", "rate": 23, **properties})


def test_a_created_tax_is_answered_with_its_address(empty):
    answer = create(empty)
    tax = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == tax["links"]["self"]
    assert (tax["name"], tax["rate"], tax["amount"]) == ("VAT", "23.0", "23.0")
    assert empty.get(f"/taxes/{tax['id']}") == tax
    assert empty.rows("taxes") == [tax]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("name", ["rate", "amount"])
def test_a_changed_rate_changes_prices(empty, method, name):
    tax = create(empty).json()
    product = empty.product(price=100, price_includes_tax=False, tax_id=tax["id"])
    changed = empty.client.request(method, f"/taxes/{tax['id']}", json={name: "10.50"})
    assert (changed.status_code, changed.json()["rate"]) == (200, "10.5")
    after = empty.get(f"/products/{product['id']}")
    assert (product["price_including_tax"], after["price_including_tax"]) == ("123.0", "110.5")


def test_a_change_of_nothing_keeps_the_tax(empty):
    tax = create(empty).json()
    empty.sandbox.clock.advance(timedelta(seconds=5))
    assert empty.client.patch(f"/taxes/{tax['id']}", json={"name": "VAT"}).json() == tax


def test_a_deleted_tax_is_gone_from_its_products(empty):
    tax = create(empty).json()
    product = empty.product(price=100, price_includes_tax=False, tax_id=tax["id"])
    assert empty.client.delete(f"/taxes/{tax['id']}").status_code == 204
    for method in ("GET", "DELETE"):
        assert empty.client.request(method, f"/taxes/{tax['id']}").status_code == 404
    assert empty.rows("taxes") == []
    after = empty.get(f"/products/{product['id']}")
    assert "tax" not in after
    assert after["price_including_tax"] == "100.0"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": "can't be blank"}),
        ({"name": "VAT"}, {"rate": "can't be blank"}),
        ({"name": " ", "rate": 1}, {"name": "can't be blank"}),
        ({"name": "VAT", "rate": None}, {"rate": "can't be blank"}),
        (
            {"name": "VAT", "rate": "-1"},
            {"rate": "must be a number from 0 to below 4000000000"},
        ),
        (
            {"name": "VAT", "rate": 4_000_000_000},
            {"rate": "must be a number from 0 to below 4000000000"},
        ),
    ],
)
def test_a_wrong_tax_is_refused(empty, body, errors):
    answer = empty.client.post("/taxes", json=body)
    assert answer.status_code == 422
    assert errors.items() <= answer.json()["errors"].items()
    assert empty.rows("taxes") == []


def test_taxes_have_no_filter_on_their_names(account):
    answer = account.client.get("/taxes?q[]=name:=GST")
    assert (answer.status_code, answer.json()["message"]) == (400, "name is not filterable")
