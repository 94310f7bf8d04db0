"""Fake values depend on the seed and on what they are for, and on nothing else."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.seeding.fake import Fake

KEYS = st.tuples(st.sampled_from(["product", "supplier"]), st.integers(1, 50), st.text(max_size=5))


@given(st.integers(), st.lists(KEYS, min_size=1, max_size=8, unique=True), st.randoms())
def test_the_order_of_asking_makes_no_difference(seed, keys, shuffler):
    def drawn(order):
        fake = Fake(seed)
        return {key: fake(*key).whole(0, 1 << 60) for key in order}

    shuffled = list(keys)
    shuffler.shuffle(shuffled)
    assert drawn(keys) == drawn(shuffled)


def test_seeds_kinds_indexes_and_fields_all_make_a_difference():
    keys = [
        (seed, kind, index, field)
        for seed in (0, 1)
        for kind in ("product", "supplier")
        for index in (1, 2)
        for field in ("name", "price")
    ]
    drawn = {Fake(seed)(*key).whole(0, 1 << 60) for seed, *key in keys}
    assert len(drawn) == len(keys)


def test_drawing_more_for_one_field_leaves_the_others_alone():
    fake = Fake(0)
    first = fake("product", 1, "name")
    first.product_name()
    first.product_name()
    assert fake("product", 1, "price").price() == Fake(0)("product", 1, "price").price()


def test_nothing_is_drawn_from_the_global_source():
    random.seed(1)
    before = random.getstate()
    Fake(0)("product", 1, "name").product_name()
    assert random.getstate() == before


def test_values_are_the_same_on_any_machine():
    fake = Fake(0)
    assert [
        fake("product", 1, "name").product_name(),
        fake("product", 1, "sku").sku(),
        fake("product", 1, "price").price(),
        fake("product", 1, "code").ean13(),
    ] == ["Coastal Cement 1 kg", "SVC-62433", Decimal("193.00"), "9285566877681"]


@pytest.mark.parametrize("seed", [0, -1, 1 << 70])
def test_any_whole_number_is_a_seed(seed):
    assert Fake(seed).seed == seed
    assert Fake(seed)("product", 1, "name").product_name()
