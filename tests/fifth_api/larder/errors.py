"""How Larder words every error."""

from __future__ import annotations

from mock_server.engine.api import ErrorTable, Renderer
from mock_server.engine.errors import (
    NEUTRAL_ERRORS,
    InvalidRequest,
    MethodNotAllowed,
)
from mock_server.engine.messages import Reply, Request

_STATUSES = {
    "Unauthenticated": 401,
    "Forbidden": 403,
    "RouteNotFound": 404,
    "RecordNotFound": 404,
    "MalformedRequest": 400,
    "UnsupportedMediaType": 415,
    "PayloadTooLarge": 413,
    "Conflict": 409,
    "RateLimited": 429,
}


def _plain(error: Exception, _: Request) -> Reply:
    name = type(error).__name__
    return Reply(_STATUSES[name], {"problem": name})


def _invalid(error: InvalidRequest, _: Request) -> Reply:
    fields = [violation.field for violation in error.violations]
    return Reply(422, {"problem": "InvalidRequest", "fields": fields})


def _method(error: MethodNotAllowed, _: Request) -> Reply:
    return Reply(405, {"problem": "MethodNotAllowed"}, {"Allow": ", ".join(error.allow)})


_RENDERERS: dict[type, Renderer] = dict.fromkeys(NEUTRAL_ERRORS, _plain)
ERRORS = ErrorTable({**_RENDERERS, InvalidRequest: _invalid, MethodNotAllowed: _method})
