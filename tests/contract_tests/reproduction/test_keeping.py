"""How an answer broke the spec is kept as a few words of its schema, which any Python can judge."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from contract_tests.claims import CannotTell, ClaimContext, Conforms
from contract_tests.exchange.trace import Answer, Call, Exchange, Trace
from contract_tests.reproduction.keeping import KeepsTo, breach, self_contained
from mock_server.discovery import load_vendor
from mock_server.lifecycle.model import Lifecycle

SPEC = load_vendor("cliniko").spec
CONTEXT = ClaimContext(SPEC, Lifecycle(()))
JSON = {"content-type": "application/json"}
TAX = {
    "id": "1",
    "name": "GST",
    "rate": "10.0",
    "amount": "10.0",
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
    "links": {"self": "http://h/taxes/1"},
}


def traced(operation, body, status=200, headers=JSON):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    trace = Trace()
    trace.exchanges.append(
        Exchange(0, Call(operation), "GET", "/x", Answer(status, headers, content),
                 datetime(2024, 1, 1, tzinfo=UTC))
    )  # fmt: skip
    return trace


def listed(**changes):
    taxes = [TAX, {**TAX, **changes}]
    return {"taxes": taxes, "total_entries": 2, "links": {"self": "http://h/taxes"}}


#: What is answered instead of a right answer, where that is wrong, and what is kept of it.
WRONG = [
    ("getTax", {**TAX, "name": 7}, {}, "/body/name", {"type": "string"}),
    ("getTax", {**TAX, "created_at": "then"}, {}, "/body/created_at", {"format": "date-time"}),
    ("getTax", {k: v for k, v in TAX.items() if k != "rate"}, {}, "/body", {"required": ["rate"]}),
    ("listTaxes", listed(name=7), {}, "/body/taxes/*/name", {"type": "string"}),
    ("getTax", b"nonsense", {}, "/json", {"const": True}),
    ("getTax", TAX, {"status": 218}, "/status", None),
    ("getTax", TAX, {"status": 500}, "/status", None),
    ("getTax", TAX, {"headers": {"content-type": "text/html"}}, "/headers/content-type", None),
    ("archiveProduct", b"x", {"status": 204}, "/size", {"const": 0}),
]


@pytest.mark.parametrize(("operation", "body", "more", "place", "schema"), WRONG)
def test_what_was_broken_is_kept_with_its_place(operation, body, more, place, schema):
    trace = traced(operation, body, **more)
    pointer = Conforms(0).violation(CONTEXT, trace).rpartition(" → ")[2].split(": ")[1]
    kept = self_contained(Conforms(0, pointer), trace, SPEC)
    assert isinstance(kept, KeepsTo)
    assert kept.place == place
    assert schema is None or kept.schema == schema
    assert kept.violation(CONTEXT, trace)


def test_it_holds_of_a_right_answer_whatever_the_place_in_a_list():
    wrong = traced("listTaxes", listed(name=7))
    kept = self_contained(Conforms(0, "/body/taxes/1/name"), wrong, SPEC)
    assert kept.violation(CONTEXT, traced("listTaxes", listed(name="x"))) is None
    assert kept.violation(CONTEXT, traced("listTaxes", {**listed(), "taxes": [{**TAX, "name": 1}]}))


def test_where_the_place_is_not_there_it_cannot_be_told():
    kept = KeepsTo(0, "/body/taxes/*/name", {"type": "string"})
    for body in ({"taxes": []}, {"message": "no"}, b"<html>"):
        with pytest.raises(CannotTell):
            kept.violation(CONTEXT, traced("listTaxes", body))


def test_what_may_be_left_out_is_right_where_it_is():
    kept = KeepsTo(0, "/body/name", {"type": "string"})
    assert kept.violation(CONTEXT, traced("getTax", {"id": "1"})) is None


def test_any_other_claim_stays_as_it_is():
    claim = KeepsTo(0, "/status", {"const": 200})
    assert self_contained(claim, traced("getTax", TAX), SPEC) is claim


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab1-", max_size=4)
    | st.sampled_from(["2024-02-30", "2024-02-28", "x:y", "2024-01-01T00:00:00Z"]),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from("ab"), each),
)  # fmt: skip
SMALL = st.integers(0, 3)
PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["null", "boolean", "integer", "number", "string", "array"]),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "minLength": SMALL,
        "maxLength": SMALL,
        "pattern": st.sampled_from(["^a", "b$", "[0-9]"]),
        "format": st.sampled_from(["date"]),
        "minimum": SMALL,
        "exclusiveMaximum": SMALL,
        "multipleOf": st.integers(1, 3),
        "minItems": SMALL,
        "maxItems": SMALL,
        "uniqueItems": st.booleans(),
        "required": st.lists(st.sampled_from("ab"), unique=True),
        "minProperties": SMALL,
    },
)
SCHEMAS = st.recursive(
    PLAIN,
    lambda each: st.fixed_dictionaries(
        {},
        optional={
            "items": each,
            "properties": st.dictionaries(st.sampled_from("ab"), each),
            "additionalProperties": each | st.booleans(),
            "anyOf": st.lists(each, min_size=1, max_size=2),
            "oneOf": st.lists(each, min_size=1, max_size=2),
            "allOf": st.lists(each, min_size=1, max_size=2),
            "not": each,
        },
    ),
    max_leaves=4,
)


@given(VALUES, SCHEMAS)
def test_a_schema_is_judged_as_by_a_validator(value, schema):
    validator = Draft202012Validator(schema, validate_formats=True)
    assert (breach(value, schema) is None) == validator.is_valid(value)


def test_numbers_are_exact():
    assert breach(Decimal("0.1"), {"multipleOf": 0.1}) is None
    assert breach(Decimal("10.005"), {"maximum": 10.005}) is None


def test_what_is_not_known_cannot_be_told():
    for schema in ({"contentEncoding": "x"}, {"format": "hostname"}):
        with pytest.raises(CannotTell):
            breach("x", schema)
