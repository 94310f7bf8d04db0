"""What is wrong in a long list is found without an error being made of each item."""

from __future__ import annotations

import jsonschema_rs
import pytest

from mock_server.openapi.schema import MOST_VIOLATIONS, errors_of, violations_of

VALIDATOR = jsonschema_rs.Draft202012Validator(
    {
        "type": "object",
        "properties": {"codes": {"type": "array", "items": {"type": "string"}, "maxItems": 5000}},
        "additionalProperties": False,
    }
)


def _paths(value):
    return [list(error.instance_path) for error in errors_of(VALIDATOR, value)]


def test_every_error_of_a_short_list_is_found():
    assert _paths({"codes": [1, "a", 2]}) == [["codes", 0], ["codes", 2]]


@pytest.mark.parametrize("count", [5_000, 100_000])
def test_a_long_list_is_looked_through_as_far_as_a_bound(count):
    found = _paths({"codes": [1] * count})
    assert MOST_VIOLATIONS < len(found) <= 2_000


@pytest.mark.parametrize("place", [1_999, 2_000, 4_000])
def test_an_error_far_down_a_list_is_found_too(place):
    codes = ["a"] * 4_500
    codes[place] = 1
    assert _paths({"codes": codes}) == [["codes", place]]


def test_a_long_list_without_errors_has_none_and_one_that_is_too_long_has_one():
    assert _paths({"codes": ["a"] * 5_000}) == []
    assert _paths({"codes": ["a"] * 5_001}) == [["codes"]]


def test_no_more_unknown_names_are_reported_than_other_violations():
    errors = errors_of(VALIDATOR, {str(number): 1 for number in range(10_000)})
    assert len(violations_of(errors, "body")) == MOST_VIOLATIONS
