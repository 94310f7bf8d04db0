"""Accounts that clients have worked in, for a suite that may only read."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from contract_tests.properties.run import Plan, run_properties
from lab.mutants.interceptors import in_answers
from lab.mutants.messages import InterceptingTransport
from lab.mutation.detectors import suite
from lab.mutation.past import used
from mock_server.apis.cliniko.lifecycle import LIFECYCLE
from tests.lab.mutants.planted import defect, ground


def _past(planted=None):
    return used(ground().target(planted), LIFECYCLE)


def _products(target, account="first"):
    with target.client(account) as client:
        return client.get("/products", params={"per_page": 100}).json()["products"]


def test_each_account_has_records_of_its_own_and_some_were_changed():
    target = _past()
    mine, theirs = (_products(target, who) for who in ("first", "other"))
    own = [each for each in mine if each["id"] not in {other["id"] for other in theirs}]
    assert own
    assert len(mine) > len(theirs) > len(_products(ground().target(), "other"))
    assert any(each["updated_at"] > each["created_at"] for each in mine)
    assert any(not each["name"].startswith("ct-") for each in own)


@pytest.mark.parametrize(
    ("group", "operation", "place"),
    [
        ("state-of-another", "getProduct", "state"),
        ("lists-as-another-account", "listProducts", "account"),
        ("reads-of-any-account", "getProduct", "account"),
        ("stale-state", "getProduct", "state"),
        ("cached-view", "getProduct", "cache"),
    ],
)
def test_what_a_past_shows_is_seen_without_writing(group, operation, place):
    planted = defect(group, operation, place)
    outcome = suite(lambda: _past(planted), 1, writes=False)
    assert outcome.by == "properties"
    assert outcome.writes == 0


def test_a_defect_of_a_write_does_not_end_the_past():
    planted = defect("crash-on-text", "createProduct", "body")
    assert _products(_past(planted))


def test_what_another_account_reads_is_seen_though_it_looks_different_each_time():
    check = "listed_records_are_private"
    target = _past(defect("reads-of-any-account", "getProduct", "account"))
    numbers = count()
    changing = in_answers("getProduct", "/notes", lambda _: f"read {next(numbers)}")
    target = replace(target, transport=InterceptingTransport(target, changing))
    found = run_properties(target, plan=Plan(writes=False, only=(check,), shortest=False)).findings
    assert check in [each.check for each in found]
