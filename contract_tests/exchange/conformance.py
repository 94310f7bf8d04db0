"""Hold one answer to the spec: its status, headers, media type and body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from mock_server.engine.parameters import BooleanWords, coerce
from mock_server.openapi.document import Json, ResponseSpec, SpecIndex
from mock_server.openapi.pointers import join
from mock_server.openapi.schema import SchemaCompiler

_WORDS = BooleanWords()
_BODILESS = frozenset({204, 304})
#: So many answers are remembered as they were read and judged.
_PAGES = 32


@dataclass(frozen=True, slots=True)
class ContractProblem:
    """How an answer breaks the spec: where in the answer (`/status`, `/body/name`), and how."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}"


class Contract:
    """What one spec allows its operations to answer."""

    def __init__(self, spec: SpecIndex) -> None:
        self._spec = spec
        self._compiler = SchemaCompiler.of(spec)
        self._responses: dict[tuple[str, int], _Allowed] = {}

    def problems(
        self,
        operation_id: str,
        status: int,
        headers: Mapping[str, str],
        content: bytes,
        *,
        head: bool = False,
    ) -> list[ContractProblem]:
        """Return every way in which an answer breaks the spec; none if it keeps to it.

        Header names may be of any case. With `head` the answer is one to HEAD, without a body.
        """
        allowed = self._allowed(operation_id, status)
        if allowed is None:
            return [ContractProblem("/status", f"{status} is not declared for {operation_id}")]
        sent = {name.lower(): value for name, value in headers.items()}
        found = list(allowed.in_headers(sent))
        return (
            found if head else [*found, *_in_body(allowed, sent.get("content-type", ""), content)]
        )

    def _allowed(self, operation_id: str, status: int) -> _Allowed | None:
        key = operation_id, status
        if key not in self._responses:
            response = self._spec.operations[operation_id].responses.get(status)
            if response is None:
                return None
            self._responses[key] = _Allowed(status, response, self._spec, self._compiler)
        return self._responses[key]


class _Allowed:
    """What one status of one operation may look like."""

    def __init__(
        self, status: int, response: ResponseSpec, spec: SpecIndex, compiler: SchemaCompiler
    ) -> None:
        self._status = status
        self._bodies = {
            media_type.lower(): compiler.compile(content.get("schema", {}), media_type)
            for media_type, content in response.content.items()
        }
        self._headers: list[tuple[str, bool, Json, Draft202012Validator]] = [
            (
                name.lower(),
                bool(header.get("required", False)),
                spec.resolve(header.get("schema", {})),
                compiler.compile(header.get("schema", {}), name),
            )
            for name, header in response.headers.items()
        ]

    def in_headers(self, sent: Mapping[str, str]) -> Iterator[ContractProblem]:
        """Yield what is wrong with the headers, whose names are in lower case."""
        for name, required, schema, validator in self._headers:
            value = sent.get(name)
            if value is None:
                if required:
                    yield ContractProblem(f"/headers/{name}", "a required header is missing")
            elif not validator.is_valid(coerce(value, schema, _WORDS)):
                yield ContractProblem(f"/headers/{name}", f"{value!r} breaks its schema")

    def in_body(self, content_type: str, content: bytes) -> Iterator[ContractProblem]:
        """Yield what is wrong with the media type and the body."""
        if not self._bodies or self._status in _BODILESS:
            if content:
                yield ContractProblem("/body", f"{len(content)} bytes where there is none")
            return
        media_type = content_type.partition(";")[0].strip().lower()
        validator = self._bodies.get(media_type) or self._bodies.get(
            f"{media_type.partition('/')[0]}/*"
        )
        if validator is None:
            yield ContractProblem(
                "/headers/content-type", f"{media_type or 'nothing'} is not declared"
            )
            return
        body: Any = content
        if is_json(media_type):
            try:
                body = read_json(content)
            except ValueError as problem:
                yield ContractProblem("/body", f"not JSON: {problem}")
                return
        elif media_type.startswith("text/"):
            body = content.decode("utf-8", "replace")
        else:
            return
        for error in validator.iter_errors(body):
            where = join("", *error.instance_path)
            yield ContractProblem(f"/body{where}", error.message)


# Lists are walked again and again, and few of their pages are others than the last time.
@lru_cache(maxsize=_PAGES)
def _in_body(allowed: _Allowed, content_type: str, content: bytes) -> tuple[ContractProblem, ...]:
    return tuple(allowed.in_body(content_type, content))


@lru_cache(maxsize=_PAGES)
def read_json(content: bytes) -> Any:
    """Return the JSON value of a body, which nobody may change; fractions are `Decimal`.

    Raises ValueError for what is no JSON in UTF-8.
    """
    try:
        return json.loads(content.decode("utf-8"), parse_float=Decimal, parse_constant=_refused)
    except (RecursionError, InvalidOperation) as problem:
        raise ValueError(str(problem)) from problem


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def is_json(media_type: str) -> bool:
    """Say whether bodies of a media type are JSON."""
    return media_type.startswith("application/json") or media_type.endswith("+json")


@lru_cache(maxsize=16)
def contract_of(spec: SpecIndex) -> Contract:
    """Return the one contract of a spec."""
    return Contract(spec)


def problems(
    spec: SpecIndex,
    operation_id: str,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
) -> list[str]:
    """Return every way in which an answer breaks the spec, a line each."""
    found = contract_of(spec).problems(operation_id, status, headers, content)
    return [str(problem) for problem in found]
