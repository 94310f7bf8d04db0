"""References in generated requests are filled with what the target has at that moment."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from contract_tests.fuzzing.existing_ids import ExistingIds
from contract_tests.target.guard import guarded
from contract_tests.target.ledger import Ledger
from contract_tests.target.mock import mock_target
from contract_tests.target.profiles import READ_ONLY, WRITES
from contract_tests.target.run_tag import RunTag
from contract_tests.target.service import ServiceTransport
from contract_tests.target.target import Target
from contract_tests.target.write_policy import OwnRecords
from mock_server.app import build_server
from mock_server.discovery import load_lifecycle
from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from mock_server.in_process import InProcessTransport
from tests.engine.toy import THINGS, Thing, toy_document, toy_vendor

THING = {"type": "integer", "nullable": True, "x-references": {"operation": "list", "field": "id"}}
BODY = {
    "type": "object",
    "properties": {
        "thing": THING,
        "things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"thing": THING}}},
        "name": {"type": "string"},
        "code": {"type": "string", "x-unique": True},
        "text": {"type": "string", "x-encoded-schema": {"type": "array", "items": THING}},
    },
}


class _Toy:
    """A target that lists things; `listed` replaces what it answers."""

    def __init__(self):
        operations = Operations()
        self.listed = None
        self.asked = 0

        @operations.handles("list")
        def answer(_, context):
            self.asked += 1
            things = [{"id": thing.id} for thing in context.state.all(THINGS)]
            return Reply(
                200, {"count": 3, "things": things} if self.listed is None else self.listed
            )

        @operations.handles("add")
        def add(_, context):
            thing = context.state.put(THINGS, Thing(context.state.next_id(THINGS) + 100))
            return Reply(200, thing.id)

        @operations.handles("use", "compose")
        def use(_, __):
            return Reply(200, {})

        composed = {"allOf": [{"$ref": "#/components/schemas/Body"}, {"type": "object"}]}
        bodies = {"use": {"$ref": "#/components/schemas/Body"}, "compose": composed}
        paths = {
            f"/{name}": {
                "post": {
                    "operationId": name,
                    "requestBody": {"content": {"application/json": {"schema": schema}}},
                }
            }
            for name, schema in bodies.items()
        }
        paths["/things"] = {"get": {"operationId": "list"}, "post": {"operationId": "add"}}
        document = toy_document(paths, components={"schemas": {"Thing": THING, "Body": BODY}})
        vendor = toy_vendor(document, operations)
        server = build_server(vendors=[vendor])
        url = f"http://testserver{server.base_path('toy')}"
        self.target = Target(vendor, url, "test", InProcessTransport(server))

    def add(self):
        with self.target.client() as client:
            return client.post("/things").json()


@pytest.fixture
def toy():
    return _Toy()


@pytest.fixture
def fill(toy):
    """A function (body, operation) → the body with its references filled."""
    references = ExistingIds(toy.target)

    def make(body, operation="use"):
        references.forget()
        return references.fill(operation, body)

    yield make
    references.close()


@pytest.mark.parametrize("operation", ["use", "compose"])
def test_a_reference_becomes_one_to_a_record_that_is_there(toy, fill, operation):
    number = toy.add()
    assert fill({"thing": 7, "name": "x"}, operation) == {"thing": number, "name": "x"}


def test_references_are_filled_however_deep_they_are(toy, fill):
    number = toy.add()
    body = {"things": [1, 2], "lines": [{"thing": 3}, {"thing": 4, "more": 5}]}
    assert fill(body) == {
        "things": [number, number],
        "lines": [{"thing": number}, {"thing": number, "more": 5}],
    }


def test_references_in_json_that_a_text_carries_are_filled_too(toy, fill):
    number = toy.add()
    assert json.loads(fill({"text": "[1, null]"})["text"]) == [number, None]
    assert fill({"text": "no JSON"}) == {"text": "no JSON"}


def test_what_is_listed_now_counts_and_not_what_was(toy, fill):
    assert fill({"thing": 7}) == {"thing": 7}
    number = toy.add()
    assert fill({"thing": 7}) == {"thing": number}


def test_what_is_listed_is_asked_for_once_until_it_may_have_changed(toy):
    first = toy.add()
    references = ExistingIds(toy.target)
    bodies = [references.fill("use", {"thing": number, "things": [1]}) for number in range(9)]
    assert toy.asked == 1
    assert bodies == [{"thing": first, "things": [first]}] * 9
    existing = {first, toy.add()}
    assert references.fill("use", {"thing": 7})["thing"] == first
    references.forget()
    chosen = {references.fill("use", {"thing": number})["thing"] for number in range(20)}
    assert chosen == existing
    references.close()


def test_one_question_tells_all_fields_of_a_list(toy):
    number = toy.add()
    toy.listed = {"things": [{"id": number, "name": "first"}]}
    references = ExistingIds(toy.target)
    fields = ("id", "name")
    found = [references.existing({"operation": "list", "field": field}, 7) for field in fields]
    assert (found, toy.asked) == ([number, "first"], 1)
    references.close()


def test_the_same_value_gets_the_same_choice_and_others_get_others(toy, fill):
    existing = {toy.add() for _ in range(5)}
    chosen = [fill({"thing": number})["thing"] for number in range(50)]
    assert chosen == [fill({"thing": number})["thing"] for number in range(50)]
    assert set(chosen) == existing


def test_null_stays_null(toy, fill):
    toy.add()
    assert fill({"thing": None}) == {"thing": None}


@pytest.mark.parametrize("listed", [{}, {"things": []}, {"things": [{"no": 1}, 2]}, [], 5, "no"])
def test_where_nothing_is_listed_the_generated_value_stays(toy, fill, listed):
    toy.listed = listed
    assert fill({"thing": 7}) == {"thing": 7}


def test_another_list_before_that_of_the_records_is_passed_over(toy, fill):
    toy.listed = {"links": [{"url": None}], "pages": [1], "things": [{"id": 7}]}
    assert fill({"thing": 1}) == {"thing": 7}


def test_a_list_without_an_envelope_is_a_list(toy, fill):
    toy.listed = [{"id": 5}]
    assert fill({"thing": 7}) == {"thing": 5}


def test_a_target_that_does_not_answer_leaves_the_generated_value(toy):
    origin = "http://127.0.0.1:9"
    gone = Target(toy.target.vendor, origin, "test", ServiceTransport())
    references = ExistingIds(gone)
    assert references.fill("use", {"thing": 7}) == {"thing": 7}
    references.close()


def test_unique_values_are_never_the_same(fill):
    assert len({fill({"code": "x"})["code"] for _ in range(20)}) == 20


@pytest.mark.parametrize("body", [None, 5, "text", [1], {"name": "x"}, {"things": "none"}])
def test_what_holds_no_reference_is_left_as_it_is(toy, fill, body):
    toy.add()
    assert fill(body) == body
    assert fill(body, "list") == body
    assert toy.asked == 0


def test_where_nothing_is_left_to_refer_to_a_record_is_made():
    target = mock_target("cliniko", "test.empty-references")
    references = ExistingIds(target)
    body = references.fill("createStockAdjustment", {"product_id": "999"})
    with target.client() as client:
        (listed,) = client.get("/products").json()["products"]
        assert body == {"product_id": listed["id"]}
        assert listed["name"].startswith("ct-")
    assert references.fill("createStockAdjustment", {"product_id": "7"}) == body
    references.close()


def test_a_run_that_may_not_write_makes_nothing_to_refer_to():
    target = replace(mock_target("cliniko", "test.empty-references"), profile=READ_ONLY)
    references = ExistingIds(target)
    assert references.fill("createStockAdjustment", {"product_id": "999"}) == {"product_id": "999"}
    with target.client() as client:
        assert client.get("/products").json()["products"] == []
    references.close()


@pytest.mark.parametrize("seed", [1, -7])
def test_a_run_that_writes_its_own_records_makes_what_is_referred_to_and_takes_it_away(seed):
    target = mock_target("cliniko", "test.empty-references")
    tag, ledger = RunTag.of_seed(seed, "261130"), Ledger()
    policy = OwnRecords(load_lifecycle(target.vendor), ledger, tag, target.parameters)
    held, guard = guarded(replace(target, tag=tag), WRITES, policy=policy)
    references = ExistingIds(held)
    body = references.fill("createStockAdjustment", {"product_id": "999"})
    (made,) = ledger.left()
    assert (made.resource, {"product_id": made.id}) == ("products", body)
    references.close()
    assert guard.refusals == []
    assert ledger.left() == []
