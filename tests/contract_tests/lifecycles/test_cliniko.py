"""What Cliniko's lifecycle says of filters and references, and what it leaves open."""

from __future__ import annotations

from random import Random

import pytest

from mock_server.apis.cliniko.lifecycle import PRODUCTS
from mock_server.apis.cliniko.lifecycle.lists import NAMES

FILTERS = {each.name: each for each in NAMES}
OUTCOMES = {each.name: each for each in PRODUCTS.outcomes}


@pytest.mark.parametrize(
    ("name", "value", "held"),
    [
        ("name:=", "Foam Roller", True),
        ("name:=", "foam roller", None),
        ("name:=", "Foam", False),
        ("name:~", "Roll", True),
        ("name:~", "roll", None),
        ("name:~", "R_ll", False),
        ("name:~", "R%l", False),
        ("name:~~", "Foam", True),
        ("name:~~", "fOAM", None),
    ],
)
def test_a_text_is_taken_as_it_is_and_its_case_is_left_open(name, value, held):
    assert FILTERS[name].holds({"name": "Foam Roller"}, value) is held


def test_contains_is_asked_for_parts_and_for_what_only_a_pattern_finds():
    records = [{"name": "Foam Roller"}, {"name": "Ice Pack"}]
    filter_ = FILTERS["name:~"]
    drawn = [filter_.value(Random(seed), records) for seed in range(60)]
    found = [any(filter_.holds(record, each) for record in records) for each in drawn]
    assert 15 < sum(found) < 45
    touches_foreign_data = [each for each, right in zip(drawn, found, strict=True) if not right]
    assert {mark for each in touches_foreign_data for mark in "%_" if mark in each} == {"%", "_"}


def test_a_product_links_to_the_tax_that_was_sent():
    linked = {"tax": {"links": {"self": "https://api.au1.cliniko.com/v1/taxes/7"}}}
    agrees = OUTCOMES["the tax"].violation
    assert agrees({"tax_id": "7"}, linked) is None
    assert agrees({"tax_id": "8"}, linked) == "tax is 7, not 8"
    assert agrees({"tax_id": "8"}, {"tax": None}) == "tax is None, not 8"
