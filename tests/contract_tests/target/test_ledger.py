"""A ledger knows what was made, whatever happened since."""

from __future__ import annotations

import json

from contract_tests.target.ledger import Ledger, Made, ids_of

ONE = Made("item", "first", "1", {"id": "1"})
TWO = Made("item", "other", "1", {"id": "1"})


def test_what_was_made_and_not_removed_is_left_the_newest_first(tmp_path):
    path = tmp_path / "deep" / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.has_made(ONE)
    ledger.has_made(TWO)
    assert ledger.left() == Ledger(path).left() == [TWO, ONE]
    ledger.has_removed(TWO)
    for each in (ledger, Ledger(path)):
        assert each.left() == [ONE]
        assert each.has("item", "other", "1")
        assert not each.has("item", "first", "2")
        assert not each.has("note", "first", "1")


def test_an_intention_is_on_the_disk_before_anything_is_made(tmp_path):
    path = tmp_path / "ledger.jsonl"
    Ledger(path).intends("createItem", "ct-1-1")
    entry = {"event": "intends", "operation": "createItem", "tag": "ct-1-1"}
    assert [json.loads(line) for line in path.read_text().splitlines()] == [entry]
    assert Ledger(path).left() == []


def test_a_line_that_was_not_written_to_its_end_harms_no_other(tmp_path):
    path = tmp_path / "ledger.jsonl"
    Ledger(path).has_made(ONE)
    path.write_text(path.read_text() + '{"event": "made", "resou')
    ledger = Ledger(path)
    assert ledger.left() == [ONE]
    ledger.has_made(TWO)
    assert Ledger(path).left() == [TWO, ONE]


def test_without_a_file_it_is_kept_in_memory():
    ledger = Ledger()
    ledger.intends("createItem", "ct-1-1")
    ledger.has_made(ONE)
    assert ledger.left() == [ONE]


def test_identifiers_are_numbers_or_texts():
    assert ids_of([7, "a", None, True, {}, 1.5]) == ["7", "a"]
