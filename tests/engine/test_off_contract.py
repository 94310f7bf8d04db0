"""An answer of ours that breaks the spec never leaves, is recorded, and changes nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.errors import (
    Conflict,
    Forbidden,
    MethodNotAllowed,
    RecordNotFound,
    RouteNotFound,
    Violation,
)
from mock_server.engine.messages import NO_BODY, Reply
from tests.engine.toy import KEY, THINGS, Thing, toy_server

ITEM = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "a/b~c": {"type": "string"}},
    "additionalProperties": False,
}
RESPONSES = {
    "200": {
        "description": "things",
        "headers": {
            "X-Total": {"required": True, "schema": {"type": "integer", "minimum": 0}},
            "X-Next": {"schema": {"type": "string", "format": "uri"}},
        },
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"items": {"type": "array", "items": ITEM}, "any": {}},
                }
            },
            "text/csv": {"schema": {"type": "string", "minLength": 1}},
        },
    },
    "204": {"description": "nothing"},
    "403": None,
    "409": {
        "description": "refused",
        "content": {"application/json": {"schema": {"required": ["why"]}}},
    },
}
TOTAL = {"X-Total": "1"}


class _Toy:
    """A server whose one operation counts a thing and then gives `reply`, or raises it."""

    def __init__(self, client_of, **options):
        self.reply = Reply(200, {"items": []}, TOTAL)
        operations = Operations()
        operations.handles("list", **options.pop("implementation", {}))(self._answer)
        paths = {"/x": {"get": {"operationId": "list", "responses": RESPONSES}}}
        self.server = toy_server(paths, operations, **options)
        self._client = client_of(self.server, "toy", headers=KEY)

    def _answer(self, _, context):
        context.state.put(THINGS, Thing(context.state.next_id(THINGS)))
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def get(self, path="/x", **options):
        return self._client.request(options.pop("method", "GET"), path, **options)

    def things(self):
        return len(self.server.sandbox("test").state.collection(THINGS))

    def defects(self):
        return list(self.server.sandbox("test").defects)


@pytest.fixture
def toy(client_of):
    return _Toy(client_of)


def _assert_withheld(toy, pointer, operation="list"):
    answer = toy.get()
    body = answer.json()
    assert answer.status_code == 500
    assert (body["operation"], body["pointer"]) == (operation, pointer)
    assert answer.headers["x-mock-defect"] == "true"
    [defect] = toy.defects()
    assert (defect.operation, defect.pointer) == (operation, pointer)
    assert defect.message == body["message"]
    assert toy.things() == 0
    assert toy.server.sandbox("test").committed.revision == 0


def test_an_answer_on_the_contract_leaves_and_is_no_defect(toy):
    answer = toy.get()
    assert (answer.status_code, answer.json()) == (200, {"items": []})
    assert (toy.things(), toy.defects()) == (1, [])


@pytest.mark.parametrize(
    ("reply", "pointer"),
    [
        (Reply(201, {}), "/status"),
        (Reply(500, {}), "/status"),
        (Reply(200, {}), "/headers/X-Total"),
        (Reply(200, {}, {"X-Total": "many"}), "/headers/X-Total"),
        (Reply(200, {}, {"X-Total": "-1"}), "/headers/X-Total"),
        (Reply(200, {}, {"X-Total": ""}), "/headers/X-Total"),
        (Reply(200, {}, {**TOTAL, "X-Next": "page 2"}), "/headers/X-Next"),
        (Reply(200, {}, {**TOTAL, "X-Other": "a\r\nSet-Cookie: b"}), "/headers/X-Other"),
        (Reply(200, {}, {**TOTAL, "X-Other": "手"}), "/headers/X-Other"),
        (Reply(200, "<a/>", TOTAL, "application/xml"), "/headers/Content-Type"),
        (Reply(204, {"a": 1}), "/headers/Content-Type"),
        (Reply(200, NO_BODY, TOTAL), "/body"),
        (Reply(200, [], TOTAL), "/body"),
        (Reply(200, None, TOTAL), "/body"),
        (Reply(200, {"items": {}}, TOTAL), "/body/items"),
        (Reply(200, {"items": [{"id": 1}, {"id": "2"}]}, TOTAL), "/body/items/1/id"),
        (Reply(200, {"items": [{"id": 1.5}]}, TOTAL), "/body/items/0/id"),
        (Reply(200, {"items": [{"id": Decimal("1.5")}]}, TOTAL), "/body/items/0/id"),
        (Reply(200, {"items": [{"id": 1, "a/b~c": 2}]}, TOTAL), "/body/items/0/a~1b~0c"),
        (Reply(200, {"items": [{}]}, TOTAL), "/body/items/0"),
        (Reply(200, {"items": [{"id": 1, "extra": 1}]}, TOTAL), "/body/items/0"),
        (Reply(200, {"any": Decimal("NaN")}, TOTAL), "/body"),
        (Reply(200, "", TOTAL, "text/csv"), "/body"),
    ],
)
def test_an_answer_off_the_contract_is_withheld_and_pointed_at(toy, reply, pointer):
    toy.reply = reply
    _assert_withheld(toy, pointer)


@pytest.mark.parametrize(
    "crash", [ZeroDivisionError("by zero"), KeyError("x"), LookupError(), RecursionError("deep")]
)
def test_a_handler_that_crashes_is_a_defect_too(toy, crash, caplog):
    toy.reply = crash
    _assert_withheld(toy, "")
    assert type(crash).__name__ in toy.defects()[0].message
    assert "list crashed" in caplog.text
    assert "_answer" in caplog.text  # the traceback says where


def test_the_next_call_finds_everything_as_it_was(toy):
    toy.get()
    toy.reply = RuntimeError("crash")
    toy.get()
    toy.reply = Reply(200, {"items": []}, TOTAL)
    assert toy.get().status_code == 200
    assert toy.things() == 2
    assert toy.server.sandbox("test").committed.revision == 2


def test_an_error_that_the_operation_does_not_declare_is_off_the_contract(toy):
    toy.reply = Forbidden("no")
    _assert_withheld(toy, "/status")


def test_an_error_whose_body_breaks_its_schema_is_off_the_contract(toy):
    toy.reply = Conflict("sold-out")
    _assert_withheld(toy, "/body")


def test_a_declared_error_leaves_and_forgets_what_was_written(toy):
    toy.reply = RecordNotFound("thing", 7)
    assert (toy.get().status_code, toy.things(), toy.defects()) == (404, 0, [])


def test_an_error_table_that_crashes_is_a_defect(client_of):
    def broken(error, _):
        return error.no_such_attribute

    toy = _Toy(client_of, renderers={RecordNotFound: broken})
    toy.reply = RecordNotFound("thing", 7)
    _assert_withheld(toy, "")
    assert "no_such_attribute" in toy.defects()[0].message


def test_a_rule_that_crashes_is_a_defect(client_of):
    def rule(request, _):
        yield Violation("body", (request.body["name"],), "rule")

    _assert_withheld(_Toy(client_of, implementation={"rules": [rule]}), "")


def test_refusals_outside_of_any_operation_are_held_to_the_contract_too(client_of, caplog):
    toy = _Toy(
        client_of,
        renderers={
            RouteNotFound: lambda _, __: Reply(404, "plain", media_type="text/plain"),
            MethodNotAllowed: lambda error, _: error.no_such_attribute,
        },
    )
    nowhere = toy.get("/nowhere")
    assert (nowhere.status_code, nowhere.json()["pointer"]) == (500, "/headers/Content-Type")
    wrong_method = toy.get(method="DELETE")
    assert (wrong_method.status_code, wrong_method.json()["operation"]) == (500, "DELETE /toy/x")
    assert "no_such_attribute" in wrong_method.json()["message"]
    assert "blocked" in caplog.text


def test_only_the_newest_hundred_defects_are_kept(toy):
    toy.reply = RuntimeError("crash")
    for _ in range(105):
        toy.get()
    assert len(toy.defects()) == 100


@pytest.mark.parametrize(
    ("reply", "media_type", "content"),
    [
        (Reply(200, {"any": Decimal("1.10")}, TOTAL), "application/json", b'{"any":1.10}'),
        (
            Reply(200, {"any": 1 << 70}, TOTAL),
            "application/json",
            b'{"any":1180591620717411303424}',
        ),
        (Reply(200, "a;b", TOTAL, "text/csv"), "text/csv; charset=utf-8", b"a;b"),
        (Reply(200, "Zoë", TOTAL, "text/csv"), "text/csv; charset=utf-8", "Zoë".encode()),
    ],
)
def test_each_declared_type_goes_out_in_its_own_form(toy, reply, media_type, content):
    toy.reply = reply
    answer = toy.get()
    assert (answer.headers["content-type"], answer.content) == (media_type, content)
    assert answer.headers["content-length"] == str(len(content))


def test_an_empty_answer_has_neither_type_nor_length(toy):
    toy.reply = Reply(204)
    answer = toy.get()
    assert (answer.status_code, answer.content) == (204, b"")
    assert not {"content-type", "content-length"} & set(answer.headers)
