"""A ledger knows what was made, whatever happened since."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest

from contract_tests.target.ledger import Ledger, LedgerError, Made, ids_of
from contract_tests.target.target import Target

ONE = Made("item", "first", "1", {"id": "1"})
TWO = Made("item", "other", "1", {"id": "1"})


def test_what_was_made_and_not_removed_is_left_the_newest_first(tmp_path):
    path = tmp_path / "deep" / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.has_made(ONE)
    ledger.has_made(TWO)
    assert ledger.left() == Ledger(path).left() == [TWO, ONE]
    ledger.has_removed("item", "other", "1")
    for each in (ledger, Ledger(path)):
        assert each.left() == [ONE]
        assert each.has("item", "other", "1")
        assert not each.has("item", "first", "2")
        assert not each.has("note", "first", "1")


def test_an_intention_is_on_the_disk_before_anything_is_made(tmp_path):
    path = tmp_path / "ledger.jsonl"
    Ledger(path).intends("createItem", "first", "ct-1-1")
    entry = {
        "event": "intends",
        "operation": "createItem",
        "account": "first",
        "tag": "ct-1-1",
    }
    assert [json.loads(line) for line in path.read_text().splitlines()] == [entry]
    assert Ledger(path).left() == []
    assert Ledger(path).unanswered() == {"ct-1-1"}


def test_what_was_made_or_refused_is_answered(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    for number in (1, 2, 3):
        ledger.intends("createItem", "first", f"ct-1-{number}")
    ledger.was_refused("ct-1-1")
    ledger.has_made(Made("item", "first", "7", {"id": "7"}, "ct-1-2"))
    assert ledger.unanswered() == Ledger(path).unanswered() == {"ct-1-3"}


def test_an_identifier_that_is_given_again_is_a_record_again(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.has_made(ONE)
    ledger.has_removed("item", "first", "1")
    ledger.has_made(Made("item", "first", "1", {"id": "1"}, "ct-1-9"))
    assert [made.tag for made in Ledger(path).left()] == ["ct-1-9"]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"base_url": "http://testserver/v2"}, "is of http://testserver/v1, not of"),
        ({"credential": "somebody:else"}, "another account of http://testserver/v1"),
        ({"other_credential": "somebody:else"}, "another account of http://testserver/v1"),
        ({"parameters": {"org_uid": "7"}}, "another account of http://testserver/v1"),
    ],
)
def test_a_ledger_is_of_one_target_and_its_accounts(tmp_path, changed, complaint):
    path = tmp_path / "ledger.jsonl"
    transport = httpx.MockTransport(lambda _: httpx.Response(500))
    target = Target(None, "http://testserver/v1", "s3cret:", transport, "0ther:")
    Ledger(path).belongs_to(target)
    Ledger(path).belongs_to(target)
    assert len(path.read_text().splitlines()) == 1
    assert "s3cret" not in path.read_text()
    with pytest.raises(LedgerError, match=complaint):
        Ledger(path).belongs_to(replace(target, **changed))


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
    ledger.intends("createItem", "first", "ct-1-1")
    ledger.has_made(ONE)
    assert ledger.left() == [ONE]


def test_identifiers_are_numbers_or_texts():
    assert ids_of([7, "a", None, True, {}, 1.5]) == ["7", "a"]
