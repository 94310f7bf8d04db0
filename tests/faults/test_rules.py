"""Which calls meet a rule: by what they are, by their number, by share, by time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.discovery import load_vendors
from mock_server.engine.messages import Request
from mock_server.faults.rules import parse_rule, rules_of
from mock_server.journal.journal import Journal
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.store import State

LIMITED = {"kind": "status", "status": 429}
SPECS = {vendor.api.name: vendor.spec for vendor in load_vendors()}


def statuses(client, number, path="/products", method="GET", **options):
    return [client.request(method, path, **options).status_code for _ in range(number)]


def test_without_a_match_every_call_that_can_have_it_meets_a_rule(cliniko, add):
    add(LIMITED)
    assert statuses(cliniko, 2) == [429, 429]
    assert statuses(cliniko, 1, "/products/1", "DELETE") == [429]


@pytest.mark.parametrize(
    ("match", "met"),
    [
        ({"operation": "listProducts"}, ["GET /products"]),
        ({"api": "cliniko"}, ["GET /products", "GET /products/1", "POST /products"]),
        ({"api": "built"}, []),
        ({"method": "post"}, ["POST /products"]),
        ({"path": "/cliniko/v1/products/*"}, ["GET /products/1"]),
        ({"path": "/v1/products/*"}, ["GET /products/1"]),
        ({"path": "/products/*"}, ["GET /products/1"]),
        ({"path": "/pro*"}, ["GET /products", "POST /products"]),
        ({"path": "/pro**"}, ["GET /products", "GET /products/1", "POST /products"]),
        ({"path": "/p.oducts"}, []),
        ({"body_contains": "Gauze"}, ["POST /products"]),
        ({"body_contains": "gauze"}, []),
        ({"json": {"name": "Gauze"}}, ["POST /products"]),
        ({"json": {"name": "Gauze", "price": 1.5}}, ["POST /products"]),
        ({"json": {"name": "Gauze", "price": 2}}, []),
        ({"json": {"Name": "Gauze"}}, []),
        ({"header": {"X-Source": "nightly*"}}, ["GET /products/1"]),
        ({"header": {"x-source": "*", "x-other": "*"}}, []),
        ({"method": "GET", "path": "/products"}, ["GET /products"]),
    ],
)
def test_a_rule_is_met_by_what_it_names(cliniko, add, match, met):
    add(LIMITED, match=match)
    calls = {
        "GET /products": {},
        "GET /products/1": {"headers": {"X-Source": "nightly-7"}},
        "POST /products": {"json": {"name": "Gauze", "price": 1.5, "quantity": 1}},
    }
    found = []
    for call, options in calls.items():
        method, _, path = call.partition(" ")
        if cliniko.request(method, path, **options).status_code == 429:
            found.append(call)
    assert found == met


def test_a_status_meets_only_operations_that_declare_it(cliniko, add):
    add({"kind": "status", "status": 422})
    assert statuses(cliniko, 1, "/products/1") == [200]
    assert statuses(cliniko, 1, "/products", "POST", json={"name": "x"}) == [422]


def test_the_nth_call_is_counted_by_each_rule_for_itself(cliniko, add):
    add(LIMITED, match={"operation": "listProducts", "nth": [2, 4]})
    add({"kind": "status", "status": 403}, match={"operation": "listTaxes", "nth": 1})
    statuses(cliniko, 3, "/products/1")
    assert statuses(cliniko, 5) == [200, 429, 200, 429, 200]
    assert statuses(cliniko, 2, "/taxes") == [403, 200]


def test_a_rule_added_later_counts_from_then(cliniko, add):
    statuses(cliniko, 3)
    add(LIMITED, match={"nth": 1})
    assert statuses(cliniko, 2) == [429, 200]


def test_a_rule_ends_after_so_many_calls(cliniko, add, sandbox):
    rule = add(LIMITED, times=2)
    assert statuses(cliniko, 4) == [429, 429, 200, 200]
    assert rules_of(sandbox).fired(rule.id) == 2


def test_a_rule_ends_after_so_long_on_the_sandboxs_clock(cliniko, add, sandbox):
    add(LIMITED, seconds=60)
    assert statuses(cliniko, 1) == [429]
    sandbox.clock.advance(timedelta(seconds=59))
    assert statuses(cliniko, 1) == [429]
    sandbox.clock.advance(timedelta(seconds=1))
    assert statuses(cliniko, 1) == [200]


def test_rules_can_be_looked_at_removed_and_cleared(cliniko, add, sandbox):
    first, second = add(LIMITED), add("drop")
    rules = rules_of(sandbox)
    assert [first.id, second.id] == ["rule-1", "rule-2"]
    assert list(rules) == [first, second]
    rules.remove("rule-2")
    assert statuses(cliniko, 1) == [429]
    with pytest.raises(KeyError):
        rules.remove("rule-2")
    rules.clear()
    assert (len(rules), statuses(cliniko, 1)) == (0, [200])
    assert add("drop").id == "rule-3"


def test_a_rule_is_one_sandboxs_alone_and_a_reset_forgets_it(call_as, add, sandbox):
    add(LIMITED)
    other = call_as("cliniko", "test-other")
    assert statuses(other, 1) == [200]
    sandbox.reset()
    assert statuses(call_as("cliniko"), 1) == [200]


def test_a_fork_starts_without_faults(add, sandbox, world, call_as):
    add(LIMITED)
    world.sandboxes.adopt(sandbox.fork("test-fork"))
    assert statuses(call_as("cliniko", "test-fork"), 1) == [200]


def test_the_journal_says_which_rule_was_met(cliniko, add, sandbox):
    add(LIMITED, times=1)
    statuses(cliniko, 2)
    met, free = list(sandbox.journal)[-2:]
    assert (met.fault, met.status, met.sent) == ("rule-1: status(status=429)", 429, True)
    assert free.fault is None


def decisions(seed, share, number, rule_seed=None):
    """Which of so many calls meet a rule with that share, in a sandbox with that seed."""
    sandbox = Sandbox(SandboxName("test", "typical"), seed, lambda *_: State(), Clock(), Journal())
    body = {"effects": [{"kind": "drop"}], "match": {"share": share}}
    if rule_seed is not None:
        body["seed"] = rule_seed
    rules = rules_of(sandbox)
    rules.add(parse_rule(body, SPECS))
    call = Request("GET", "/x", "", "http://x", {}, operation_id="listProducts")
    return [bool(rules.decide("cliniko", call, b"")) for _ in range(number)]


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_the_same_seed_makes_the_same_decisions(seed, share):
    assert decisions(seed, share, 40) == decisions(seed, share, 40)
    assert decisions(seed, share, 40, rule_seed=5) == decisions(seed + 1, share, 40, rule_seed=5)


@given(st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_meets_every_call_that_a_smaller_one_meets(seed, one, other):
    smaller, larger = sorted((one, other))
    pairs = zip(decisions(seed, smaller, 40), decisions(seed, larger, 40), strict=True)
    assert all(in_larger or not in_smaller for in_smaller, in_larger in pairs)


def test_a_share_is_about_that_part_of_the_calls():
    assert not any(decisions(1, 0.0, 500))
    assert all(decisions(1, 1.0, 500))
    assert 200 <= sum(decisions(1, 0.25, 1000)) <= 300
    assert decisions(1, 0.5, 100) != decisions(2, 0.5, 100)
