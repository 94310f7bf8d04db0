"""Products are created, read, changed and archived as at Cliniko."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

ARCHIVING = [("DELETE", "/products/{}"), ("POST", "/products/{}/archive")]
NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=UTC)


def archive(account, product, method="POST", path="/products/{}/archive"):
    return account.client.request(method, path.format(product["id"]))


def names(account, *filters, **query):
    return [row["name"] for row in account.rows("products", *filters, **query)]


def test_a_product_needs_a_name_and_nothing_else(empty):
    product = empty.product(name="Knee Support")
    assert product["name"] == "Knee Support"
    assert {name for name, value in product.items() if value is None} == {
        "archived_at",
        "cost_price",
        "item_code",
        "notes",
        "price_ex_tax",
        "price_including_tax",
        "product_supplier_name",
        "serial_number",
        "stock_level",
    }
    assert not product.keys() & {"product_supplier", "tax"}
    assert len(product) == 15


def test_every_property_that_is_sent_comes_back(account):
    sent = {
        "item_code": "MO-500",
        "name": "Massage Oil",
        "serial_number": "4006381333931",
        "product_supplier_name": "Oakhurst Supplies",
        "stock_level": -3_999_999_999,
        "cost_price": "11.0",
        "notes": "Store dry.\nÖl 手工",
    }
    product = account.product(**sent, price=22, price_includes_tax=True, tax_id="1")
    assert {name: product[name] for name in sent} == sent
    assert product["price_including_tax"] == "22.0"
    assert product["price_ex_tax"] == "20.0"
    assert product["tax"]["links"]["self"].endswith("/v1/taxes/1")


def test_unknown_keys_are_ignored(empty):
    product = empty.product(name="Oil", colour="red", id="77", archived_at="2026-01-01T00:00:00Z")
    assert "colour" not in product
    assert product["id"] == "1"
    assert product["archived_at"] is None
    changed = empty.client.patch("/products/1", json={"weight": 3, "created_at": None})
    assert (changed.status_code, changed.json()) == (200, product)


def test_identifiers_are_strings_of_small_integers_that_go_up(account):
    first, second = account.product(), account.product()
    assert int(second["id"]) == int(first["id"]) + 1
    assert 0 < int(first["id"]) < 2**53
    assert first["id"] not in {row["id"] for row in account.all_products()[:-2]}


def test_times_are_utc_with_whole_seconds(empty):
    empty.sandbox.clock.freeze(NOON)
    product = empty.product()
    assert product["created_at"] == product["updated_at"] == "2026-03-04T12:00:00Z"


def test_a_created_product_is_found_alone_and_in_the_list(account):
    product = account.product(name="New here", notes="x", price=1)
    assert account.get(f"/products/{product['id']}") == product
    assert account.rows("products")[-1] == product
    assert account.client.get(product["links"]["self"]).json() == product


def test_an_update_changes_what_it_names_and_keeps_the_rest(empty):
    empty.sandbox.clock.freeze(NOON)
    product = empty.product(item_code="A", notes="n", price=10, cost_price="5")
    empty.sandbox.clock.advance(timedelta(minutes=1))
    answer = empty.client.patch("/products/1", json={"item_code": "B", "stock_level": 4})
    assert answer.status_code == 200
    expected = {"item_code": "B", "stock_level": 4, "updated_at": "2026-03-04T12:01:00Z"}
    assert answer.json() == {**product, **expected}
    assert empty.get("/products/1") == answer.json()


def test_put_updates_as_patch_does(open_account):
    answers = []
    for method in ("PATCH", "PUT"):
        account = open_account("empty")
        account.sandbox.clock.freeze(NOON)
        account.product(notes="kept", price=10)
        body = {"price": 12.5, "product_supplier_name": "Lowmoor"}
        answers.append(account.client.request(method, "/products/1", json=body))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].json()["notes"] == "kept"
    assert answers[1].json()["price_ex_tax"] == "12.5"


def test_an_update_that_changes_nothing_leaves_the_time_of_the_last_change(empty):
    empty.sandbox.clock.freeze(NOON)
    product = empty.product(notes="same")
    empty.sandbox.clock.advance(timedelta(hours=1))
    for body in ({}, {"notes": "same", "name": product["name"]}):
        assert empty.client.patch("/products/1", json=body).json() == product


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("item_code", "A"),
        ("serial_number", "S"),
        ("notes", "N"),
        ("cost_price", "1.5"),
        ("stock_level", 3),
        ("product_supplier_name", "Quillon"),
    ],
)
def test_null_clears_what_may_be_null(empty, name, value):
    assert empty.product(**{name: value})[name] == value
    changed = empty.client.patch("/products/1", json={name: None}).json()
    assert changed[name] is None
    assert "product_supplier" not in changed


def test_a_fraction_of_stock_is_cut_off_by_an_update(empty):
    empty.product()
    for sent, kept in ((7.9, 7), (-7.9, -7), (3e2, 300), (0.4, 0)):
        answer = empty.client.patch("/products/1", json={"stock_level": sent})
        assert answer.json()["stock_level"] == kept


def test_a_fraction_of_stock_is_refused_when_creating(empty):
    answer = empty.client.post("/products", json={"name": "Oil", "stock_level": 7.5})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["stock_level"]


@pytest.mark.parametrize(("method", "path"), ARCHIVING)
def test_a_product_that_was_archived_leaves_the_list(account, method, path):
    product = account.product(name="Short lived")
    answer = archive(account, product, method, path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert "Short lived" not in names(account)
    assert account.client.get(f"/products/{product['id']}").status_code == 404


@pytest.mark.parametrize(("method", "path"), ARCHIVING)
def test_an_archived_product_says_when_and_is_found_by_those_who_ask_for_it(empty, method, path):
    empty.sandbox.clock.freeze(NOON)
    product = empty.product(name="Old")
    empty.sandbox.clock.advance(timedelta(seconds=90))
    archive(empty, product, method, path)
    moment = "2026-03-04T12:01:30Z"
    archived = {**product, "archived_at": moment, "updated_at": moment}
    for filters in (["archived_at:*"], ["archived_at:?"], [f"archived_at:>={moment}"]):
        assert empty.get("/products/1", *filters) == archived
        assert empty.rows("products", *filters) == [archived]
    for filters in (["archived_at:!?"], ["archived_at:*", f"archived_at:<{moment}"]):
        found = empty.client.get("/products/1", params={"q[]": filters})
        assert found.status_code == 404
        assert empty.rows("products", *filters) == []


@pytest.mark.parametrize(("method", "path"), ARCHIVING)
def test_an_archived_product_can_neither_be_changed_nor_archived_again(empty, method, path):
    product = empty.product()
    archive(empty, product)
    revision = empty.sandbox.state.revision
    assert archive(empty, product, method, path).status_code == 404
    for verb in ("PATCH", "PUT"):
        answer = empty.client.request(verb, "/products/1", json={"name": "Other"})
        assert answer.status_code == 404
    assert empty.adjust("1", 5).status_code == 422
    assert empty.sandbox.state.revision == revision


def test_archived_and_present_products_are_listed_together_or_apart(empty):
    for name in "abcd":
        empty.product(name=name)
    for number in (2, 4):
        empty.client.delete(f"/products/{number}")
    assert names(empty) == ["a", "c"]
    assert names(empty, "archived_at:!?") == ["a", "c"]
    assert names(empty, "archived_at:?") == ["b", "d"]
    assert names(empty, "archived_at:*") == ["a", "b", "c", "d"]
    assert empty.get("/products", "archived_at:?", per_page=1)["total_entries"] == 2


def test_a_supplier_of_that_name_is_linked_and_made_only_if_there_is_none(empty):
    first = empty.product(product_supplier_name="Halvern Import")
    second = empty.product(product_supplier_name="Halvern Import")
    third = empty.product(product_supplier_name="Halvern import")
    assert first["product_supplier"] == second["product_supplier"] != third["product_supplier"]
    suppliers = empty.get("/product_suppliers")
    assert [row["name"] for row in suppliers["product_suppliers"]] == [
        "Halvern Import",
        "Halvern import",
    ]
    answer = empty.client.patch("/products/1", json={"product_supplier_name": ""})
    assert "product_supplier" not in answer.json()
    assert answer.json()["product_supplier_name"] is None
