"""Whether a credential that is not accepted ends the call, or makes room for the next scheme's."""

from __future__ import annotations

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from tests.engine.toy import toy_server

SCHEMES = {
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "basic": {"type": "http", "scheme": "basic"},
}
GOOD, BAD, BROKEN = ("Basic dGVzdC1iOg==", "Basic bWU6", "Basic !")


@pytest.mark.parametrize(
    ("cookie", "basic", "sandbox", "sandbox_where_skipped"),
    [
        ("test-a", None, "test-a", "test-a"),
        ("test-a", GOOD, "test-a", "test-a"),
        ("test-a", BROKEN, "test-a", "test-a"),
        ("me", GOOD, None, "test-b"),
        ("me", BAD, None, None),
        ("me", BROKEN, None, None),
        ("me", None, None, None),
        (None, GOOD, "test-b", "test-b"),
        (None, BAD, None, None),
        (None, None, None, None),
    ],
)
def test_which_credential_counts(client_of, cookie, basic, sandbox, sandbox_where_skipped):
    operations = Operations()

    @operations.handles("who")
    def who(_, context):
        return Reply(200, {"sandbox": context.sandbox_name})

    headers = {"Cookie": cookie and f"session={cookie}", "Authorization": basic}
    headers = {name: value for name, value in headers.items() if value}
    document = {
        "components": {"securitySchemes": SCHEMES},
        "security": [{name: []} for name in SCHEMES],
    }
    for skips, expected in ((False, sandbox), (True, sandbox_where_skipped)):
        server = toy_server(
            {"/who": {"get": {"operationId": "who"}}},
            operations,
            document=document,
            skips_refused_credentials=skips,
        )
        answer = client_of(server, "toy").get("/who", headers=headers)
        assert answer.status_code == (200 if expected else 401)
        assert answer.json().get("sandbox") == expected
