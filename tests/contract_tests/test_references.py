"""Living values and unused ones are put where a spec asks for them."""

from __future__ import annotations

import pytest

from contract_tests.references import References
from contract_tests.targets import mock_target

WAREHOUSES = {"Default Warehouse", "North Depot", "Harbour Store"}


@pytest.fixture(scope="module")
def references():
    found = References(mock_target("exsited"))
    yield found
    found.close()


def test_a_reference_gets_a_living_value_and_always_the_same(references):
    reference = {"operation": "listWarehouses", "field": "name"}
    chosen = {text: references.living(reference, text) for text in "abcdefghij"}
    assert set(chosen.values()) == WAREHOUSES
    assert chosen == {text: references.living(reference, text) for text in chosen}


def test_without_a_living_value_the_generated_one_stays(references):
    assert references.living({"operation": "listWarehouses", "field": "none"}, "x") == "x"


def test_references_deep_in_a_body_are_filled(references):
    body = {"item": {"inventories": {"warehouses": [{"name": "x", "quantity": "1"}]}}, "other": 1}
    filled = references.fill("addItemInventory", body)
    [entry] = filled["item"]["inventories"]["warehouses"]
    assert entry["name"] in WAREHOUSES
    assert (entry["quantity"], filled["other"]) == ("1", 1)


def test_what_must_be_unused_is_new_each_time(references):
    body = {"items": {"id": "A", "name": "x", "type": "STANDARD"}}
    ids = {references.fill("createItem", body)["items"]["id"] for _ in range(3)}
    assert len(ids) == 3
    assert references.fill("createItem", {"items": {"id": ""}})["items"]["id"] == ""
