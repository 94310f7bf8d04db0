"""One answer held to the spec: whatever is wrong with it is named by its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract_tests.exchange.conformance import contract_of, read_json
from tests.contract_tests.toy.target import toy_vendor

JSON = {"Content-Type": "application/json; charset=utf-8"}
NOTE = b'{"id": "note-1", "text": "a", "stars": 1}'


def pointers(operation, status, headers, content, **options):
    """Where an answer breaks the toy's spec."""
    contract = contract_of(toy_vendor().spec)
    return [
        each.pointer for each in contract.problems(operation, status, headers, content, **options)
    ]


@pytest.mark.parametrize(
    ("operation", "status", "headers", "content", "found"),
    [
        ("readNote", 200, JSON, NOTE, []),
        ("readNote", 200, {"content-type": "application/json"}, NOTE, []),
        ("readNote", 202, JSON, NOTE, ["/status"]),
        ("readNote", 200, {}, NOTE, ["/headers/content-type"]),
        ("readNote", 200, {"content-type": "text/plain"}, NOTE, ["/headers/content-type"]),
        ("readNote", 200, JSON, NOTE.replace(b"1}", b'"1"}'), ["/body/stars"]),
        ("readNote", 200, JSON, b'{"id": "note-1", "text": "a"}', ["/body"]),
        ("readNote", 200, JSON, NOTE[:-1], ["/body"]),
        ("readNote", 200, JSON, NOTE.replace(b"1}", b"NaN}"), ["/body"]),
        ("readNote", 200, JSON, b'{"id": "\xff"}', ["/body"]),
        ("readNote", 404, JSON, b'{"error": "there is none"}', []),
        ("deleteNote", 204, {}, b"", []),
        ("deleteNote", 204, {}, b"gone", ["/body"]),
        ("readFile", 200, {"content-type": "image/png"}, b"\x89PNG", []),
        ("readFile", 200, {"content-type": "image/gif"}, b"GIF", ["/headers/content-type"]),
    ],
)
def test_what_is_wrong_is_named_by_its_place(operation, status, headers, content, found):
    assert pointers(operation, status, headers, content) == found


def test_a_header_that_is_required_is_missed_and_one_of_another_form_is_seen():
    refusal = b'{"error": ""}'
    assert pointers("createItem", 400, JSON, refusal) == []
    assert "/headers/location" in pointers("createItem", 201, JSON, b"{}")
    given = {**JSON, "LOCATION": "http://toy.test/main/items/item-1"}
    assert pointers("createItem", 201, given, b"{}") == ["/body"] * 17


def test_an_answer_to_head_has_no_body_to_be_held_to():
    assert pointers("readNote", 200, JSON, b"", head=True) == []
    assert pointers("readNote", 200, JSON, b"") == ["/body"]


def test_fractions_are_read_exactly():
    assert read_json(b'{"price": 0.10}') == {"price": Decimal("0.10")}
    assert str(read_json(b"1.10")) == "1.10"
