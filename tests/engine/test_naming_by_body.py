"""An operation without a security scheme names its sandbox by what was sent."""

from __future__ import annotations

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from tests.engine.toy import toy_server


@pytest.fixture
def post(client_of):
    """A function body → reply of an operation that takes a client and opens its sandbox."""
    operations = Operations()

    def client(request):
        value = request.body.get("client") if isinstance(request.body, dict) else None
        return value if isinstance(value, str) else None

    @operations.handles("open", identify=client)
    def open_sandbox(_, context):
        return Reply(200, {"sandbox": context.sandbox_name})

    schema = {
        "type": "object",
        "required": ["client", "count"],
        "properties": {"client": {"type": "string"}, "count": {"type": "integer"}},
    }
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    paths = {"/open": {"post": {"operationId": "open", "security": [], "requestBody": body}}}
    http = client_of(toy_server(paths, operations), "toy")
    return lambda value: http.post("/open", json=value)


def test_the_body_opens_the_sandbox(post):
    reply = post({"client": "test-a", "count": 1})
    assert (reply.status_code, reply.json()) == (200, {"sandbox": "test-a"})


def test_a_name_that_opens_none_is_refused_as_a_credential(post):
    assert post({"client": "nobody", "count": 1}).status_code == 401
    assert post({"client": "nobody", "count": "x"}).status_code == 401


@pytest.mark.parametrize("value", [{}, {"count": 1}, {"client": 5, "count": 1}, [], None])
def test_a_body_too_wrong_to_name_one_is_refused_for_what_is_wrong(post, value):
    assert post(value).status_code == 422
