"""What a schema accepts for its own type is made that type, and nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi.casts import cast_of, number_text, text_number
from mock_server.openapi.document import SpecError, SpecIndex

PRICE = {"type": "number", "x-accepts": ["string"]}
ID = {"type": "string", "format": "int64", "x-accepts": ["number"]}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "paths": {},
    "components": {
        "schemas": {
            "Line": {"type": "object", "properties": {"id": ID, "name": {"type": "string"}}},
            "Order": {
                "allOf": [
                    {"type": "object", "properties": {"price": PRICE}},
                    {
                        "properties": {
                            "lines": {
                                "type": "array",
                                "items": {"$ref": "#/components/schemas/Line"},
                            },
                            "after": {"$ref": "#/components/schemas/Order"},
                        }
                    },
                ]
            },
        }
    },
}
SPEC = SpecIndex("shop", DOCUMENT)


def cast(name, value):
    made = cast_of(SPEC, {"$ref": f"#/components/schemas/{name}"})
    assert made is not None
    return made(value)


def test_values_are_cast_at_any_depth_and_the_rest_stays():
    order = {"price": "11.50", "lines": [{"id": 7, "name": "8"}, "x"], "note": "9"}
    assert cast("Order", order) == {
        "price": Decimal("11.50"),
        "lines": [{"id": "7", "name": "8"}, "x"],
        "note": "9",
    }
    assert order["lines"] == [{"id": 7, "name": "8"}, "x"]


def test_what_is_no_object_stays():
    for value in (None, [], "11", 5):
        assert cast("Order", value) == value


def test_a_schema_without_a_mark_has_no_cast():
    assert cast_of(SPEC, {"type": "object", "properties": {"a": {"type": "string"}}}) is None


@pytest.mark.parametrize("text", ["abc", "", " 1", "1_0", "1e999", "NaN", "\u0661", "1,5", None])
def test_a_text_that_is_no_number_stays(text):
    assert text_number(text) is text


@pytest.mark.parametrize("value", [True, None, "7", [1]])
def test_what_is_no_number_gets_no_digits(value):
    assert number_text(value) is value


def test_zero_has_no_sign():
    assert number_text(Decimal("-0.0")) == number_text(-0.0) == "0"


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40)))
def test_a_number_becomes_text_and_back_unchanged(number):
    text = number_text(number)
    assert "e" not in text.lower()
    assert text_number(text) == number


@pytest.mark.parametrize(
    ("kind", "accepts"), [("boolean", ["string"]), ("string", ["boolean"]), ("number", [])]
)
def test_a_mark_that_cannot_be_is_refused(kind, accepts):
    with pytest.raises(SpecError, match="x-accepts"):
        cast_of(SPEC, {"type": kind, "x-accepts": accepts})
