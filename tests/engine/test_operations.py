"""One operation from end to end: rules, atomic writes, and answers that can be had again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.errors import Conflict, RateLimited, Violation
from mock_server.engine.messages import Reply
from mock_server.engine.rate_limit import RateLimit
from mock_server.settings import Settings
from tests.engine.toy import KEY, THINGS, Thing, count, parameter, toy_server

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def _paths():
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 3}, "size": {"type": "integer"}},
    }
    return {
        "/things": {
            "post": {
                "operationId": "create",
                "parameters": [parameter("dry", "query", {"type": "boolean"})],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": schema}},
                },
            },
            "get": {"operationId": "list"},
        },
        "/dice": {"get": {"operationId": "roll"}, "post": {"operationId": "count"}},
    }


def _name_is_free(request, context):
    taken = {thing.name for thing in context.state.all(THINGS)}
    if request.body.get("name") in taken:
        yield Violation("body", ("name",), "taken", value=request.body["name"])


def _even(request, _):
    size = request.body.get("size")
    return [Violation("body", ("size",), "even")] if isinstance(size, int) and size % 2 else []


def _operations():
    operations = Operations()

    @operations.handles("create", rules=[_name_is_free, _even])
    def create(request, context):
        thing = Thing(context.state.next_id(THINGS), request.body.get("name", ""))
        context.state.put(THINGS, thing)
        if request.query.get("dry"):
            raise Conflict("dry-run")
        return Reply(200, {"id": thing.id})

    @operations.handles("list")
    def list_things(_, context):
        return Reply(200, [[thing.id, thing.name] for thing in context.state.all(THINGS)])

    @operations.handles("roll", "count")
    def roll(request, context):
        if request.operation_id == "count":
            count(context)
        dice = [context.random.randint(1, 6) for _ in range(10)]
        return Reply(200, {"dice": dice, "now": context.now.isoformat()})

    return operations


@pytest.fixture
def make(client_of):
    """A function (settings=…, **Api options) → (client, server)."""

    def build(settings=None, **options):
        server = toy_server(_paths(), _operations(), settings=settings, **options)
        return client_of(server, "toy", headers=KEY), server

    return build


@pytest.fixture
def client(make):
    return make()[0]


def _wrong(answer):
    return [tuple(each[:3]) for each in answer.json()["violations"]]


def test_what_a_schema_cannot_say_is_reported_beside_what_it_says(client):
    client.post("/things", json={"name": "abc", "size": 2})
    answer = client.post("/things?dry=maybe", json={"name": "abc", "size": 3})
    assert _wrong(answer) == [
        ("query", ["dry"], "type"), ("body", ["name"], "taken"), ("body", ["size"], "even")
    ]  # fmt: skip


def test_a_rule_sees_properties_that_break_the_schema(client):
    answer = client.post("/things", json={"name": "long", "size": "3"})
    assert _wrong(answer) == [("body", ["name"], "maxLength"), ("body", ["size"], "type")]


def test_a_rule_may_hold_what_a_text_carries_to_a_schema_of_the_spec(client_of):
    operations = Operations()

    def sizes_fit(request, context):
        for index, size in enumerate(request.body["sizes"].split(",")):
            yield from context.violations("Size", size, ("sizes", index))

    operations.handles("create", rules=[sizes_fit])(lambda _, __: Reply(200, {}))
    content = {"application/json": {"schema": {"type": "object"}}}
    server = toy_server(
        {"/x": {"post": {"operationId": "create", "requestBody": {"content": content}}}},
        operations,
        document={"components": {"schemas": {"Size": {"type": "string", "enum": ["S", "M"]}}}},
    )
    client = client_of(server, "toy", headers=KEY)
    assert client.post("/x", json={"sizes": "S,M"}).status_code == 200
    assert client.post("/x", json={"sizes": "M,X"}).json()["violations"] == [
        ["body", ["sizes", 1], "enum", ["S", "M"], "X"]
    ]


@pytest.mark.parametrize("body", [b"[]", b"null", b'"abc"', b""])
def test_a_rule_never_sees_a_body_that_is_wrong_as_a_whole(client, body):
    headers = {"Content-Type": "application/json"}
    answer = client.post("/things", content=body, headers=headers)
    assert answer.status_code == 422
    assert [path for _, path, _ in _wrong(answer)] == [[]]


def test_an_error_forgets_what_was_written_and_the_numbers_drawn(client):
    assert client.post("/things?dry=true", json={"name": "a"}).status_code == 409
    assert client.get("/things").json() == []
    assert client.post("/things", json={"name": "a"}).json() == {"id": 1}


def test_a_write_is_there_for_the_next_request_and_in_the_journal(make):
    client, server = make()
    client.post("/things", json={"name": "a"})
    client.get("/things")
    client.post("/things", json={"name": "b"})
    assert client.get("/things").json() == [[1, "a"], [2, "b"]]
    journal = server.sandbox("test").journal
    written = [(each.after.revision, each.operation) for each in journal if each.changes]
    assert written == [(1, "create"), (2, "create")]


def test_sandboxes_do_not_see_each_other(client):
    client.post("/things", json={"name": "a"})
    other = {"X-Key": "test-other"}
    assert client.get("/things", headers=other).json() == []
    assert client.post("/things", json={"name": "a"}, headers=other).json() == {"id": 1}


def _transcript(client):
    calls = ["GET", "POST", "GET", "POST", "POST", "GET"]
    return [client.request(method, "/dice").content for method in calls]


def test_the_same_seed_and_requests_give_the_same_bytes(make):
    settings = Settings(clock=NOON, seed=7)
    assert _transcript(make(settings)[0]) == _transcript(make(settings)[0])


def test_another_seed_gives_others(make):
    one, other = (_transcript(make(Settings(clock=NOON, seed=seed))[0]) for seed in (7, 8))
    assert one != other


def test_chance_moves_on_with_every_commit_and_only_then(make):
    first, written, second, *_ = _transcript(make(Settings(clock=NOON))[0])
    assert first == written
    assert second != written


def test_a_call_happens_at_one_instant_of_the_sandboxs_clock(make):
    client, server = make(Settings(clock=NOON))
    assert client.get("/dice").json()["now"] == "2025-06-01T12:00:00+00:00"
    server.sandbox("test").clock.advance(timedelta(days=1))
    assert client.get("/dice").json()["now"] == "2025-06-02T12:00:00+00:00"


@pytest.fixture
def limited(make):
    """A client and server whose sandboxes `test` and `test-b` may ask twice a minute."""
    settings = Settings(clock=NOON, rate_limited="test,test-b")
    return make(settings, rate_limit=RateLimit(requests=2, seconds=60))


def test_too_many_requests_are_refused_until_the_window_is_over(limited):
    client, server = limited

    def statuses(number):
        return [client.get("/dice").status_code for _ in range(number)]

    assert statuses(3) == [200, 200, 429]
    server.sandbox("test").clock.advance(timedelta(seconds=59))
    assert statuses(1) == [429]
    server.sandbox("test").clock.advance(timedelta(seconds=1))
    assert statuses(3) == [200, 200, 429]


def test_each_sandbox_has_a_limit_of_its_own_or_none(limited):
    client, _ = limited
    for word, expected in (("test", 429), ("test-b", 429), ("test-c", 200)):
        answers = [client.get("/dice", headers={"X-Key": word}) for _ in range(3)]
        assert answers[-1].status_code == expected


def test_a_limit_says_when_it_will_be_free_again(client_of):
    def limited(error, _):
        return Reply(429, [error.limit, error.reset - int(NOON.timestamp()), error.retry_after])

    server = toy_server(
        _paths(),
        _operations(),
        settings=Settings(clock=NOON + timedelta(seconds=10), rate_limited="on"),
        rate_limit=RateLimit(requests=1, seconds=60),
        renderers={RateLimited: limited},
    )
    client = client_of(server, "toy", headers=KEY)
    assert [client.get("/dice").status_code, client.get("/dice").json()] == [200, [1, 60, 50]]


def test_a_refused_credential_does_not_count(limited):
    client, _ = limited
    for _ in range(5):
        client.get("/dice", headers={"X-Key": "live"})
    assert client.get("/dice").status_code == 200
