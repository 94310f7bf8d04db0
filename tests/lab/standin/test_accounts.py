"""Accounts, their keys, and where the stand-in keeps them."""

from __future__ import annotations

import threading

import pytest

from tests.lab.standin.world import KEY

LISTS = ("products", "taxes", "product_suppliers", "stock_adjustments")


@pytest.mark.parametrize("key", [None, "", "standin", "one-two", "standin-one-au1x", "a b-au1"])
def test_a_key_of_another_form_is_refused(world, key):
    answer = world.client_of(key).get("/products")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Application"'
    assert answer.text == "HTTP Basic: Access denied.\n"


def test_a_key_with_a_password_is_refused(world):
    assert world.client.get("/products", auth=(KEY, "secret")).status_code == 401


def test_a_bearer_token_is_refused(world):
    headers = {"Authorization": f"Bearer {KEY}"}
    assert world.client_of(None).get("/products", headers=headers).status_code == 401


@pytest.mark.parametrize("key", ["a-uk2", "MS0xLWZpcnN0-au10", "0123456789abcdef" * 2])
def test_a_key_of_the_vendors_form_opens_an_account(world, key):
    answer = world.client_of(key).get("/taxes")
    assert answer.json()["total_entries"] == 3


def test_two_accounts_share_nothing(world):
    world.adjust(world.make(product_supplier_name="Mine"), 1)
    for name in LISTS:
        ours = world.page(path=f"/{name}")[name]
        theirs = world.other.get(f"/{name}").json()[name]
        assert ours
        assert not {each["id"] for each in ours} & {each["id"] for each in theirs}
        for record in ours:
            assert world.other.get(f"/{name}/{record['id']}").status_code == 404


def test_another_account_can_neither_change_nor_archive_nor_adjust(world):
    product = world.make(stock_level=1)
    path = f"/products/{product['id']}"
    body = {"product_id": product["id"], "quantity": 1, "adjustment_type": "Other"}
    assert world.other.patch(path, json={"name": "x"}).status_code == 404
    assert world.other.put(path, json={"name": "x"}).status_code == 404
    assert world.other.delete(path).status_code == 404
    assert world.other.post(f"{path}/archive").status_code == 404
    assert world.other.post("/stock_adjustments", json=body).status_code == 422
    assert world.show(product) == product


def test_the_same_supplier_is_another_record_in_another_account(world):
    mine = world.make(product_supplier_name="Summit")
    again = world.make(product_supplier_name="Summit")
    body = {"name": "x", "product_supplier_name": "Summit"}
    theirs = world.other.post("/products", json=body).json()
    assert mine["product_supplier"] == again["product_supplier"]
    assert mine["product_supplier"] != theirs["product_supplier"]


def test_an_account_is_filled_by_its_key_alone(standin):
    one, two = (standin(products=30) for _ in range(2))
    assert one.page() == two.page()
    assert one.names() != [each["name"] for each in two.other.get("/products").json()["products"]]
    assert one.page("archived_at:*")["total_entries"] == 30
    assert 0 < one.page("archived_at:?")["total_entries"] < 10
    assert one.page("tax_id:!?")["total_entries"] == 0


def test_a_file_keeps_what_was_written(standin, tmp_path):
    file = str(tmp_path / "standin.db")
    first = standin(file=file)
    product = first.make(price=5, stock_level=1)
    first.adjust(product, 2)
    first.close()
    second = standin(file=file)
    assert second.show(product)["stock_level"] == 3
    assert second.page(path="/stock_adjustments")["total_entries"] == 1
    assert second.make()["id"] != product["id"]


def test_two_stand_ins_on_one_file_see_each_other(standin, tmp_path):
    file = str(tmp_path / "standin.db")
    one, two = standin(file=file), standin(file=file)
    product = one.make(stock_level=0)
    for _ in range(5):
        assert one.adjust(product, 1).status_code == 201
        assert two.adjust(product, 1).status_code == 201
    assert one.show(product) == two.show(product)
    assert two.show(product)["stock_level"] == 10


def test_no_adjustment_is_lost_among_threads(world):
    product = world.make(stock_level=0)
    body = {"product_id": product["id"], "quantity": 1, "adjustment_type": "Other"}

    def adjust():
        with world.client_of(KEY) as client:
            for _ in range(10):
                client.post("/stock_adjustments", json=body).raise_for_status()

    threads = [threading.Thread(target=adjust) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.show(product)["stock_level"] == 40
    assert world.page(path="/stock_adjustments", per_page=1)["total_entries"] == 40


def test_each_account_has_its_own_rate_and_a_minute_renews_it(standin):
    world = standin(rate_limit=2)
    assert [world.client.get("/taxes").status_code for _ in range(3)] == [200, 200, 429]
    assert world.other.get("/taxes").status_code == 200
    world.now += 60
    assert world.client.get("/taxes").status_code == 200
