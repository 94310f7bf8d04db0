"""Which of the listed records are looked at, where there are too many for all."""

from __future__ import annotations

from contract_tests.properties.oracles.samples import telling
from tests.contract_tests.toy.lifecycle import LIFECYCLE

ITEM = LIFECYCLE.resources[0]
LISTING = ITEM.lists[0]


def drawn(world, items):
    return telling(world, ITEM, LISTING, items)


def _item(number, **values):
    time = "2026-01-01T00:00:00Z"
    return {"id": f"{number}", "title": "plain", "created": time, "updated": time, **values}


def test_what_was_changed_last_is_among_them_wherever_it_is_listed(world):
    items = [_item(number) for number in range(50)]
    items[31]["updated"] = "2026-01-02T00:00:00Z"
    assert drawn(world, items)[0] == items[31]


def test_what_was_created_last_is_where_no_field_shows_a_change(world):
    items = [_item(number, updated=None) for number in range(50)]
    items[17]["created"] = "2026-01-02T00:00:00Z"
    assert drawn(world, items)[0] == items[17]


def test_unusual_letters_are_among_them(world):
    items = [_item(number) for number in range(50)]
    items[44]["title"] = "Käse für 漢字"
    assert items[44] in drawn(world, items)


def test_the_others_are_drawn_so_that_each_has_its_turn(world):
    items = [_item(number) for number in range(12)]
    seen = {each["id"] for _ in range(30) for each in drawn(world, items)}
    assert seen == {each["id"] for each in items}


def test_none_is_drawn_twice_and_a_short_list_is_looked_at_whole(world):
    items = [_item(number, title="é" * number) for number in range(5)]
    assert sorted(each["id"] for each in drawn(world, items)) == list("01234")
    assert drawn(world, []) == []
