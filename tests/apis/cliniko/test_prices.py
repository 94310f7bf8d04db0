"""Prices follow from the tax, exactly, and are written as Ruby writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

#: The rates of the seeded taxes, by id, as they are on the wire.
RATES = {"1": "10.0", "2": "15.0", "3": "5.5", "4": "0.0"}
RUBY_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.(0|[0-9]*[1-9])")


def test_the_seeded_taxes_have_these_rates(account):
    taxes = account.rows("taxes")
    assert {row["id"]: row["rate"] for row in taxes} == RATES
    assert [row["amount"] for row in taxes] == [row["rate"] for row in taxes]


@pytest.mark.parametrize(
    ("price", "tax", "included", "ex_tax", "including_tax"),
    [
        ("11", "1", True, "10.0", "11.0"),
        ("10", "1", False, "10.0", "11.0"),
        ("10.00", "1", None, "10.0", "11.0"),
        ("8", None, True, "8.0", "8.0"),
        ("8", None, False, "8.0", "8.0"),
        ("19.95", "2", True, "17.3478", "19.95"),
        ("19.95", "2", False, "19.95", "22.9425"),
        ("99.99", "3", True, "94.7773", "99.99"),
        ("0.0001", "3", False, "0.0001", "0.0001"),
        ("7.5", "4", True, "7.5", "7.5"),
        ("0", "1", True, "0.0", "0.0"),
        ("-11", "1", True, "-10.0", "-11.0"),
        ("1.1e1", "1", True, "10.0", "11.0"),
        ("1e3", "1", False, "1000.0", "1100.0"),
        ("0.1", "1", False, "0.1", "0.11"),
        ("1e-30", None, True, "0.0", f"0.{'0' * 29}1"),
        ("9007199254740993.01", "4", False, "9007199254740993.01", "9007199254740993.01"),
    ],
)
def test_a_price_gives_both_prices(account, price, tax, included, ex_tax, including_tax):
    flag = {None: "null", True: "true", False: "false"}[included]
    tax_id = f', "tax_id": "{tax}"' if tax else ""
    body = f'{{"name": "Oil", "price": {price}, "price_includes_tax": {flag}{tax_id}}}'
    answer = account.send(body.encode())
    assert answer.status_code == 201
    product = answer.json()
    assert (product["price_ex_tax"], product["price_including_tax"]) == (ex_tax, including_tax)


def test_the_prices_follow_when_the_tax_or_the_inclusion_changes(account):
    product = account.product(price=110, price_includes_tax=True, tax_id="1")
    url = f"/products/{product['id']}"
    steps = [
        ({"tax_id": "4"}, "110.0", "110.0"),
        ({"tax_id": "2", "price_includes_tax": False}, "110.0", "126.5"),
        ({"price": 200}, "200.0", "230.0"),
        ({"price_includes_tax": None}, "200.0", "230.0"),
        ({"price_includes_tax": True}, "173.913", "200.0"),
    ]
    for change, ex_tax, including_tax in steps:
        answer = account.client.patch(url, json=change).json()
        assert (answer["price_ex_tax"], answer["price_including_tax"]) == (ex_tax, including_tax)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("11.00", "11.0"),
        ("11", "11.0"),
        ("0", "0.0"),
        ("0.50", "0.5"),
        ("007.250", "7.25"),
        ("100", "100.0"),
        ("3999999999.9999999999", "3999999999.9999999999"),
    ],
)
def test_a_cost_price_comes_back_as_ruby_prints_it(empty, sent, shown):
    assert empty.product(cost_price=sent)["cost_price"] == shown


@given(
    price=st.decimals(min_value=-(10**9), max_value=10**12, places=6)
    | st.decimals(min_value=0, max_value=1000, places=2),
    tax=st.sampled_from([None, *RATES]),
    included=st.booleans(),
)
@example(price=Decimal("0.00005"), tax=None, included=True)
@example(price=Decimal("-0.00005"), tax=None, included=False)
@example(price=Decimal("-0.00001"), tax=None, included=True)
def test_prices_are_exact_to_four_places(open_account, price, tax, included):
    account = open_account()
    tax_id = f'"tax_id": "{tax}",' if tax else ""
    flag = "true" if included else "false"
    body = f'{{"name": "Oil", {tax_id} "price": {price:f}, "price_includes_tax": {flag}}}'
    product = account.send(body.encode()).json()
    ex_tax, including_tax = product["price_ex_tax"], product["price_including_tax"]
    factor = 1 + Fraction(RATES[tax] if tax else 0) / 100
    given_one, other, exact = (
        (including_tax, ex_tax, Fraction(price) / factor)
        if included
        else (ex_tax, including_tax, Fraction(price) * factor)
    )
    assert Fraction(given_one) == Fraction(price)
    assert Fraction(other) == rounded_half_away_from_zero(exact)
    for text in (ex_tax, including_tax):
        assert RUBY_DECIMAL.fullmatch(text)
        assert text != "-0.0"


def rounded_half_away_from_zero(exact: Fraction) -> Fraction:
    steps = (abs(exact) * 20_000 + 1) // 2
    return Fraction(steps if exact >= 0 else -steps, 10_000)


@given(text=st.from_regex(r"[0-3]?[0-9]{1,9}(\.[0-9]{1,10})?", fullmatch=True))
def test_a_cost_price_is_kept_to_its_last_digit(open_account, text):
    assert text.isascii()
    shown = open_account("empty").product(cost_price=text)["cost_price"]
    assert Decimal(shown) == Decimal(text)
    assert RUBY_DECIMAL.fullmatch(shown)
