"""Identifiers have 64 bits, everywhere, and numbers may come as text and text as numbers."""

from __future__ import annotations

import json

import pytest

LARGEST = 2**63 - 1


@pytest.fixture(scope="module")
def long_ids(open_account):
    return open_account("long_ids")


def test_a_client_that_keeps_ids_as_doubles_finds_other_records_or_none(long_ids):
    ids = {row["id"] for row in long_ids.all_products()}
    assert len(ids) == 60
    assert all(2**60 < int(each) <= LARGEST for each in ids)
    assert all(str(int(float(each))) not in ids for each in ids)


def test_every_link_of_a_product_with_a_long_id_leads_somewhere(long_ids):
    for row in long_ids.rows("products"):
        for name in ("product_supplier", "stock_adjustments", "tax"):
            if name in row:
                assert long_ids.client.get(row[name]["links"]["self"]).status_code == 200


def test_long_ids_are_filtered_sent_and_found(long_ids):
    row = long_ids.rows("products")[0]
    assert long_ids.rows("products", f"id:={row['id']},{LARGEST}") == [row]
    answer = long_ids.adjust(int(row["id"]), 2)
    assert answer.status_code == 201
    chosen = long_ids.rows("stock_adjustments", f"product_id:={row['id']}")
    assert answer.json() in chosen
    assert int(long_ids.product()["id"]) > 2**60


@pytest.mark.parametrize("number", [LARGEST, -LARGEST - 1, 10**19 - 1])
def test_the_largest_ids_are_numbers_in_filters(account, number):
    assert account.rows("products", f"id:={number}") == []
    assert account.client.get(f"/products/{number}").status_code == 404


def test_a_number_of_more_digits_is_none(account):
    answer = account.client.get(f"/products?q[]=id:={10**19}")
    assert answer.json() == {"message": "Filter value for id must be a number"}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"cost_price": 8}, {"cost_price": "8.0"}),
        ({"cost_price": 8.5}, {"cost_price": "8.5"}),
        ({"price": "11.50"}, {"price_ex_tax": "11.5"}),
        ({"stock_level": "10"}, {"stock_level": 10}),
        ({"stock_level": "1e1"}, {"stock_level": 10}),
    ],
)
def test_numbers_and_texts_that_mean_the_same_are_taken(empty, sent, shown):
    product = empty.product(**sent)
    assert shown.items() <= product.items()
    changed = empty.client.patch(f"/products/{product['id']}", json=sent).json()
    assert shown.items() <= changed.items()


def test_the_samples_of_the_vendors_pages_are_taken(account):
    sample = json.loads(
        '{"item_code": "0002", "name": "Product 2", "product_supplier_name": "Supplier",'
        ' "price": 11, "cost_price": 8, "stock_level": 10, "tax_id": 1, "serial_number": "123456"}'
    )
    product = account.product(**sample)
    assert product["cost_price"] == "8.0"
    assert product["tax"]["links"]["self"].endswith("/taxes/1")
    assert account.adjust(int(product["id"]), "2").status_code == 201


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"cost_price": True}, "is invalid"),
        ({"cost_price": -0.01}, "must be a number from 0 to below 4000000000"),
        ({"cost_price": 4e9}, "must be a number from 0 to below 4000000000"),
        ({"price": "abc"}, "is not a number"),
        ({"price": ""}, "is not a number"),
        ({"stock_level": "1.5"}, "must be an integer"),
        ({"stock_level": 1.5}, "must be an integer"),
        ({"stock_level": "4000000000"}, "must be less than 4000000000"),
        ({"tax_id": 1.5}, "is invalid"),
        ({"tax_id": 99}, "must exist"),
    ],
)
def test_what_would_lose_something_is_refused(account, sent, error):
    answer = account.client.post("/products", json={"name": "Oil", **sent})
    assert answer.status_code == 422
    assert answer.json()["errors"] == dict.fromkeys(sent, error)


def test_one_filter_may_come_without_brackets(account):
    row = account.rows("products")[0]
    page = account.client.get("/products", params={"q": f"id:={row['id']}", "per_page": 1}).json()
    assert page["products"] == [row]
    assert account.client.get(page["links"]["self"]).json() == page
    both = {"q": f"id:>{row['id']}", "q[]": f"id:<={row['id']}"}
    assert account.client.get("/products", params=both).json()["products"] == []
    wrong = account.client.get("/products?q=colour:=red")
    assert (wrong.status_code, wrong.json()) == (400, {"message": "colour is not filterable"})


@pytest.mark.parametrize(
    "query",
    ["&".join(["q[]=id:=1"] * 51), "q[]=name:~" + "x" * 4000, "sort=" + ",".join(["id"] * 21)],
)
def test_what_a_request_may_ask_for_is_bounded(account, query):
    assert account.client.get(f"/products?{query}").status_code == 400
