"""Check every answer against the spec, and make bytes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator, ValidationError

from mock_server.engine.errors import ContractViolation
from mock_server.engine.messages import NO_BODY, Reply
from mock_server.engine.parameters import BooleanWords, coerce
from mock_server.openapi.document import Json, ResponseSpec, SpecIndex
from mock_server.openapi.pointers import join
from mock_server.openapi.schema import SchemaCompiler

_WORDS = BooleanWords()
_HEADER = re.compile(r"[\t -~\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Wire:
    """An answer as it goes out."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    required: bool
    schema: Json
    validator: Draft202012Validator


class ResponseWriter:
    """Checks and encodes the answers of one status of one operation."""

    def __init__(
        self, operation: str, response: ResponseSpec, spec: SpecIndex, compiler: SchemaCompiler
    ) -> None:
        self._operation = operation
        self._validators: dict[str, Draft202012Validator] = {
            media_type: compiler.compile(content.get("schema", {}), f"{operation} {media_type}")
            for media_type, content in response.content.items()
        }
        self._default = next(iter(self._validators), None)
        self._headers = [
            _Header(
                name,
                bool(header.get("required", False)),
                spec.resolve(header.get("schema", {})),
                compiler.compile(header.get("schema", {}), f"{operation} header {name}"),
            )
            for name, header in response.headers.items()
        ]

    def write(self, reply: Reply) -> Wire:
        """Return the encoded answer; raises ContractViolation if the spec does not allow it."""
        headers = [self._header(name, value) for name, value in reply.headers.items()]
        if self._headers:
            self._check_headers(reply.headers)
        body = b""
        media_type = reply.media_type or self._default
        if reply.body is NO_BODY:
            if self._default is not None:
                raise ContractViolation(self._operation, "/body", "there is none")
        else:
            validator = self._validator_of(media_type)
            if media_type is None or validator is None:
                raise ContractViolation(
                    self._operation, "/headers/Content-Type", f"{media_type} is not declared"
                )
            body = self._encode(media_type, reply.body, validator)
            headers.append(_content_type(media_type))
        if reply.status not in {204, 304}:
            headers.append(_content_length(len(body)))
        return Wire(reply.status, headers, body)

    def defects(self, reply: Reply) -> list[ContractViolation]:
        """Return every way in which the spec does not allow an answer, none if it does."""
        media_type = reply.media_type or self._default
        validator = self._validator_of(media_type)
        if media_type and _is_json(media_type) and validator and reply.body is not NO_BODY:
            if validator.is_valid(reply.body):
                return []
            return [self._breach(error) for error in validator.iter_errors(reply.body)]
        try:
            self.write(reply)
        except ContractViolation as defect:
            return [defect]
        return []

    def _breach(self, error: ValidationError) -> ContractViolation:
        pointer = join("/body", *error.instance_path)
        return ContractViolation(self._operation, pointer, error.message)

    def _validator_of(self, media_type: str | None) -> Draft202012Validator | None:
        """The validator of a media type, declared itself or by a range such as `image/*`."""
        if media_type in self._validators or media_type is None:
            return self._validators.get(media_type or "")
        return self._validators.get(f"{media_type.partition('/')[0]}/*")

    def _encode(self, media_type: str, body: Any, validator: Draft202012Validator) -> bytes:
        if isinstance(body, bytes) and not _is_json(media_type):
            return body
        if not validator.is_valid(body):
            raise self._breach(next(iter(validator.iter_errors(body))))
        if media_type.startswith("text/"):
            return str(body).encode()
        try:
            return encode_json(body)
        except TypeError as problem:
            raise ContractViolation(self._operation, "/body", str(problem)) from problem

    def _header(self, name: str, value: str) -> tuple[bytes, bytes]:
        if not _HEADER.fullmatch(value):
            raise ContractViolation(
                self._operation, f"/headers/{name}", f"{value!r} fits in no header"
            )
        return name.lower().encode("latin-1"), value.encode("latin-1")

    def _check_headers(self, sent: Mapping[str, str]) -> None:
        values = {name.lower(): value for name, value in sent.items()}
        for header in self._headers:
            value = values.get(header.name.lower())
            if value is None:
                if header.required:
                    raise ContractViolation(
                        self._operation, f"/headers/{header.name}", "a required header is missing"
                    )
            elif not header.validator.is_valid(coerce(value, header.schema, _WORDS)):
                raise ContractViolation(
                    self._operation, f"/headers/{header.name}", f"{value!r} breaks its schema"
                )


def _is_json(media_type: str) -> bool:
    return media_type.startswith("application/json") or media_type.endswith("+json")


def encode_json(value: Any) -> bytes:
    """Return compact JSON in UTF-8; a Decimal becomes a number with exactly its digits."""
    try:
        return orjson.dumps(value, default=_exact)
    except orjson.JSONEncodeError:
        # Whole numbers of more than 64 bits, which orjson refuses; or what is no JSON at all.
        return orjson.dumps(_with_wide_integers(value), default=_exact)


def _with_wide_integers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_wide_integers(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_wide_integers(item) for item in value]
    if isinstance(value, int) and value.bit_length() > 63:
        return orjson.Fragment(str(value))
    return value


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} is not JSON")


# The journal keeps headers, so equal ones are the same.
@lru_cache(maxsize=256)
def _content_type(media_type: str) -> tuple[bytes, bytes]:
    if media_type.startswith("text/") and "charset" not in media_type:
        media_type += "; charset=utf-8"
    return b"content-type", media_type.encode("latin-1")


@lru_cache(maxsize=4096)
def _content_length(length: int) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % length
