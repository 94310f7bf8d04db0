"""Bodies that the API reads itself, and bodies that the handler judges and the spec does not."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.errors import MalformedRequest
from mock_server.engine.messages import Reply
from tests.engine.toy import KEY, parameter, toy_server

SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}}


@pytest.fixture
def post(client_of):
    """A function (content, what else is called with, **options of the API) → (status, body)."""

    def send(content: bytes, *, judged: bool = False, path: str = "/take", **options: Any) -> Any:
        operations = Operations()
        operations.handles("take", judges_body=judged)(
            lambda request, _: Reply(200, [request.body, request.query])
        )
        operation = {
            "operationId": "take",
            "parameters": [parameter("q", "query", {"type": "string", "maxLength": 1})],
            "requestBody": {"content": {"application/json": {"schema": SCHEMA}}},
        }
        server = toy_server({"/take": {"post": operation}}, operations, **options)
        client = client_of(server, "toy")
        return client.post(path, content=content, headers={**KEY, "Content-Type": "text/lines"})

    return send


def _lines(_, content):
    if not content.isascii():
        raise MalformedRequest("not ASCII")
    return dict(line.split("=") for line in content.decode().split()), "application/json"


def test_an_api_may_read_bodies_itself_and_the_spec_judges_what_it_reads(post):
    assert post(b"name=abc", read_body=_lines).json() == [{"name": "abc"}, {}]
    assert post(b"name=long", read_body=_lines).json()["fields"] == ["name"]
    refused = post(b"\xff", read_body=_lines)
    assert (refused.status_code, refused.json()["problem"]) == (400, "not ASCII")


def test_a_judged_body_is_not_validated(post):
    assert post(b"name=long", read_body=_lines, judged=True).json() == [{"name": "long"}, {}]


def test_an_api_may_read_queries_itself_and_the_spec_judges_what_it_reads(post):
    def read(request):
        return {"q": [request.query_string.swapcase()]}

    assert post(b"", read_body=_lines, read_query=read, path="/take?A").json() == [{}, {"q": "a"}]
    refused = post(b"", read_body=_lines, read_query=read, path="/take?Long")
    assert refused.json()["fields"] == ["q"]
