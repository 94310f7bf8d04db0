"""A rule file is read with all that is wrong in it told in one line."""

from __future__ import annotations

import pytest
import yaml

from contract_tests.fidelity.model import InvalidRules, RuleFile, load_rules
from mock_server.discovery import load_vendor

RULE = {
    "id": "a.rule",
    "says": "It says so.",
    "operation": "listTaxes",
    "kind": "shape",
    "basis": "documented",
    "source": "somewhere",
    "expect": ["it.body.taxes != []"],
}


def read(tmp_path, *rules, **others):
    path = tmp_path / "rules.yaml"
    document = {"api": "cliniko", "groups": [{"rules": list(rules)}], **others}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return load_rules(load_vendor("cliniko"), path)


def test_a_rule_is_read_with_what_its_group_says(tmp_path):
    group = {key: RULE[key] for key in ("operation", "kind", "basis", "source")}
    rest = {key: value for key, value in RULE.items() if key not in group}
    (rule,) = read(tmp_path, groups=[{**group, "rules": [rest]}]).rules
    assert (rule.operation, rule.basis, rule.steps[0].call) == (
        "listTaxes",
        "documented",
        "listTaxes",
    )


def test_each_makes_a_rule_of_every_row(tmp_path):
    rows = [{"id": "_one", "word": "One"}, {"id": "_two", "word": "Two", "basis": "inferred"}]
    rules = read(tmp_path, {**RULE, "says": "${word} says so.", "each": rows}).rules
    assert [(rule.id, rule.says, rule.basis) for rule in rules] == [
        ("a.rule_one", "One says so.", "documented"),
        ("a.rule_two", "Two says so.", "inferred"),
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"operation": "listTexas"}, "there is no operation 'listTexas'"),
        ({"call": "getNothing 1"}, "there is no operation 'getNothing'"),
        ({"call": "GET"}, "'GET' is no METHOD /path"),
        ({"uses": ["nobody"]}, "there is no setup 'nobody'"),
        ({"expect": ["it.body.("]}, "is no expression"),
        ({"expect": ["that.body"]}, "names that, which nothing binds"),
        ({"body": {"name": "${wanted}"}}, "names wanted, which nothing binds"),
        ({"kind": "odd"}, "kind"),
        ({"basis": "heard"}, "basis"),
        ({"colour": "red"}, "'colour' is no key of a rule"),
        ({"each": "rows"}, "there are no rows 'rows'"),
        ({"status": "two hundred"}, "steps/0/status"),
        ({"id": "a rule"}, "an id has letters, digits, dots and underscores"),
    ],
)
def test_what_is_wrong_is_told_with_the_rule(tmp_path, change, told):
    with pytest.raises(InvalidRules) as problem:
        read(tmp_path, {**RULE, **change})
    assert told in str(problem.value)
    assert "\n" not in str(problem.value)


def test_no_two_rules_have_one_id(tmp_path):
    with pytest.raises(InvalidRules, match=r"rule a\.rule is there twice"):
        read(tmp_path, RULE, RULE)


def test_a_file_that_is_no_rule_file_is_refused(tmp_path):
    with pytest.raises(InvalidRules, match="groups"):
        read(tmp_path, groups=3)


def test_an_api_without_a_file_has_no_rules(tmp_path):
    assert load_rules(load_vendor("cliniko"), tmp_path / "none.yaml") is None


def test_editors_get_a_schema():
    assert {"api", "setups", "groups"} <= set(RuleFile.model_json_schema()["properties"])
