"""An answer may have any media type of a range that the spec declares."""

from __future__ import annotations

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from tests.engine.toy import KEY, toy_server


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("image/png", 200),
        ("image/x-anything", 200),
        ("application/pdf", 200),
        ("text/plain", 500),
        ("application/json", 500),
    ],
)
def test_only_declared_types_and_ranges_go_out(client_of, media_type, status):
    operations = Operations()

    @operations.handles("show")
    def show(_, __):
        return Reply(200, b"\x89bytes", media_type=media_type)

    binary = {"schema": {"type": "string", "format": "binary"}}
    responses = {
        "200": {"description": "a file", "content": {"image/*": binary, "application/pdf": binary}}
    }
    server = toy_server(
        {"/file": {"get": {"operationId": "show", "responses": responses}}}, operations
    )
    answer = client_of(server, "toy").get("/file", headers=KEY)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["content-type"] == media_type
        assert answer.content == b"\x89bytes"
    else:
        assert answer.json()["pointer"] == "/headers/Content-Type"
