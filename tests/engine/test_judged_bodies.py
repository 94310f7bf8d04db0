"""Bodies that the handler judges arrive as they were sent, and are not validated."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from tests.engine.toy import KEY, toy_server

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "b"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture(params=[True, False], ids=["judged", "validated"])
def judged(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def post(judged, client_of):
    """A function (content, content type) → (status, body that the handler got)."""
    operations = Operations()
    seen: list[Any] = []

    @operations.handles("take", judges_body=judged)
    def take(request, _):
        seen.append(request.body)
        return Reply(200, {})

    schema = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}}
    content = {
        media_type: {"schema": schema}
        for media_type in ("application/json", FORM, "multipart/form-data")
    }
    server = toy_server(
        {"/take": {"post": {"operationId": "take", "requestBody": {"content": content}}}},
        operations,
        empty_body_is_object=True,
    )
    client = client_of(server, "toy")

    def send(body: bytes, media_type: str) -> tuple[int, Any]:
        seen.clear()
        reply = client.post("/take", content=body, headers={**KEY, "Content-Type": media_type})
        return reply.status_code, seen[0] if seen else None

    return send


@pytest.mark.parametrize(
    ("content", "media_type", "body", "status_when_validated"),
    [
        (b'{"name": "long"}', "application/json", {"name": "long"}, 422),
        (b"[1]", "application/json", [1], 422),
        (rb'{"name": "\u0000"}', "application/json", {"name": "\0"}, 400),
        (rb'{"name": "\ud800"}', "application/json", {"name": "\ud800"}, 400),
        (b"name=long", FORM, {"name": "long"}, 422),
        (b"name=%00", FORM, {"name": "\0"}, 400),
        (b"name=%ff", FORM, {"name": "\ufffd"}, 400),
        (
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\0\xff\r\n--b--\r\n',
            MULTIPART,
            {"name": "\0\ufffd"},
            400,
        ),
        (b"", "text/plain", {}, 415),
    ],
)
def test_a_judged_body_arrives_as_it_was_sent(
    post, judged, content, media_type, body, status_when_validated
):
    assert post(content, media_type) == ((200, body) if judged else (status_when_validated, None))


def test_what_cannot_be_read_at_all_is_refused_all_the_same(post):
    assert post(b"{", "application/json") == (400, None)
    assert post(b"[" * 100 + b"]" * 100, "application/json") == (400, None)
    assert post(b"name", "text/plain") == (415, None)


def test_a_valid_body_is_the_same_either_way(post):
    assert post(b'{"name": "abc"}', "application/json") == (200, {"name": "abc"})
    assert post(b"", "") == (200, {})
