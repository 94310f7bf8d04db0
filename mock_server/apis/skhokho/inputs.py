"""What Django and its REST framework make of a request's query and body.

Every rule here is theirs. Source: Django source (`http.request.QueryDict`,
`http.multipartparser`); Django REST Framework source (`rest_framework.parsers`, `utils.json`).
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from mock_server.engine.bodies import FORM, JSON, MULTIPART
from mock_server.engine.errors import MalformedRequest, UnsupportedMediaType
from mock_server.engine.messages import Request, Upload
from mock_server.openapi.json_values import any_number, is_too_deep, worded
from mock_server.openapi.multipart import (
    MOST_FIELDS,
    NotMultipart,
    header_parameters,
    is_boundary,
    read_multipart,
)

_UTF8 = "utf-8"
#: The framework's parsers in the order in which it tries them.
_MEDIA_TYPES = (JSON, FORM, MULTIPART)
#: Source: Django's `TooManyFieldsSent`; that it is worded as a parse error is inferred.
_TOO_MANY = "The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS."


def read_query(request: Request) -> Mapping[str, list[str]]:
    """Return a query's values by name, in the charset of the request's content type.

    Bytes that are not of that charset become U+FFFD.
    """
    if not request.query_string:
        return {}
    _, parameters = header_parameters(request.headers.get("content-type", ""))
    return _pairs(request.query_string.encode("latin-1"), _charset(parameters))


def read_body(request: Request, content: bytes) -> tuple[Any, str]:
    """Return a body's value and its media type; no body is an empty one, whatever its type.

    Raises MalformedRequest with the framework's whole text, and UnsupportedMediaType.
    """
    media_type, parameters = header_parameters(request.headers.get("content-type", ""))
    if not content:
        return {}, media_type if media_type in (FORM, MULTIPART) else JSON
    parser = next((each for each in _MEDIA_TYPES if _matches(each, media_type)), None)
    if parser is None:
        raise UnsupportedMediaType(media_type, _MEDIA_TYPES)
    charset = _charset(parameters)
    try:
        "".encode(charset)
    except (LookupError, UnicodeError) as problem:
        text = f'Unsupported charset "{charset}" in request Content-Type header.'
        raise MalformedRequest(text) from problem
    if parser == JSON:
        return _json(content, charset), JSON
    if parser == FORM:
        if content.count(b"&") >= MOST_FIELDS:
            raise MalformedRequest(_TOO_MANY)
        values = _pairs(content, charset)
        return {name: texts[-1] for name, texts in values.items()}, FORM
    return _form_of_parts(request, content, charset, parameters.get("boundary")), MULTIPART


def _matches(parser: str, media_type: str) -> bool:
    wanted, sent = parser.split("/"), media_type.split("/", 1)
    return len(sent) == len(wanted) and all(
        part in ("*", own) for own, part in zip(wanted, sent, strict=True)
    )


def _charset(parameters: Mapping[str, str]) -> str:
    """The charset that a content type names; UTF-8 where Python knows none of that name."""
    charset = parameters.get("charset", _UTF8)
    try:
        codecs.lookup(charset)
    except LookupError:
        return _UTF8
    return charset


def _pairs(content: bytes, charset: str) -> dict[str, list[str]]:
    try:
        text = content.decode(charset)
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, encoding=charset):
        values.setdefault(name, []).append(value)
    return values


def _json(content: bytes, charset: str) -> Any:
    try:
        text = codecs.getreader(charset)(io.BytesIO(content)).read()
        if text.startswith("\ufeff"):
            raise json.JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0)
        if is_too_deep(text):
            # The framework's own answer is an Internal Server Error, from some depth on.
            raise ValueError("the JSON is nested too deeply")
        return _DECODER.decode(text)
    except json.JSONDecodeError as problem:
        raise MalformedRequest(f"JSON parse error - {worded(problem)}") from problem
    except ValueError as problem:
        raise MalformedRequest(f"JSON parse error - {problem}") from problem


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"Out of range float values are not JSON compliant: {name!r}")


_DECODER = json.JSONDecoder(parse_float=any_number, parse_constant=_refuse_constant)


def _form_of_parts(
    request: Request, content: bytes, charset: str, boundary: str | None
) -> dict[str, Any]:
    """Fields and files of a multipart form; of a field and a file of one name, the file."""
    fields: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    try:
        header = request.headers["content-type"]
        if not header.startswith("multipart/"):
            raise NotMultipart(f"Invalid Content-Type: {header}")
        if not header.isascii():
            raise NotMultipart(f"Invalid non-ASCII Content-Type in multipart: {header}")
        if boundary is None or not is_boundary(boundary):
            raise NotMultipart(f"Invalid boundary in multipart: {boundary}")
        parts = read_multipart(content, boundary, lenient=True)
    except NotMultipart as problem:
        raise MalformedRequest(f"Multipart form parse error - {problem}") from problem
    for part in parts:
        name = part.name.encode().decode(charset, "replace")
        if part.filename is None:
            fields[name] = part.content.decode(charset, "replace")
        else:
            filename = part.filename.encode().decode(charset, "replace")
            files[name] = Upload(filename, part.media_type, part.content)
    return {**fields, **files}
