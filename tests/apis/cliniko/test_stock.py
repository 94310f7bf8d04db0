"""Stock adjustments change a product's stock level, by exactly their quantity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

LIMIT = 4_000_000_000
ADDING = ["Stock Purchase", "Returned", "Other"]
TAKING = ["Damaged", "Out of Date", "Item Sold", "Other", "Correction"]
NOON = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)


def level(account, product="1"):
    return account.get(f"/products/{product}")["stock_level"]


@pytest.mark.parametrize(
    ("kind", "quantity"), [*((kind, 12) for kind in ADDING), *((kind, -5) for kind in TAKING)]
)
def test_an_adjustment_changes_the_stock_level(empty, kind, quantity):
    empty.sandbox.clock.freeze(NOON)
    empty.product(stock_level=100)
    empty.sandbox.clock.advance(timedelta(seconds=1))
    answer = empty.adjust("1", quantity, kind)
    assert answer.status_code == 201
    adjustment = answer.json()
    assert adjustment["quantity"] == quantity
    assert adjustment["adjustment_type"] == kind
    assert adjustment["comment"] is adjustment["archived_at"] is None
    assert adjustment["created_at"] == adjustment["updated_at"] == "2026-03-04T12:00:01Z"
    assert empty.get(f"/stock_adjustments/{adjustment['id']}") == adjustment
    product = empty.get("/products/1")
    assert product["stock_level"] == 100 + quantity
    assert product["updated_at"] == "2026-03-04T12:00:01Z"
    assert product["created_at"] == "2026-03-04T12:00:00Z"


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        ("Stock Purchase", -1),
        ("Returned", -1),
        ("Damaged", 1),
        ("Out of Date", 1),
        ("Item Sold", 1),
        ("Correction", 1),
        ("Other", 0),
        ("Item Sold", 0),
        ("Gift", 1),
    ],
)
def test_a_quantity_that_does_not_go_with_its_type_is_refused(empty, kind, quantity):
    empty.product(stock_level=100)
    answer = empty.adjust("1", quantity, kind)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Validation Failed"
    assert list(answer.json()["errors"]) == ["adjustment_type" if kind == "Gift" else "quantity"]
    assert level(empty) == 100
    assert empty.rows("stock_adjustments") == []


def test_a_product_that_was_never_counted_starts_from_none(empty):
    assert empty.product()["stock_level"] is None
    assert empty.adjust("1", 3).status_code == 201
    assert level(empty) == 3


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"comment": "é\n"}, "é\n"),
        ({"notes": "é\n"}, "é\n"),
        ({"notes": "new", "comment": "old"}, "new"),
        ({}, None),
    ],
)
def test_notes_are_kept_under_their_older_name_too(empty, sent, kept):
    empty.product()
    body = {"product_id": "1", "quantity": 1, "adjustment_type": "Other", **sent}
    adjustment = empty.client.post("/stock_adjustments", json=body).json()
    assert (adjustment["notes"], adjustment["comment"]) == (kept, kept)


def test_an_adjustment_is_made_by_the_user_of_the_key(account):
    made = account.adjust("1", 1).json()
    user = account.client.get(made["user"]["links"]["self"]).json()
    assert user == account.get("/user")
    assert all(
        account.client.get(row["user"]["links"]["self"]).status_code == 200
        for row in account.rows("stock_adjustments")
    )


def test_a_level_that_is_set_leaves_no_adjustment(empty):
    empty.product(stock_level=5)
    empty.client.patch("/products/1", json={"stock_level": 7})
    assert level(empty) == 7
    assert empty.rows("stock_adjustments") == []


def test_one_adjustment_is_filtered_by_its_archiving(account):
    assert account.client.get("/stock_adjustments/1?q[]=archived_at:*").status_code == 200
    assert account.client.get("/stock_adjustments/1?q=archived_at:?").status_code == 404
    assert account.client.get("/stock_adjustments/1?q=id:=1").status_code == 400


def test_an_adjustment_of_no_product_is_refused(empty):
    for product in ("1", "x", "99999999999999999999", ""):
        answer = empty.adjust(product, 1)
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["product_id"]


@pytest.mark.parametrize(
    ("start", "quantity"),
    [
        (LIMIT - 1, "1"),
        (LIMIT - 1, "1.0"),
        (LIMIT - 10, "1e1"),
        (1 - LIMIT, "-1"),
        (-LIMIT + 5, "-5.0"),
    ],
)
def test_no_adjustment_takes_the_level_out_of_its_bounds(empty, start, quantity):
    empty.product(stock_level=start)
    body = f'{{"product_id": "1", "adjustment_type": "Other", "quantity": {quantity}}}'
    answer = empty.send(body.encode(), "/stock_adjustments")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["quantity"]
    assert level(empty) == start


@settings(max_examples=50)
@given(
    start=st.none() | st.integers(-LIMIT + 1, LIMIT - 1),
    quantities=st.lists(
        st.integers(-999_999_999, 999_999_999).filter(bool) | st.integers(1, 9), max_size=8
    ),
)
def test_the_level_is_the_start_and_the_sum_of_what_was_taken_in(open_account, start, quantities):
    account = open_account("empty")
    product = account.product(stock_level=start)["id"]
    expected, accepted = start, []
    for quantity in quantities:
        fits = -LIMIT < (expected or 0) + quantity < LIMIT
        assert account.adjust(product, quantity).status_code == (201 if fits else 422)
        if fits:
            expected = (expected or 0) + quantity
            accepted.append(quantity)
    assert level(account, product) == expected
    assert [row["quantity"] for row in account.rows("stock_adjustments")] == accepted
