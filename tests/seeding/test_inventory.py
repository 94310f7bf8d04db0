"""The words and numbers of inventories are plausible, whatever is drawn."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from mock_server.seeding import words
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.seeding.inventory import InventoryProvider

INDEX = st.integers(0, 10_000)


def _provider(index, field="field"):
    return Fake(0)("thing", index, field)


@given(INDEX)
def test_a_barcode_has_a_right_check_digit(index):
    code = _provider(index).ean13()
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code))
    assert re.fullmatch(r"[0-9]{13}", code)
    assert weighted % 10 == 0


@given(INDEX)
def test_codes_have_their_form(index):
    assert re.fullmatch(r"[A-HJ-NP-Z]{3}-[0-9]{5}", _provider(index).sku())
    assert re.fullmatch(r"SN-[0-9]{4}-[0-9]{5}", _provider(index).serial_number())


@given(INDEX)
def test_prices_are_positive_and_have_two_places(index):
    price = _provider(index).price()
    assert Decimal(1) <= price < Decimal(1000)
    assert price.as_tuple().exponent == -2


@given(INDEX, st.integers(0, 500), st.integers(0, 500))
def test_money_lies_between_its_bounds(index, low, span):
    amount = _provider(index).money(low, low + span)
    assert low <= amount <= low + span
    assert amount.as_tuple().exponent == -2


@given(INDEX)
def test_stock_is_a_count(index):
    assert 0 <= _provider(index).stock() <= 5000


def test_some_stock_is_out_and_some_is_large():
    levels = [_provider(index).stock() for index in range(300)]
    assert 10 < levels.count(0) < 90
    assert any(level > 120 for level in levels)


@given(INDEX)
def test_a_moment_is_a_whole_second_of_the_year_before_the_epoch(index):
    moment = _provider(index).moment()
    assert SEED_EPOCH - timedelta(days=365) <= moment <= SEED_EPOCH
    assert moment.microsecond == 0
    assert moment.tzinfo is UTC


@given(INDEX, st.datetimes(datetime(2025, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_lies_between_two_others(index, since):
    assert since <= _provider(index).moment(since) <= SEED_EPOCH


@pytest.mark.parametrize(
    "draw",
    [
        "product_name", "service_name", "description", "category", "brand", "supplier_name",
        "unit",
    ],
)  # fmt: skip
def test_texts_are_clean_and_vary(draw):
    texts = {getattr(_provider(index), draw)() for index in range(200)}
    assert len(texts) >= 5
    assert all(text == text.strip() and text.isprintable() for text in texts)


def test_a_chance_comes_true_as_often_as_it_says():
    assert not any(_provider(index).chance(0) for index in range(100))
    assert all(_provider(index).chance(100) for index in range(100))
    assert 400 < sum(_provider(index).chance(50) for index in range(1000)) < 600


def test_a_choice_can_be_any_of_those_there_are():
    picked = {_provider(index).pick(words.UNITS) for index in range(300)}
    assert picked == set(words.UNITS)


def test_the_provider_serves_any_faker():
    faker = Faker()
    faker.add_provider(InventoryProvider)
    faker.seed_instance(4)
    first = faker.product_name()
    faker.seed_instance(4)
    assert faker.product_name() == first


@pytest.mark.parametrize("name", [name for name in vars(words) if name.isupper()])
def test_no_word_stands_twice(name):
    listed = getattr(words, name)
    assert len(set(listed)) == len(listed)
