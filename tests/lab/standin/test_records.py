"""Products and adjustments beyond what the probes ask."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lab.standin.decimals import printed
from tests.lab.standin.probes.values import rated


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0.0"),
        ("-0.00", "0.0"),
        ("11", "11.0"),
        ("11.00", "11.0"),
        ("-2.50", "-2.5"),
        ("1E+3", "1000.0"),
        ("1E-7", "0.0000001"),
        ("0.1000000000000000000000000000000001", "0.1000000000000000000000000000000001"),
    ],
)
def test_decimals_are_printed_as_ruby_does(number, text):
    assert printed(Decimal(number)) == text


@pytest.mark.parametrize(
    ("price", "included", "without", "including"),
    [
        (0, False, "0.0", "0.0"),
        (-2.5, False, "-2.5", "-2.625"),
        (0.001, False, "0.001", "0.0011"),
        (0.003, True, "0.0029", "0.003"),
        (1.00005, False, "1.0001", "1.0501"),
        (1e300, False, "1" + "0" * 300 + ".0", "105" + "0" * 298 + ".0"),
        (100, None, "100.0", "105.0"),
    ],
)
def test_prices_are_rounded_half_up_to_four_places(world, price, included, without, including):
    product = world.make(
        price=price, price_includes_tax=included, tax_id=rated(world.client, "5.0")
    )
    assert (product["price_ex_tax"], product["price_including_tax"]) == (without, including)


def test_prices_follow_what_they_are_made_of(world):
    product = world.make(price=100)
    assert product["price_including_tax"] == "100.0"
    changed = world.change(product, tax_id=rated(world.client, "5.0")).json()
    assert (changed["price_ex_tax"], changed["price_including_tax"]) == ("100.0", "105.0")
    changed = world.change(product, price=210, price_includes_tax=True).json()
    assert (changed["price_ex_tax"], changed["price_including_tax"]) == ("200.0", "210.0")


def test_a_price_beyond_any_number_is_refused(world):
    answer = world.client.post(
        "/products",
        content='{"name": "x", "price": 1e309}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["errors"] == {"price": "is too large"}


def test_a_change_of_nothing_is_no_change(world):
    product = world.make()
    world.now += 5
    assert world.change(product).json() == product


def test_null_clears_what_may_be_null(world):
    product = world.make(notes="x", stock_level=1, product_supplier_name="Summit")
    cleared = {"notes": None, "stock_level": None, "product_supplier_name": None}
    changed = world.change(product, **cleared).json()
    del product["product_supplier"]
    assert changed == {**product, **cleared}


def test_a_blank_supplier_is_none(world):
    product = world.make(product_supplier_name=" ")
    assert product["product_supplier_name"] is None
    assert "product_supplier" not in product
    assert world.page(path="/product_suppliers")["total_entries"] == 3


def test_archiving_is_a_change(world):
    product = world.make()
    world.now += 5
    world.archive(product)
    assert world.show(product) == {
        **product,
        "archived_at": "2026-01-01T00:00:05Z",
        "updated_at": "2026-01-01T00:00:05Z",
    }


def test_an_adjustment_is_a_change_of_its_product(world):
    product = world.make()
    world.now += 5
    adjusted = world.adjust(product, 4, "Stock Purchase").json()
    assert (adjusted["quantity"], adjusted["comment"]) == (4, None)
    assert world.client.get(adjusted["links"]["self"]).json() == adjusted
    assert world.show(product) == {
        **product,
        "stock_level": 4,
        "updated_at": "2026-01-01T00:00:05Z",
    }


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        ("Stock Purchase", 1),
        ("Returned", 1),
        ("Other", 1),
        ("Damaged", -1),
        ("Out of Date", -1),
        ("Item Sold", -1),
        ("Other", -1),
        ("Correction", -1),
    ],
)
def test_a_type_takes_its_sign(world, kind, quantity):
    product = world.make(stock_level=10)
    assert world.adjust(product, quantity, kind).status_code == 201
    assert world.show(product)["stock_level"] == 10 + quantity
    if kind != "Other":
        assert world.adjust(product, -quantity, kind).status_code == 422


def test_an_archived_product_is_not_adjusted(world):
    product = world.make()
    world.archive(product)
    assert world.adjust(product, 1).json()["errors"] == {"product_id": "must exist"}


def test_stock_stays_within_its_bounds(world):
    product = world.make(stock_level=-3_999_999_998)
    assert [world.adjust(product, -1).status_code for _ in range(2)] == [201, 422]
    assert world.show(product)["stock_level"] == -3_999_999_999
