"""What an oracle works with: records, lists, and where something is wrong."""

from __future__ import annotations

import pytest

from contract_tests.claims import Answers
from contract_tests.claims.claim import anywhere
from contract_tests.properties.actions import ClaimViolated
from mock_server.lifecycle.model import Parts
from tests.contract_tests.toy.lifecycle import LIFECYCLE

ITEM, NOTE = LIFECYCLE.resources


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/price", "/price"),
        ("", ""),
        ("/items/12/price", "/items/*/price"),
        ("/items/id=item-7/price", "/items/*/price"),
        ("/items/12", "/items/*"),
        ("/items/1/prices/2", "/items/*/prices/*"),
        ("/v2/x", "/v2/x"),
    ],
)
def test_a_place_is_told_whichever_record_it_is_of(pointer, place):
    assert anywhere(pointer) == place


def test_a_record_carries_the_tag_and_is_found_by_its_path(world):
    record = world.create(ITEM)
    assert record.sent["title"].startswith("ct-w-")
    assert world.at(world.show(record), "/title") == record.sent["title"]


def test_records_beside_each_other_have_one_parent_and_others_have_not(world):
    one = world.create(NOTE)
    beside, elsewhere = world.create(NOTE, beside=one), world.create(NOTE)
    assert beside.path["item"] == one.path["item"] != elsewhere.path["item"]
    assert len({one.id, beside.id, elsewhere.id}) == 3


def test_what_a_case_made_is_taken_away_after_it(world):
    listing = ITEM.lists[0]
    before = len(world.records(world.pages(listing), listing))
    for _ in range(2):
        world.create(ITEM)
    assert len(world.records(world.pages(listing), listing)) == before + 2
    world.tidy()
    assert len(world.records(world.pages(listing), listing)) == before


def test_no_two_records_are_sent_the_same_value_of_a_unique_field(world):
    codes = [world.value(ITEM.field("code")) for _ in range(3)]
    assert len({*codes}) == 3


def test_pages_are_walked_to_the_end_or_as_far_as_is_asked(world):
    listing = ITEM.lists[0]
    assert len(world.pages(listing, size=3)) == 3
    assert len(world.pages(listing, size=3, most=2)) == 2
    assert [len(walk.pages) for walk in world.trace.walks] == [3, 2]


def test_a_claim_that_does_not_hold_ends_the_case_with_what_was_sent_so_far(world):
    sent = world.send("readItem", Parts(path={"item": "item-none"}))
    with pytest.raises(ClaimViolated) as violated:
        world.hold(Answers(sent))
    world.create(ITEM)
    assert violated.value.breach.operation == "readItem"
    assert len(violated.value.breach.trace) == 1
