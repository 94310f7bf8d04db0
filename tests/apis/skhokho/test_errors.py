"""The neutral errors that no ordinary call ends in have Skhokho's wording too."""

from __future__ import annotations

import pytest

from mock_server.apis.skhokho.errors import ERRORS
from mock_server.engine.errors import (
    ApiError,
    Conflict,
    Forbidden,
    RateLimited,
    Unauthenticated,
)
from mock_server.engine.messages import Request

BASIC = {"authorization": "Basic dGVzdDo="}
MISSING = {"detail": "Authentication credentials were not provided."}


@pytest.mark.parametrize(
    ("error", "headers", "status", "body"),
    [
        (Unauthenticated("expired"), {}, 403, MISSING),
        (Unauthenticated("revoked"), {}, 403, MISSING),
        (Unauthenticated("expired"), BASIC, 403, {"detail": "Invalid username/password."}),
        (Unauthenticated("revoked"), BASIC, 403, {"detail": "User inactive or deleted."}),
        (
            Forbidden(),
            BASIC,
            403,
            {"detail": "You do not have permission to perform this action."},
        ),
        (
            RateLimited(10, 100, 1),
            {},
            429,
            {"detail": "Request was throttled. Expected available in 1 second."},
        ),
        (
            RateLimited(10, 100, 42),
            {},
            429,
            {"detail": "Request was throttled. Expected available in 42 seconds."},
        ),
        (Conflict("Already there."), {}, 400, {"non_field_errors": ["Already there."]}),
    ],
)
def test_wording(error: ApiError, headers: dict[str, str], status: int, body: object) -> None:
    reply = ERRORS.render(error, Request("GET", "/", "", "https://mock.test", headers))
    assert (reply.status, reply.body) == (status, body)
    assert reply.headers.get("Retry-After") == (
        str(error.retry_after) if isinstance(error, RateLimited) else None
    )
