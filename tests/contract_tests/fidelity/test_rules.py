"""The rules of the four APIs: the mock keeps them, and each of them can fail."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from typing import get_args

import httpx
import pytest

from contract_tests.fidelity.model import Kind, load_rules
from contract_tests.fidelity.runner import run_rules
from contract_tests.target.mock import mock_target
from mock_server.discovery import api_names, load_vendor
from tests.conftest import vendor_document
from tests.contract_tests.fidelity.twists import EVERY_WAY, TWISTS

KINDS = get_args(Kind)
#: The fewest rules there are, over all APIs and for one operation.
FEWEST, FEWEST_OF_AN_OPERATION = 600, 8
#: One of so many rules of a kind is tried on services that go wrong. The least part of them that
#: must notice what goes wrong in the kind's own way, and the least that must notice anything.
EVERY, NOTICED, NOTICED_ANYTHING = 5, 0.6, 0.95


@cache
def rules_of(api):
    return load_rules(load_vendor(api))


def judged(api, rules, transport):
    """The verdicts of rules on a mock of which a transport makes something else."""
    known = rules_of(api)
    target = mock_target(api, "test-rules")
    target = replace(target, transport=transport(target.transport))
    result = run_rules(known, rules, target, known.given)
    return {each.rule.id: each.verdict for each in result.outcomes}


@pytest.mark.parametrize("api", api_names())
def test_the_mock_keeps_every_rule(api):
    rules = rules_of(api)
    target = mock_target(api, "test-rules")
    outcomes = run_rules(rules, rules.rules, target, rules.given).outcomes
    assert {each.rule.id: each.why for each in outcomes if each.verdict != "kept"} == {}


def test_there_are_enough_rules_for_every_operation():
    assert sum(len(rules_of(api).rules) for api in api_names()) >= FEWEST
    for api in api_names():
        count = Counter(rule.operation for rule in rules_of(api).rules)
        operations = load_vendor(api).spec.operations
        assert {o: count[o] for o in operations if count[o] < FEWEST_OF_AN_OPERATION} == {}, api


@pytest.mark.parametrize("api", api_names())
def test_no_rule_is_kept_by_a_service_that_says_the_same_to_everything(api):
    # What a rule ends in is what suits it best; for any other status it breaks all the sooner.
    by_status = defaultdict(list)
    for rule in rules_of(api).rules:
        status = rule.steps[-1].status or 200
        by_status[status if isinstance(status, int) else status[0]].append(rule)
    for status, rules in by_status.items():
        same = httpx.Response(status, json={})
        says = httpx.MockTransport(lambda _, same=same: same)
        verdicts = judged(api, rules, lambda _, says=says: says)
        assert [name for name, verdict in verdicts.items() if verdict == "kept"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_rules_of_each_kind_notice_a_service_that_goes_wrong(kind):
    samples = {
        api: [rule for rule in rules_of(api).rules if rule.kind == kind][::EVERY]
        for api in api_names()
    }
    count = sum(map(len, samples.values()))
    missed = unnoticed(samples, TWISTS[kind])
    assert sum(map(len, missed.values())) <= (1 - NOTICED) * count, missed
    missed = unnoticed(missed, EVERY_WAY)
    assert sum(map(len, missed.values())) <= (1 - NOTICED_ANYTHING) * count, missed


def unnoticed(rules, twists):
    """Those of the APIs' rules that every one of these services keeps."""
    left = dict(rules)
    for twist in twists:
        for api in left:
            verdicts = judged(api, left[api], lambda via, twist=twist, api=api: twist(via, api))
            left[api] = [rule for rule in left[api] if verdicts[rule.id] == "kept"]
    return left


def test_each_rule_says_one_sentence_and_where_it_is_known_from():
    for api in api_names():
        for rule in rules_of(api).rules:
            assert re.fullmatch(r"\S.*\S\.", rule.says), rule.id
            assert rule.source.strip(), rule.id


def test_every_documented_rule_names_a_line_that_its_document_has():
    for api in api_names():
        text = _plain(vendor_document(api))
        for rule in rules_of(api).rules:
            name, _, quoted = rule.source.partition(": ")
            if name == f"{api}.txt":
                assert quoted, rule.id
                assert _plain(quoted) in text, f"{rule.id}: {quoted}"


def _plain(text):
    return " ".join(text.split())
