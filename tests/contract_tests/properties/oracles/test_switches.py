"""Each oracle is silent on a toy that conforms, and speaks for each way in which it does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract_tests.properties.oracles import ORACLES
from contract_tests.properties.run import Plan, run_properties
from tests.contract_tests import toy
from tests.contract_tests.properties.oracles.reach import NAMES, reported_for, written_down
from tests.contract_tests.properties.oracles.switches import SENSE, SPEC, SWITCHES
from tests.contract_tests.toy.target import toy_target

SEEDS = range(1, 4)
TOY = Path(toy.__file__).parent
BY_NAME = pytest.mark.parametrize(
    "switch", SWITCHES, ids=[f"{each.name} - {each.check}" for each in SWITCHES]
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_toy_that_conforms_is_found_to(seed):
    run = run_properties(toy_target(), seed=seed, plan=Plan(shortest=False))
    assert run.findings == []
    assert [(each.name, each.skipped) for each in run.properties if not each.tried] == []


@BY_NAME
def test_what_is_wrong_is_found_by_its_own_oracle_alone_in_each_seed(switch):
    plan = Plan(rounds=3, shortest=False, only=(switch.oracle,))
    for seed in SEEDS:
        run = run_properties(toy_target(switch.name), seed=seed, plan=plan)
        told = [(each.check, each.operation, each.subject) for each in run.findings]
        assert any(map(switch.is_told_by, run.findings)), f"seed {seed}: {told}"


@pytest.mark.parametrize("name", NAMES)
def test_no_other_oracle_comes_upon_it_than_those_written_down(name):
    expected = written_down()[name]
    told = reported_for(name, seed=1)
    assert {*expected["always"]} <= told <= {*expected["always"], *expected["sometimes"]}


def test_every_switch_of_the_toy_is_tried():
    sources = (path.read_text(encoding="utf-8") for path in TOY.glob("*.py"))
    switches = {name for text in sources for name in re.findall(r'\bon\("([^"]+)"\)', text)}
    assert len(switches) > 80
    assert switches <= {each.name for each in SWITCHES}


def test_every_property_has_a_switch():
    assert {each.id for each in ORACLES} | {SPEC, SENSE} == {each.check for each in SWITCHES}
