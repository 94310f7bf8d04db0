"""What differs in Exsited because callers choose identifiers, and because keys are kept."""

from __future__ import annotations

import pytest

from contract_tests.properties.run import Plan, run_properties
from lab.mutants.catalogue import GROUPS
from lab.mutants.defect import Defect, Scene
from lab.mutation.test_bed import TestBed
from mock_server.apis.exsited.lifecycle import LIFECYCLE

KEYS = "idempotency_keys"
ALIKE = "same_number_in_two_accounts"
REFERENCES = "derived_values_add_up"


@pytest.fixture(scope="module")
def ground() -> TestBed:
    return TestBed("exsited")


@pytest.fixture(scope="module")
def defects(ground: TestBed) -> dict[str, Defect]:
    scene = Scene(ground.vendor, LIFECYCLE)
    found = (
        Defect(group.name, group.layer, group.semantic, group.description, site)
        for group in GROUPS
        if group.name in {"created-for-all-accounts", "key-counts-for-all", "last-record-missing"}
        for site in group.sites(scene)
    )
    return {each.name: each for each in found}


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("created-for-all-accounts/createItemNote/account", ALIKE),
        ("key-counts-for-all/createItemNote/X-Idempotency-Key", KEYS),
        ("key-counts-for-all/deactivateItem/X-Idempotency-Key", KEYS),
        ("last-record-missing/listTaxes/items", REFERENCES),
        ("last-record-missing/listWarehouses/items", REFERENCES),
    ],
)
def test_a_defect_is_seen_by_the_property_that_it_breaks(ground, defects, name, check):
    plan = Plan(rounds=1, first=True, only=(check,))
    found = run_properties(ground.target(defects[name]), plan=plan).findings
    assert [each.check for each in found] == [check]


@pytest.mark.parametrize("check", [KEYS, ALIKE])
def test_nothing_is_said_of_the_mock_as_it_is(ground, check):
    assert run_properties(ground.target(), plan=Plan(only=(check,))).findings == []
