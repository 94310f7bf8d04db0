"""Request body readers: JSON, form, multipart, text and bytes, validated against the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from mock_server.engine.errors import (
    MalformedRequest,
    UnsupportedMediaType,
    Violation,
)
from mock_server.engine.messages import Request, Upload
from mock_server.engine.parameters import BooleanWords, coerce, parse_pairs
from mock_server.openapi.document import Json, RequestBody, SpecIndex
from mock_server.openapi.json_values import read_json
from mock_server.openapi.schema import SchemaCompiler, properties_of, violations_of

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class BodyReader:
    """Reads and validates the body of one operation.

    A `judged` body is read as `Implementation.judges_body` says, and not validated.
    """

    def __init__(
        self,
        body: RequestBody,
        spec: SpecIndex,
        compiler: SchemaCompiler,
        words: BooleanWords,
        *,
        empty_is_object: bool,
        judged: bool = False,
    ) -> None:
        self._judged = judged
        self._required = body.required
        self._empty_is_object = empty_is_object
        self._words = words
        self._media_types = tuple(media_type.lower() for media_type in body.content)
        self._properties: dict[str, Mapping[str, Json]] = {}
        self._validators = {}
        for media_type, content in body.content.items():
            schema = content.get("schema", {})
            self._validators[media_type.lower()] = compiler.compile(schema, f"body {media_type}")
            self._properties[media_type.lower()] = {
                name: spec.typed(node) for name, node in properties_of(spec, schema)
            }

    def read(self, request: Request, content: bytes) -> list[Violation]:
        """Fill in the request's body and return every violation of its schema.

        Raises UnsupportedMediaType and MalformedRequest.
        """
        header = request.headers.get("content-type", "")
        media_type, options = _media_type(header)
        known = media_type in self._media_types
        if not content and (not media_type or known or self._judged):
            return self._read_nothing(request, media_type if known else self._media_types[0])
        if not known:
            raise UnsupportedMediaType(media_type, self._media_types)
        value = self._parse(media_type, options, content)
        request.body, request.has_body, request.media_type = value, True, media_type
        return self._validate(media_type, value)

    def _read_nothing(self, request: Request, media_type: str) -> list[Violation]:
        if self._empty_is_object:
            request.body, request.has_body, request.media_type = {}, True, media_type
            return self._validate(media_type, {})
        if self._required:
            return [Violation("body", (), "required")]
        return []

    def _parse(self, media_type: str, options: Mapping[bytes, bytes], content: bytes) -> Any:
        if media_type == "application/json" or media_type.endswith("+json"):
            return read_json(content, storable=not self._judged)
        if media_type == FORM:
            pairs = parse_pairs(self._text(content), lenient=self._judged)
            return self._fields(media_type, pairs)
        if media_type == MULTIPART:
            return self._multipart(options, content)
        return self._text(content) if media_type.startswith("text/") else content

    def _text(self, content: bytes) -> str:
        try:
            return content.decode("utf-8", "replace" if self._judged else "strict")
        except UnicodeDecodeError as problem:
            raise MalformedRequest("the body is not valid UTF-8") from problem

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

    def _multipart(self, options: Mapping[bytes, bytes], content: bytes) -> dict[str, Any]:
        if b"boundary" not in options:
            raise MalformedRequest("the multipart body has no boundary")
        fields: dict[str, list[str]] = {}
        uploads: dict[str, Upload] = {}
        ends: list[bool] = []

        def on_field(field: Field) -> None:
            text = self._text(field.value or b"")
            if "\0" in text and not self._judged:
                raise MalformedRequest("a field contains a NUL character")
            fields.setdefault(self._text(field.field_name or b""), []).append(text)

        def on_file(file: File) -> None:
            file.file_object.seek(0)
            uploads[self._text(file.field_name or b"")] = Upload(
                filename=self._text(file.file_name or b""),
                media_type=getattr(file, "content_type", None) or "application/octet-stream",
                content=file.file_object.read(),
            )

        try:
            parser = FormParser(
                MULTIPART,
                on_field,
                on_file,
                lambda: ends.append(True),
                boundary=options[b"boundary"],
                config={"MAX_MEMORY_FILE_SIZE": len(content) + 1},
            )
            parser.write(content)
            parser.finalize()
        except FormParserError as problem:
            raise MalformedRequest("the multipart body cannot be read") from problem
        if not ends:
            raise MalformedRequest("the multipart body breaks off")
        return {**self._fields(MULTIPART, fields), **uploads}

    def _validate(self, media_type: str, value: Any) -> list[Violation]:
        if self._judged:
            return []
        validator = self._validators[media_type]
        checked = _without_uploads(value) if media_type == MULTIPART else value
        if isinstance(checked, bytes) or validator.is_valid(checked):
            return []
        return violations_of(validator.iter_errors(checked), "body")


def _media_type(header: str) -> tuple[str, Mapping[bytes, bytes]]:
    if header == "application/json":
        return header, {}
    media_type, options = parse_options_header(header)
    return media_type.decode("latin-1").lower(), options


def _without_uploads(body: dict[str, Any]) -> dict[str, Any]:
    """The body as its schema sees it: a file is a string of its declared format."""
    return {name: "" if isinstance(item, Upload) else item for name, item in body.items()}
