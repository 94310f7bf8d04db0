"""A rule that cannot be used is refused with its place, in one line."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mock_server.discovery import load_vendors
from mock_server.faults.models import KINDS
from mock_server.faults.parsing import InvalidRule
from mock_server.faults.rules import parse_rule
from mock_server.faults.schemas import kept_and_made

SPECS = {vendor.api.name: vendor.spec for vendor in load_vendors()}
DROP = [{"kind": "drop"}]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ([], "/: must be an object"),
        ({}, "/effects: must be a list of at least one object"),
        ({"effects": []}, "/effects: must be a list of at least one object"),
        ({"effects": ["drop"]}, "/effects/0: must be an object"),
        ({"effects": [{}]}, "/effects/0/kind: is required"),
        (
            {"effects": [{"kind": "dorp"}]},
            "/effects/0/kind: there is no 'dorp'; did you mean drop or drip?",
        ),
        (
            {"effects": [{"kind": "drop", "bytes": 3}]},
            "/effects/0/bytes: there is no such property; there are kind",
        ),
        (
            {"effects": [{"kind": "drop"}, {"kind": "truncate"}]},
            "/effects/1/kind: truncate and drop exclude each other",
        ),
        (
            {"effects": [{"kind": "stale_read"}, {"kind": "stale_read"}]},
            "/effects/1/kind: stale_read is there already",
        ),
        ({"effects": [{"kind": "status"}]}, "/effects/0/status: is required"),
        (
            {"effects": [{"kind": "status", "status": 418}]},
            "/effects/0/status: no operation declares 418",
        ),
        (
            {
                "match": {"operation": "deleteProduct"},
                "effects": [{"kind": "status", "status": 201}],
            },
            "/effects/0/status: deleteProduct does not answer 201; it declares",
        ),
        (
            {"match": {"operation": "createProduct"}, "effects": [{"kind": "stale_read"}]},
            "/effects/0/kind: stale_read is for reads, and createProduct is none",
        ),
        (
            {"effects": [{"kind": "stale_read"}, {"kind": "status", "status": 201}]},
            "/effects: no operation can have all of these at once",
        ),
        (
            {"effects": [{"kind": "latency"}]},
            "/effects/0/seconds: is required",
        ),
        (
            {"effects": [{"kind": "latency", "seconds": "1"}]},
            "/effects/0/seconds: must be a number from 0 to 3600",
        ),
        (
            {"effects": [{"kind": "latency", "seconds": float("nan")}]},
            "/effects/0/seconds: must be a number from 0 to 3600",
        ),
        (
            {"effects": [{"kind": "latency", "distribution": "uniform", "least": 2, "most": 1}]},
            "/effects/0/most: must be at least `least`",
        ),
        (
            {"effects": [{"kind": "stale_read", "commits": 1, "seconds": 1}]},
            "/effects/0/seconds: cannot be there together with `commits`",
        ),
        (
            {"effects": DROP, "match": {"api": "clinko"}},
            "/match/api: there is no 'clinko'; did you mean cliniko?",
        ),
        (
            {"effects": DROP, "match": {"operation": "createProdukt"}},
            "/match/operation: there is no operation 'createProdukt'; did you mean createProduct",
        ),
        (
            {"effects": DROP, "match": {"api": "built", "operation": "createProduct"}},
            "/match/operation: there is no operation 'createProduct'",
        ),
        ({"effects": DROP, "match": {"method": "FETCH"}}, "/match/method: there is no 'FETCH'"),
        ({"effects": DROP, "match": {"path": "products"}}, "/match/path: must begin with a slash"),
        (
            {"effects": DROP, "match": {"nth": 0}},
            "/match/nth: must be a whole number of at least 1",
        ),
        ({"effects": DROP, "match": {"nth": [1, True]}}, "/match/nth: must be a whole number"),
        ({"effects": DROP, "match": {"share": 1.5}}, "/match/share: must be a number from 0 to 1"),
        ({"effects": DROP, "match": {"header": ["x"]}}, "/match/header: must be an object"),
        ({"effects": DROP, "match": {"header": {"x": 1}}}, "/match/header/x: must be a text"),
        ({"effects": DROP, "match": {"body_contains": ""}}, "/match/body_contains: must be a text"),
        ({"effects": DROP * 21}, "/effects: must have at most 20 items"),
        ({"effects": DROP, "match": {"path": "/" * 1001}}, "/match/path: must have at most 1000"),
        ({"effects": DROP, "match": {"nth": 1.0}}, "/match/nth: must be a whole number"),
        ({"effects": DROP, "times": True}, "/times: must be a whole number of at least 1"),
        (
            {"effects": DROP, "a/b\n~": 1},
            "/a~1b\\n~0: there is no such property",
        ),
        ({"effects": DROP, "tmes": 1}, "/tmes: there is no such property; did you mean times?"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(rule, message):
    with pytest.raises(InvalidRule) as caught:
        parse_rule(rule, SPECS)
    text = str(caught.value)
    assert text.startswith(message)
    assert "\n" not in text
    assert caught.value.pointer == message.partition(":")[0]


WHOLE = {
    "match": {
        "api": "cliniko",
        "operation": "createProduct",
        "method": "POST",
        "path": "/products*",
        "body_contains": "name",
        "json": {"name": "x", "price": 1.5},
        "header": {"user-agent": "*"},
        "nth": [1, 3],
        "share": 0.5,
    },
    "effects": [
        {"kind": "latency", "distribution": "uniform", "least": 0.1, "most": 0.5},
        {"kind": "unacknowledged_write", "how": "reset"},
    ],
    "times": 2,
    "seconds": 60.0,
    "seed": 7,
}
ONE_OF_EACH = {
    "status": {"status": 429, "done": True},
    "latency": {"distribution": "log_normal", "median": 0.2, "sigma": 0.5},
    "drop": {},
    "reset": {},
    "truncate": {"bytes": 3},
    "garbage": {"of": "body", "bytes": 9},
    "drip": {"seconds": 1.0, "pieces": 4},
    "stale_read": {"commits": 2},
    "late_create": {"seconds": 30.0},
    "lost_update": {"seconds": 0.0},
    "shifting_list": {"by": 2, "how": "appear"},
    "false_success": {},
    "unacknowledged_write": {"how": "drop"},
}


def test_every_mistake_of_a_rule_is_reported_at_once():
    rule = {
        "effects": [{"kind": "status"}, {"kind": "latency", "seconds": -1}, {"kind": "dorp"}],
        "match": {"nth": [], "operaton": "x", "json": {"price": "anything goes"}},
        "times": 0,
    }
    with pytest.raises(InvalidRule) as caught:
        parse_rule(rule, SPECS)
    assert dict(caught.value.problems) == {
        "/effects/0/status": "is required",
        "/effects/1/seconds": "must be a number from 0 to 3600",
        "/effects/2/kind": "there is no 'dorp'; did you mean drop or drip?",
        "/match/nth": "must be a whole number of at least 1, or a list of such",
        "/match/operaton": "there is no such property; did you mean operation?",
        "/times": "must be a whole number of at least 1",
    }


def test_the_schemas_of_the_spec_are_those_of_the_classes():
    # As values: other versions of pydantic write their parts in another order.
    kept, made = map(yaml.safe_load, kept_and_made())
    assert kept == made, "run python -m mock_server.faults.schemas"


def test_a_rule_comes_back_as_the_json_that_made_it():
    shown = parse_rule(WHOLE, SPECS).as_json()
    assert shown["effects"][0] == WHOLE["effects"][0] | {"distribution": "uniform"}
    assert shown == WHOLE
    assert json.loads(json.dumps(shown)) == shown


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_effect_comes_back_as_the_json_that_made_it(kind):
    effect = {"kind": kind, **ONE_OF_EACH[kind]}
    shown = parse_rule({"effects": [effect]}, SPECS).as_json()
    assert shown["effects"] == [effect]
    assert parse_rule(shown, SPECS).as_json() == shown


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = sorted({key for options in ONE_OF_EACH.values() for key in options} | {"kind", "median"})


@given(
    JSON
    | st.fixed_dictionaries(
        {
            "effects": JSON
            | st.lists(
                st.fixed_dictionaries({"kind": st.sampled_from(sorted(KINDS))}).flatmap(
                    lambda kind: st.dictionaries(st.sampled_from(KEYS), JSON, max_size=3).map(
                        lambda rest: {**rest, **kind}
                    )
                ),
                max_size=2,
            )
        },
        optional={
            "match": JSON
            | st.dictionaries(st.sampled_from(sorted(WHOLE["match"])), JSON, max_size=3),
            "times": JSON,
            "seconds": JSON,
            "seed": JSON,
        },
    )
)
def test_whatever_the_json_is_it_makes_a_rule_or_is_refused_in_one_line(body):
    rule, problem = None, None
    try:
        rule = parse_rule(body, SPECS)
    except InvalidRule as caught:
        problem = str(caught)
    if rule is None:
        assert problem.startswith("/")
        assert len(problem.splitlines()) == 1
    else:
        assert parse_rule(rule.as_json(), SPECS).as_json() == rule.as_json()
