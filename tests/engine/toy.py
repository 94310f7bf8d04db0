"""A small API to try single options of the engine on, built from a spec's paths and handlers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mock_server.app import MockServer, build_server
from mock_server.discovery import Vendor
from mock_server.engine.api import Api, ErrorTable, FirstCall, Operations
from mock_server.engine.errors import NEUTRAL_ERRORS, ApiError, InvalidRequest, MethodNotAllowed
from mock_server.engine.messages import Reply, Request
from mock_server.engine.spec import Json, SpecIndex

_STATUSES = {
    "Unauthenticated": 401,
    "Forbidden": 403,
    "RouteNotFound": 404,
    "MethodNotAllowed": 405,
    "RecordNotFound": 404,
    "MalformedRequest": 400,
    "UnsupportedMediaType": 415,
    "PayloadTooLarge": 413,
    "InvalidRequest": 422,
    "Conflict": 409,
    "RateLimited": 429,
}


def _render(error: ApiError, _: Request) -> Reply:
    body: Json = {"error": type(error).__name__}
    headers = {}
    if isinstance(error, InvalidRequest):
        body["fields"] = [violation.field for violation in error.violations]
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allow)
    return Reply(_STATUSES[type(error).__name__], body, headers)


def toy_server(paths: Json, operations: Operations, **options: Any) -> MockServer:
    """Return a server of one API, `toy`, whose operations may answer any status with any JSON."""
    for item in paths.values():
        for operation in item.values():
            declared = operation.setdefault("responses", {})
            for status in ("200", *map(str, _STATUSES.values())):
                declared.setdefault(
                    status,
                    {"description": "any", "content": {"application/json": {"schema": {}}}},
                )
    refusal = {"description": "refused", "content": {"application/json": {"schema": {}}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Toy", "version": "1"},
        "servers": [{"url": "https://toy.test"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            "responses": {"RouteNotFound": refusal, "MethodNotAllowed": refusal},
        },
    }
    api = Api(
        name="toy",
        operations=operations,
        errors=ErrorTable(dict.fromkeys(NEUTRAL_ERRORS, _render)),
        word_of=lambda credential: credential.value,
        seed=lambda *_: None,
        first_call=FirstCall("/"),
        **options,
    )
    return build_server(vendors=[Vendor(api, SpecIndex("toy", document), Path())])


KEY = {"X-Key": "test"}
