"""Probes of stock, money, accounts, errors and the shape of answers."""

from __future__ import annotations

from lab.standin.switches import StandInDefect, Variation
from tests.lab.standin.probes.registry import shows


def rated(client, rate):
    """The id of an account's tax with that rate, or with any if it is None."""
    taxes = client.get("/taxes").json()["taxes"]
    return next(tax["id"] for tax in taxes if rate in (None, tax["rate"]))


@shows(StandInDefect.STOCK_ADJUSTED_TWICE, StandInDefect.STOCK_NOT_ADJUSTED)
def an_adjustment_moves_the_stock_by_its_quantity(world):
    product = world.make(stock_level=5)
    assert world.adjust(product, 3).status_code == 201
    assert world.show(product)["stock_level"] == 8


@shows(StandInDefect.DECREASE_ADDS, StandInDefect.STOCK_STOPS_AT_ZERO)
def a_decrease_takes_away_and_may_go_below_zero(world):
    product = world.make(stock_level=2)
    world.adjust(product, -5, "Damaged")
    assert world.show(product)["stock_level"] == -3


@shows(StandInDefect.REFUSED_ADJUSTMENT_KEPT)
def a_refused_adjustment_is_not_recorded(world):
    product = world.make(stock_level=3_999_999_999)
    answer = world.adjust(product, 1)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"quantity"}
    assert world.page(path="/stock_adjustments")["stock_adjustments"] == []
    assert world.show(product) == product


@shows(StandInDefect.COST_PRICE_AS_FLOAT)
def a_cost_is_exact(world):
    cost = "3999999999.0123456789"
    assert world.show(world.make(cost_price=cost))["cost_price"] == cost


@shows(StandInDefect.PRICES_AS_FLOAT)
def prices_are_exact(world):
    tax = rated(world.client, "5.0")
    product = world.make(price=1.1, tax_id=tax)
    assert (product["price_ex_tax"], product["price_including_tax"]) == ("1.1", "1.155")


@shows(StandInDefect.TAX_INCLUDED_IGNORED)
def a_price_that_includes_tax_is_taken_apart(world):
    tax = rated(world.client, "5.0")
    product = world.make(price=21, price_includes_tax=True, tax_id=tax)
    assert (product["price_ex_tax"], product["price_including_tax"]) == ("20.0", "21.0")


@shows(Variation.NULL_PRICE_AS_ZERO)
def no_price_is_null(world):
    product = world.make()
    assert (product["price_ex_tax"], product["price_including_tax"]) == (None, None)


@shows(StandInDefect.GET_FROM_ANY_ACCOUNT)
def another_account_does_not_find_a_product(world):
    product = world.make()
    assert world.other.get(f"/products/{product['id']}").status_code == 404


@shows(StandInDefect.UPDATE_IN_ANY_ACCOUNT)
def another_account_does_not_change_a_product(world):
    product = world.make()
    answer = world.other.patch(f"/products/{product['id']}", json={"name": "Mine"})
    assert (answer.status_code, world.show(product)) == (404, product)


@shows(StandInDefect.COUNT_OF_ALL_ACCOUNTS)
def another_account_does_not_count_a_product(world):
    world.make()
    assert world.other.get("/products").json()["total_entries"] == 0


@shows(StandInDefect.TAX_OF_ANY_ACCOUNT)
def the_tax_of_another_account_cannot_be_linked(world):
    body = {"name": "Roller", "tax_id": rated(world.other, None)}
    answer = world.client.post("/products", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"tax_id": "must exist"}


@shows(StandInDefect.TAXES_WITHOUT_KEY)
def taxes_are_for_those_with_a_key(world):
    world.client.get("/taxes")
    assert world.client_of(None).get("/taxes").status_code == 401


@shows(StandInDefect.BLANK_NAME_ACCEPTED)
def a_blank_name_is_refused(world):
    answer = world.client.post("/products", json={"name": " \t\u3000\ufeff"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"name": "can't be blank"}


@shows(StandInDefect.NOT_FOUND_AS_PAGE)
def not_found_is_said_in_json(world):
    answer = world.client.get("/products/77")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")


@shows(Variation.OTHER_NOT_FOUND_TEXT)
def not_found_names_no_record(world):
    assert world.client.get("/taxes/77").json() == {"message": "Record not found"}


@shows(StandInDefect.ERRORS_AS_LISTS)
def there_is_one_text_for_each_wrong_field(world):
    answer = world.client.post("/products", json={"name": "", "item_code": "x" * 101})
    assert answer.json() == {
        "message": "Validation Failed",
        "errors": {
            "item_code": "is too long (maximum is 100 characters)",
            "name": "can't be blank",
        },
    }


@shows(StandInDefect.RESET_TIME_MISSING)
def a_refusal_by_the_rate_limit_says_when_it_ends(world):
    world.now += 7
    answers = [world.client.get("/products") for _ in range(world.rate_limit + 1)]
    assert [answer.status_code for answer in answers] == [200] * world.rate_limit + [429]
    assert answers[-1].headers.get("X-RateLimit-Reset") == str(world.now + 60)


@shows(StandInDefect.IDS_AS_NUMBERS)
def ids_are_strings(world):
    assert world.make()["id"] == "1"
