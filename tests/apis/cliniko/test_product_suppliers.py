"""Product suppliers are created, renamed and archived."""

from __future__ import annotations

import pytest

ARCHIVING = [("DELETE", "/product_suppliers/{}"), ("POST", "/product_suppliers/{}/archive")]


def create(account, name="Oakhurst Supplies"):
    return account.client.post("/product_suppliers", json={"name": name})


def test_a_created_supplier_is_answered_with_its_address(empty):
    answer = create(empty)
    supplier = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == supplier["links"]["self"]
    assert empty.get(f"/product_suppliers/{supplier['id']}") == supplier
    assert empty.rows("product_suppliers", "name:=Oakhurst Supplies") == [supplier]


@pytest.mark.parametrize("as_sent", [str, int])
def test_a_product_names_its_supplier_by_id(empty, as_sent):
    supplier = create(empty).json()
    sent = as_sent(supplier["id"])
    product = empty.product(product_supplier_id=sent, product_supplier_name="Somebody else")
    assert product["product_supplier_name"] == "Oakhurst Supplies"
    assert product["product_supplier"]["links"]["self"] == supplier["links"]["self"]
    assert empty.rows("product_suppliers") == [supplier]


def test_a_supplier_that_is_not_there_is_refused(empty):
    answer = empty.client.post("/products", json={"name": "Oil", "product_supplier_id": "7"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"product_supplier_id": "must exist"}


def test_a_new_name_shows_in_products(empty):
    supplier = create(empty).json()
    product = empty.product(product_supplier_id=supplier["id"])
    url = f"/product_suppliers/{supplier['id']}"
    assert empty.client.patch(url, json={"name": "Oakhurst"}).json()["name"] == "Oakhurst"
    assert empty.get(f"/products/{product['id']}")["product_supplier_name"] == "Oakhurst"
    assert empty.client.patch(url, json={"name": ""}).status_code == 422


@pytest.mark.parametrize(("method", "path"), ARCHIVING)
def test_an_archived_supplier_leaves_the_list_and_can_still_be_read(empty, method, path):
    supplier = create(empty).json()
    product = empty.product(product_supplier_id=supplier["id"])
    assert empty.client.request(method, path.format(supplier["id"])).status_code == 204
    assert empty.rows("product_suppliers") == []
    shown = empty.client.get(product["product_supplier"]["links"]["self"]).json()
    assert shown["name"] == supplier["name"]
    assert empty.client.request(method, path.format(supplier["id"])).status_code == 404
    url = f"/product_suppliers/{supplier['id']}"
    assert empty.client.patch(url, json={"name": "x"}).status_code == 404


def test_the_name_of_an_archived_supplier_makes_a_new_one(empty):
    supplier = create(empty).json()
    empty.client.delete(f"/product_suppliers/{supplier['id']}")
    product = empty.product(product_supplier_name=supplier["name"])
    assert product["product_supplier"]["links"]["self"] != supplier["links"]["self"]
