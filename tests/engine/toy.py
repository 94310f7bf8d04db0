"""A small API to try single parts of the engine on, built from a spec's paths and handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_server.app import MockServer, build_server
from mock_server.discovery import Vendor
from mock_server.engine.api import Api, ErrorTable, FirstCall, Operations, Renderer
from mock_server.engine.context import Context
from mock_server.engine.errors import (
    NEUTRAL_ERRORS,
    ApiError,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
)
from mock_server.engine.messages import Reply, Request, Upload
from mock_server.openapi.document import Json, SpecIndex
from mock_server.settings import Settings
from mock_server.state.store import Table

KEY = {"X-Key": "test"}
ANY_JSON: Json = {"description": "any", "content": {"application/json": {"schema": {}}}}
STATUSES = {
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


@dataclass(frozen=True, slots=True)
class Thing:
    """What toy handlers keep."""

    id: int
    name: str = ""


THINGS = Table("toy.things", Thing)


def _render(error: ApiError, _: Request) -> Reply:
    body: Json = {"error": type(error).__name__}
    headers = {}
    if isinstance(error, InvalidRequest):
        body["fields"] = [violation.field for violation in error.violations]
        body["violations"] = [
            [each.location, list(each.path), each.keyword, _shown(each.limit), _shown(each.value)]
            for each in error.violations
        ]
    if isinstance(error, MalformedRequest):
        body["problem"] = error.problem
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allow)
    return Reply(STATUSES[type(error).__name__], body, headers)


def _shown(value: Any) -> Any:
    return repr(value) if isinstance(value, tuple) else value


def parameter(name: str, location: str, schema: Json, **more: Any) -> Json:
    """A parameter object."""
    required = {"required": True} if location == "path" else {}
    return {"name": name, "in": location, "schema": schema, **required, **more}


def echo(request: Request, _: Context) -> Reply:
    """Answers with what the handler was given."""
    body = request.body
    if isinstance(body, dict):
        body = {name: _described(value) for name, value in body.items()}
    return Reply(
        200,
        {
            "path": request.path,
            "query": request.query,
            "header": request.header,
            "cookie": request.cookie,
            "body": body,
            "has_body": request.has_body,
            "base_url": request.base_url,
        },
    )


def _described(value: Any) -> Any:
    if isinstance(value, Upload):
        return [value.filename, value.media_type, value.content.hex()]
    return value


def count(context: Context) -> int:
    """Adds one more thing, and says how many there are."""
    context.state.put(THINGS, Thing(context.state.next_id(THINGS)))
    return context.state.count(THINGS)


def toy_document(paths: Json, **changes: Any) -> Json:
    """An OpenAPI document whose operations may answer any status with any JSON.

    Responses that an operation has itself come first; those that are None are not declared.
    """
    for item in paths.values():
        for operation in filter(lambda node: isinstance(node, dict), item.values()):
            responses = dict.fromkeys(("200", *map(str, STATUSES.values())), ANY_JSON)
            responses |= operation.get("responses", {})
            operation["responses"] = {key: value for key, value in responses.items() if value}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Toy", "version": "1"},
        "servers": [{"url": "https://toy.test"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            "responses": {"RouteNotFound": ANY_JSON, "MethodNotAllowed": ANY_JSON},
            **changes.pop("components", {}),
        },
    }
    return {**document, **changes}


def toy_vendor(
    document: Json,
    operations: Operations,
    *,
    name: str = "toy",
    renderers: Mapping[type[ApiError], Renderer] | None = None,
    **options: Any,
) -> Vendor:
    """A vendor of these operations; `renderers` replace some of the error table's."""
    defaults: dict[str, Any] = {
        "sandbox_key_of": lambda credential: credential.value,
        "seed": lambda *_: None,
        "first_call": FirstCall("/"),
    }
    errors = ErrorTable({**dict.fromkeys(NEUTRAL_ERRORS, _render), **(renderers or {})})
    api = Api(name=name, operations=operations, errors=errors, **{**defaults, **options})
    return Vendor(api, SpecIndex(name, document), Path())


def toy_server(
    paths: Json,
    operations: Operations,
    *,
    settings: Settings | None = None,
    document: Json | None = None,
    at_native_path: bool = False,
    **options: Any,
) -> MockServer:
    """A server of one API, `toy`; `document` has changes to its spec, `options` go to `Api`."""
    vendor = toy_vendor(toy_document(paths, **(document or {})), operations, **options)
    return build_server(settings=settings, vendors=[vendor], at_native_path=at_native_path)


def echo_operations(*operation_ids: str) -> Operations:
    """Operations that all answer with what they were given."""
    operations = Operations()
    operations.handles(*operation_ids)(echo)
    return operations
