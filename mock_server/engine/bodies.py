"""Request body readers: JSON, form, multipart, text and bytes, validated against the schema.

What a schema says it `x-accepts` is made the type that it has before it is validated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_server.engine.errors import (
    MalformedRequest,
    UnsupportedMediaType,
    Violation,
)
from mock_server.engine.messages import Request, Upload
from mock_server.engine.parameters import coerce, parse_pairs
from mock_server.openapi.casts import Cast, cast_of
from mock_server.openapi.document import Json, RequestBody, SpecIndex
from mock_server.openapi.json_values import NotJson, read_json
from mock_server.openapi.multipart import MOST_FIELDS, NotMultipart, form_parts
from mock_server.openapi.schema import SchemaCompiler, errors_of, properties_of, violations_of

if TYPE_CHECKING:
    from mock_server.engine.api import Api

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class BodyReader:
    """Reads and validates the body of one operation.

    `api` says how: its `read_body`, if it has one, reads in place of what is here. A `judged` body
    is not validated; see `Implementation.judges_body`.
    """

    def __init__(
        self,
        body: RequestBody,
        spec: SpecIndex,
        compiler: SchemaCompiler,
        api: Api,
        *,
        judged: bool = False,
    ) -> None:
        self._judged = judged
        self._required = body.required
        self._empty_is_object = api.empty_body_is_object
        self._words = api.boolean_words
        self._reads = api.read_body
        self._media_types = tuple(media_type.lower() for media_type in body.content)
        self._properties: dict[str, Mapping[str, Json]] = {}
        self._validators = {}
        self._casts: dict[str, Cast] = {}
        for media_type, content in body.content.items():
            schema = content.get("schema", {})
            self._validators[media_type.lower()] = compiler.compile(schema, f"body {media_type}")
            self._properties[media_type.lower()] = {
                name: spec.typed(node) for name, node in properties_of(spec, schema)
            }
            cast = cast_of(spec, schema)
            if cast is not None:
                self._casts[media_type.lower()] = cast

    def read(self, request: Request, content: bytes) -> list[Violation]:
        """Fill in the request's body and return every violation of its schema.

        Raises UnsupportedMediaType and MalformedRequest.
        """
        if self._reads is not None:
            request.has_body = True
            request.body, request.media_type = self._reads(request, content)
            return self._validate(request.media_type, request.body)
        header = request.headers.get("content-type", "")
        media_type = header.partition(";")[0].strip().lower()
        known = media_type in self._media_types
        if not content and (not media_type or known):
            return self._read_nothing(request, media_type if known else self._media_types[0])
        if not known:
            raise UnsupportedMediaType(media_type, self._media_types)
        value = self._parse(media_type, header, content)
        if media_type in self._casts:
            value = self._casts[media_type](value)
        request.body, request.has_body, request.media_type = value, True, media_type
        return self._validate(media_type, value)

    def _read_nothing(self, request: Request, media_type: str) -> list[Violation]:
        if self._empty_is_object:
            request.body, request.has_body, request.media_type = {}, True, media_type
            return self._validate(media_type, {})
        if self._required:
            return [Violation("body", (), "required")]
        return []

    def _parse(self, media_type: str, content_type: str, content: bytes) -> Any:
        if media_type == JSON or media_type.endswith("+json"):
            try:
                return read_json(content)
            except NotJson as problem:
                raise MalformedRequest(problem.problem) from problem
        if media_type == FORM:
            text = _text(content)
            if text.count("&") >= MOST_FIELDS:
                raise MalformedRequest(f"the form has more than {MOST_FIELDS} fields")
            return self._fields(media_type, parse_pairs(text))
        if media_type == MULTIPART:
            return self._multipart(content_type, content)
        return _text(content) if media_type.startswith("text/") else content

    def _fields(self, media_type: str, values: Mapping[str, list[str]]) -> dict[str, Any]:
        """Form fields as an object; of several values for a scalar the last one counts."""
        properties = self._properties[media_type]
        body: dict[str, Any] = {}
        for name, texts in values.items():
            key = name.removesuffix("[]")
            schema = properties.get(key, properties.get(name, {}))
            if schema.get("type") == "array":
                items = schema.get("items", {})
                body[key] = [coerce(text, items, self._words) for text in texts]
            else:
                body[name] = coerce(texts[-1], schema, self._words)
        return body

    def _multipart(self, content_type: str, content: bytes) -> dict[str, Any]:
        fields: dict[str, list[str]] = {}
        uploads: dict[str, Upload] = {}
        try:
            parts = form_parts(content, content_type)
        except NotMultipart as problem:
            raise MalformedRequest(str(problem)) from problem
        for part in parts:
            if part.filename is not None:
                uploads[part.name] = Upload(part.filename, part.media_type, part.content)
                continue
            text = _text(part.content)
            if "\0" in text:
                raise MalformedRequest("a field contains a NUL character")
            fields.setdefault(part.name, []).append(text)
        return {**self._fields(MULTIPART, fields), **uploads}

    def _validate(self, media_type: str, value: Any) -> list[Violation]:
        if self._judged:
            return []
        validator = self._validators[media_type]
        checked = _without_uploads(value) if media_type == MULTIPART else value
        if isinstance(checked, bytes) or validator.is_valid(checked):
            return []
        return violations_of(errors_of(validator, checked), "body")


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as problem:
        raise MalformedRequest("the body is not valid UTF-8") from problem


def _without_uploads(body: dict[str, Any]) -> dict[str, Any]:
    """The body as its schema sees it: a file is a string of its declared format."""
    return {name: "" if isinstance(item, Upload) else item for name, item in body.items()}
