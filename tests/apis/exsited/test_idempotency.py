"""A repeated X-Idempotency-Key gets the first answer, and has no second effect."""

from __future__ import annotations

import pytest

from mock_server.apis.exsited import idempotency
from tests.apis.exsited.organisation import STANDARD, refusal

KEY = {"X-Idempotency-Key": "key-1"}


def test_a_repeated_creation_makes_one_item(empty):
    answers = [empty.send("/items", {"items": STANDARD}, headers=KEY) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(empty.get("/items")["items"]) == 1


def test_stock_is_added_once(empty):
    item_id = empty.stocked("North Depot")
    for _ in range(3):
        empty.move(item_id, {"name": "North Depot", "quantity": "5"}, headers=KEY)
    assert empty.stock(item_id)["North Depot"]["quantity_on_hand"] == "5.000000"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sale", {"items": {"sale": {"enabled": "true"}}}),
        ("purchase", {"items": {"purchase": {"enabled": "true"}}}),
        ("inventory", {"item": {"inventories": {"isEnabled": "true"}}}),
        ("deactivate", None),
    ],
)
def test_each_operation_answers_a_repetition_alike(empty, path, body):
    item_id = empty.item()["id"]
    first = empty.send(f"/items/{item_id}/{path}", body, headers=KEY)
    again = empty.send(f"/items/{item_id}/{path}", body, headers=KEY)
    assert first.is_success
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert empty.get(f"/items/{item_id}/information")["item"]["version"] == "2"


def test_a_repeated_note_is_one_note_whatever_its_boundary(empty):
    path = f"/api/v3/items/{empty.item()['id']}/notes"
    form = {"data": {"note": "x"}, "files": {"file": ("a.txt", b"abc", "text/plain")}}
    uuids = {
        empty.client.post(path, headers=KEY, **form).json()["item"]["notes"]["uuid"]
        for _ in range(3)
    }
    assert len(uuids) == 1
    other = {**form, "files": {"file": ("a.txt", b"abd", "text/plain")}}
    assert refusal(empty.client.post(path, headers=KEY, **other))[0] == 409


def test_the_first_answer_comes_again_after_the_record_has_changed(empty):
    created = empty.send("/items", {"items": STANDARD}, headers=KEY)
    empty.done("/items/ITEM-0001/deactivate")
    assert empty.send("/items", {"items": STANDARD}, headers=KEY).content == created.content


def test_another_request_under_a_used_key_is_refused(empty):
    item_id = empty.item()["id"]
    empty.done("/items", {"items": STANDARD}, headers=KEY)
    for path, body in (
        ("/items", {"items": {**STANDARD, "name": "Other"}}),
        (f"/items/{item_id}/deactivate", None),
    ):
        answer = empty.send(path, body, headers=KEY)
        assert refusal(answer) == (409, "conflict", [("X-Idempotency-Key", "conflict")])
    assert empty.get(f"/items/{item_id}")["item"]["status"] == "ACTIVE"


def test_a_refused_request_leaves_its_key_free(empty):
    assert empty.send("/items", {"items": {}}, headers=KEY).status_code == 400
    assert empty.send("/items/NONE/deactivate", headers=KEY).status_code == 404
    assert empty.send("/items", {"items": STANDARD}, headers=KEY).status_code == 201


def test_keys_of_two_organisations_are_two_keys(open_organisation):
    for organisation in (open_organisation("empty"), open_organisation("empty")):
        assert organisation.send("/items", {"items": STANDARD}, headers=KEY).status_code == 201


def test_the_oldest_answers_are_forgotten(empty, monkeypatch):
    monkeypatch.setattr(idempotency, "REMEMBERED", 3)
    for number in range(4):
        empty.done("/items", {"items": STANDARD}, headers={"X-Idempotency-Key": f"k{number}"})
    empty.done("/items", {"items": STANDARD}, headers={"X-Idempotency-Key": "k1"})
    assert len(empty.get("/items")["items"]) == 4
    empty.done("/items", {"items": STANDARD}, headers={"X-Idempotency-Key": "k0"})
    assert len(empty.get("/items")["items"]) == 5


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_has_bounds(empty, key):
    answer = empty.send("/items", {"items": STANDARD}, headers={"X-Idempotency-Key": key})
    assert refusal(answer)[0] == 400
