"""Harmless variants: other services that keep to the same document as well."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lab.mutants.bodies import edited, places
from lab.mutants.defect import Scene
from lab.mutants.messages import Interceptor, Request, Response, Service
from mock_server.engine.replies import encode_json
from mock_server.lifecycle.pointers import ABSENT
from mock_server.openapi.document import Json, OperationSpec

_REFUSED = 400


@dataclass(frozen=True, slots=True)
class Variant:
    """A service that differs where the document leaves it free; `plant` makes it so."""

    name: str
    description: str
    plant: Callable[[Scene], Interceptor]


VARIANTS: list[Variant] = []
_Change = Callable[[Response, Request, Scene], Response]


def _variant(name: str, description: str) -> Callable[[_Change], _Change]:
    def register(change: _Change) -> _Change:
        def plant(scene: Scene) -> Interceptor:
            def intercept(request: Request, service: Service) -> Response:
                return change(service.send(request), request, scene)

            return intercept

        VARIANTS.append(Variant(name, description, plant))
        return change

    return register


def _schema(given: Response, request: Request, scene: Scene) -> Json | None:
    """The schema of an answer's JSON, if it has a declared one."""
    operation: OperationSpec | None = scene.vendor.spec.operations.get(request.operation)
    response = operation.responses.get(given.status) if operation is not None else None
    found = response.content.get(given.media_type, {}) if response is not None else {}
    schema: Json | None = found.get("schema")
    return schema if given.json is not ABSENT else None


@_variant("keys in another order", "objects have their properties from the last to the first")
def _keys_turned(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    body = given.json
    return given if body is ABSENT else given.with_json(_turned(body))


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(each) for each in value] if isinstance(value, list) else value


@_variant("offset as numbers", "times end in +00:00 instead of Z, where the format allows it")
def _offset_in_numbers(given: Response, request: Request, scene: Scene) -> Response:
    def spelled(old: Any) -> Any:
        return old[:-1] + "+00:00" if isinstance(old, str) and old.endswith("Z") else old

    return _formatted(given, request, scene, "date-time", spelled)


def _formatted(
    given: Response, request: Request, scene: Scene, name: str, change: Callable[[Any], Any]
) -> Response:
    """Change every text of a format that no pattern narrows further."""
    schema = _schema(given, request, scene)
    if schema is None:
        return given
    body = given.json
    for place in places(scene.vendor.spec, schema):
        if place.schema.get("format") == name and "pattern" not in place.schema:
            body = edited(body, place.pointer, change)
    return given.with_json(body)


@_variant("a property more", "objects that may have others have a property that nobody declared")
def _one_more(given: Response, request: Request, scene: Scene) -> Response:
    schema = _schema(given, request, scene)
    body = given.json
    if schema is None or not isinstance(body, dict):
        return given
    resolved = scene.vendor.spec.typed(schema)
    if resolved.get("additionalProperties", True) is False or resolved.get("type") != "object":
        return given
    return given.with_json({**body, "x_trace": "7f"})


@_variant("other words", "refusals have another text where any text is allowed")
def _other_words(given: Response, request: Request, scene: Scene) -> Response:
    schema = _schema(given, request, scene)
    if schema is None or given.status < _REFUSED:
        return given
    body = given.json
    for place in places(scene.vendor.spec, schema):
        free = {"enum", "pattern", "format", "maxLength", "const"}.isdisjoint(place.schema)
        if place.schema.get("type") == "string" and free and "message" in place.pointer:
            body = edited(body, place.pointer, lambda old: f"Sorry. {old}")
    return given.with_json(body)


@_variant("shorter words", "refusals have hardly a text")
def _shorter_words(given: Response, request: Request, scene: Scene) -> Response:
    schema = _schema(given, request, scene)
    if schema is None or given.status < _REFUSED:
        return given
    body = given.json
    for place in places(scene.vendor.spec, schema):
        free = {"enum", "pattern", "format", "minLength", "const"}.isdisjoint(place.schema)
        if place.schema.get("type") == "string" and free and "message" in place.pointer:
            body = edited(body, place.pointer, lambda _: "no")
    return given.with_json(body)


@_variant("403 as 404", "what one account may not see is not there, if both are declared")
def _hidden(given: Response, request: Request, scene: Scene) -> Response:
    operation = scene.vendor.spec.operations.get(request.operation)
    if operation is None or given.status != 403 or not _same_schema(operation, 403, 404):
        return given
    return replace(given, status=404)


def _same_schema(operation: OperationSpec, one: int, other: int) -> bool:
    responses = operation.responses
    return other in responses and responses[one].content == responses[other].content


@_variant("other media type spelling", "the content type is in capitals and names its charset")
def _charset(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    if given.media_type != "application/json":
        return given
    return given.with_header(b"content-type", b"Application/JSON; charset=UTF-8")


@_variant("more headers", "answers have headers that no document names")
def _more_headers(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    more = ((b"x-request-id", b"f00d"), (b"server", b"nginx"), (b"cache-control", b"no-store"))
    return replace(given, headers=(*given.headers, *more))


@_variant("header names in capitals", "the names of headers are in another case")
def _header_case(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    return replace(given, headers=tuple((n.title(), v) for n, v in given.headers))


@_variant("JSON with spaces", "JSON is written over several lines")
def _pretty(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    body = given.json
    if body is ABSENT:
        return given
    # Between tokens, as numbers must keep their digits.
    compact = encode_json(body).decode()
    spaced, quoted, escaped = [], False, False
    for letter in compact:
        spaced.append(letter)
        if quoted:
            escaped, quoted = letter == "\\" and not escaped, letter != '"' or escaped
        elif letter == '"':
            quoted = True
        elif letter in ",:{[":
            spaced.append("\n  ")
    return given.with_body("".join(spaced).encode())


@_variant("escaped letters", "letters beyond ASCII are written as escapes")
def _escaped(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    if given.json is ABSENT:
        return given
    text = given.body.decode()
    return given.with_body(
        "".join(each if each.isascii() else json.dumps(each)[1:-1] for each in text).encode()
    )


@_variant("escaped slashes", "slashes in texts are escaped, as PHP does")
def _slashes(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    return given if given.json is ABSENT else given.with_body(given.body.replace(b"/", rb"\/"))


@_variant("fractions of a second", "times have milliseconds, where the format allows it")
def _milliseconds(given: Response, request: Request, scene: Scene) -> Response:
    def spelled(old: Any) -> Any:
        whole = isinstance(old, str) and old.endswith("Z") and "." not in old
        return f"{old[:-1]}.000Z" if whole else old

    return _formatted(given, request, scene, "date-time", spelled)


@_variant("a newline at the end", "bodies end in a newline")
def _newline(given: Response, request: Request, scene: Scene) -> Response:
    del request, scene
    return given if given.json is ABSENT else given.with_body(given.body + b"\n")


def _slow(scene: Scene) -> Interceptor:
    del scene

    def intercept(request: Request, service: Service) -> Response:
        time.sleep(0.002)
        return service.send(request)

    return intercept


def _zipped(scene: Scene) -> Interceptor:
    del scene

    def intercept(request: Request, service: Service) -> Response:
        given = service.send(request)
        accepted = request.header("accept-encoding") or ""
        if not given.body or "gzip" not in accepted or request.method == "HEAD":
            return given
        zipped = given.with_body(gzip.compress(given.body, mtime=0))
        return zipped.with_header(b"content-encoding", b"gzip")

    return intercept


VARIANTS += [
    Variant("slower", "each answer takes two milliseconds more", _slow),
    Variant("compressed", "answers are compressed for those who take that", _zipped),
]
