"""Parameter parsers, one per declared parameter, made once at start-up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from jsonschema_rs import Draft202012Validator

from mock_server.engine.errors import MalformedRequest, Violation
from mock_server.engine.messages import Request
from mock_server.openapi.document import Json, Parameter, SpecError, SpecIndex
from mock_server.openapi.schema import SchemaCompiler, errors_of, violations_of
from mock_server.openapi.security import parse_cookies

if TYPE_CHECKING:
    from mock_server.engine.api import Api

_INTEGER = re.compile(r"[+-]?[0-9]{1,300}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?")
_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_NO_VALUES: Mapping[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class BooleanWords:
    """The words that a vendor takes for true and false where text stands for a boolean."""

    true: frozenset[str] = frozenset({"true"})
    false: frozenset[str] = frozenset({"false"})


def coerce(text: str, schema: Json, words: BooleanWords) -> Any:
    """Return `text` as the JSON type that the (resolved) schema names, or unchanged.

    What cannot be converted stays text, so that validation reports it with what was sent.
    """
    kind = schema.get("type")
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return Decimal(text)
    if kind == "boolean":
        return True if text in words.true else False if text in words.false else text
    return text


def parse_pairs(text: str) -> dict[str, list[str]]:
    """Return the values of a query string or form, by name, in their order.

    Raises MalformedRequest for escapes that are not UTF-8, and for NUL.
    """
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError) as problem:
        raise MalformedRequest("a parameter is not valid UTF-8") from problem
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if "\0" in value or "\0" in name:
            raise MalformedRequest("a parameter contains a NUL character")
        values.setdefault(name, []).append(value)
    return values


def strict_query(request: Request) -> Mapping[str, list[str]]:
    """Return the values of a request's query by name; raises MalformedRequest as `parse_pairs`."""
    return parse_pairs(request.query_string) if request.query_string else _NO_VALUES


class ParameterParser:
    """Reads one declared parameter of a request and says how it breaks its schema."""

    def __init__(
        self,
        parameter: Parameter,
        spec: SpecIndex,
        compiler: SchemaCompiler,
        words: BooleanWords,
    ) -> None:
        schema = spec.typed(parameter.schema)
        self.name = parameter.name
        self.location = parameter.location
        self._required = parameter.required
        self._key = parameter.name.lower() if parameter.location == "header" else parameter.name
        self._words = words
        self._validator: Draft202012Validator = compiler.compile(
            parameter.schema, f"parameter {parameter.name}"
        )
        self._schema = schema
        self._items: Json | None = None
        if schema.get("type") == "array":
            self._items = spec.typed(schema.get("items", {}))
        elif schema.get("type") == "object":
            raise SpecError(f"parameter {parameter.name!r}: object parameters are not supported")
        if parameter.style not in _SEPARATORS:
            raise SpecError(f"parameter {parameter.name!r}: style {parameter.style!r} is unknown")
        self._separator = _SEPARATORS[parameter.style]
        self._explode = parameter.explode and parameter.location == "query"

    def read(self, values: list[str] | None, into: dict[str, Any]) -> list[Violation]:
        """Put the parameter's value under its name; return what is wrong with it.

        `values` has what was sent under the name, in order; of several values for a scalar the
        last one counts, as in the frameworks behind the vendors.
        """
        if not values:
            if self._required:
                return [Violation(self.location, (self.name,), "required")]
            return []
        value = self._value(values)
        into[self.name] = value
        if self._validator.is_valid(value):
            return []
        return violations_of(errors_of(self._validator, value), self.location, (self.name,))

    @property
    def key(self) -> str:
        """The name under which the transport carries it."""
        return self._key

    def _value(self, values: list[str]) -> Any:
        if self._items is None:
            return coerce(values[-1], self._schema, self._words)
        texts: Iterable[str] = values
        if not self._explode:
            texts = values[-1].split(self._separator) if values[-1] else []
            if self.location == "header":
                texts = [text.strip() for text in texts]
        return [coerce(text, self._items, self._words) for text in texts]


class ParameterReader:
    """Reads all declared parameters of one operation."""

    def __init__(
        self,
        parameters: Iterable[Parameter],
        spec: SpecIndex,
        compiler: SchemaCompiler,
        api: Api,
    ) -> None:
        words = api.boolean_words
        parsers = [ParameterParser(item, spec, compiler, words) for item in parameters]
        self._sources = {**_SOURCES, "query": _query_source(api)}
        self._by_location: list[tuple[str, list[ParameterParser]]] = [
            (location, [parser for parser in parsers if parser.location == location])
            for location in ("path", "query", "header", "cookie")
        ]
        self._by_location = [entry for entry in self._by_location if entry[1]]

    def read(self, request: Request, path_values: Mapping[str, Any]) -> list[Violation]:
        """Fill in the request's parameters and return every violation.

        Raises MalformedRequest if the query string cannot be read.
        """
        found: list[Violation] = []
        for location, parsers in self._by_location:
            values = self._sources[location](request, path_values)
            into = getattr(request, location)
            for parser in parsers:
                found += parser.read(values.get(parser.key), into)
        return found


def _query_source(api: Api) -> Callable[[Request, Mapping[str, Any]], Mapping[str, list[str]]]:
    return lambda request, _: api.read_query(request)


def _path_values(_: Request, path_values: Mapping[str, Any]) -> Mapping[str, list[str]]:
    return {name: [str(value)] for name, value in path_values.items()}


def _header_values(request: Request, _: Mapping[str, Any]) -> Mapping[str, list[str]]:
    return {name: [value] for name, value in request.headers.items()}


def _cookie_values(request: Request, _: Mapping[str, Any]) -> Mapping[str, list[str]]:
    cookies = parse_cookies(request.headers.get("cookie", ""))
    return {name: [value] for name, value in cookies.items()}


_SOURCES: dict[str, Callable[[Request, Mapping[str, Any]], Mapping[str, list[str]]]] = {
    "path": _path_values,
    "header": _header_values,
    "cookie": _cookie_values,
}
