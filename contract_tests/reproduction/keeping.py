"""One way in which an answer broke the spec, as a claim that needs no spec to be judged.

It holds the keyword of the schema that was violated, and the place in the answer. What judges it is
of the standard library alone: it is taken to wherever a reproduction runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from contract_tests.claims.answers import Conforms
from contract_tests.claims.claim import CannotTell, Claim, ClaimContext, Number
from contract_tests.exchange.conformance import contract_of
from contract_tests.exchange.trace import MISSING, Exchange, Trace
from mock_server.lifecycle.model import Lifecycle
from mock_server.lifecycle.values import UnparsableValue, instant
from mock_server.openapi.document import ResponseSpec, SpecIndex
from mock_server.openapi.schema import SchemaCompiler, translate

_ANY = "*"
_FORMATS = {
    "date": r"\d{4}-\d\d-\d\d",
    "date-time": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d.*",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>{}|\\^`\"]*",
    "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}


@dataclass(frozen=True, slots=True)
class KeepsTo(Claim):
    """What is at a place of an answer keeps to a schema.

    The place is `/status`, `/size` (in bytes), `/json` (whether the body is some), `/headers/NAME`
    or `/body` with a JSON pointer, in which `*` is every member of a list.
    """

    answer: Number
    place: str
    schema: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """The place."""
        return self.place.replace("/size", "/body").replace("/json", "/body")

    def violation(self, context: ClaimContext, trace: Trace) -> str | None:
        """Return how it does not hold, or None; raises CannotTell where nothing is at the place."""
        exchange = trace[self.answer]
        for value in values_at(exchange, self.place):
            wrong = breach(value, self.schema)
            if wrong is not None:
                return f"{exchange}: {self.subject}: {wrong}"
        return None


def values_at(exchange: Exchange, place: str) -> Iterator[Any]:
    """Yield what an answer has at a place; raises CannotTell if nothing can be there."""
    answer = exchange.answer
    kind, _, name = place[1:].partition("/")
    if kind == "headers":
        sent = answer.headers.get(name, MISSING)
        if name == "content-type":
            sent = str(sent or "").partition(";")[0].strip().lower()
        yield {} if sent is MISSING else {"value": sent}
        return
    if kind != "body":
        yield {"status": answer.status, "size": len(answer.content), "json": answer.body is not
               MISSING}[kind]  # fmt: skip
        return
    if answer.body is MISSING:
        raise CannotTell(f"{exchange}: its body cannot be read")
    found = [answer.body]
    parts = [part.replace("~1", "/").replace("~0", "~") for part in name.split("/") if name]
    for part in parts:
        if part == _ANY:
            found = [each for one in found if isinstance(one, list) for each in one]
        else:
            objects = [one for one in found if isinstance(one, dict)]
            found = [one[part] for one in objects if part in one]
            if objects and not found and part == parts[-1]:
                # What may be left out is right where it is.
                return
    if not found:
        raise CannotTell(f"{exchange}: it has nothing at {place}")
    yield from found


def breach(value: Any, schema: Any) -> str | None:
    """Return how a value breaks a schema of JSON Schema, or None."""
    if isinstance(schema, bool):
        return None if schema else f"{_short(value)} may not be there"
    for keyword, wanted in schema.items():
        if not _fits(value, keyword, wanted, schema):
            return f"{_short(value)} breaks {keyword}: {_short(wanted)}"
    return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."


def _fits(value: Any, keyword: str, wanted: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value is right by one keyword, as far as that is about values of its kind."""
    if keyword in _COMBINING:
        return bool(_COMBINING[keyword]([breach(value, each) is None for each in wanted]))
    if keyword == "not":
        return breach(value, wanted) is not None
    if keyword == "type":
        return any(_is_a(value, each) for each in ([wanted] if isinstance(wanted, str) else wanted))
    if keyword in ("enum", "const"):
        return any(_same(value, each) for each in (wanted if keyword == "enum" else [wanted]))
    if keyword == "additionalProperties":
        known = schema.get("properties", {})
        fields = value.items() if isinstance(value, dict) else ()
        more = [each for name, each in fields if name not in known]
        return all(breach(each, wanted) is None for each in more)
    if keyword not in _RULES:
        raise CannotTell(f"{keyword} is not known")
    kind, rule = _RULES[keyword]
    if kind == "number" and _is_a(value, kind):
        return bool(rule(Decimal(value), Decimal(str(wanted))))
    return kind == "number" or not _is_a(value, kind) or bool(rule(value, wanted))


_COMBINING: Mapping[str, Callable[[list[bool]], bool]] = {
    "allOf": all,
    "anyOf": any,
    "oneOf": lambda right: right.count(True) == 1,
}
#: Keywords, with the kind of values that they are about and what they say of one.
_RULES: Mapping[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "pattern": ("string", lambda value, wanted: re.search(_python_pattern(wanted), value)),
    "format": ("string", lambda value, wanted: _has_format(value, wanted)),
    "minLength": ("string", lambda value, wanted: len(value) >= wanted),
    "maxLength": ("string", lambda value, wanted: len(value) <= wanted),
    "minItems": ("array", lambda value, wanted: len(value) >= wanted),
    "maxItems": ("array", lambda value, wanted: len(value) <= wanted),
    "uniqueItems": ("array", lambda value, wanted: not (wanted and _repeats(value))),
    "items": ("array", lambda value, wanted: all(breach(each, wanted) is None for each in value)),
    "required": ("object", lambda value, wanted: all(name in value for name in wanted)),
    "properties": (
        "object",
        lambda value, wanted: all(breach(value[one], wanted[one]) is None for one in wanted
                                  if one in value),
    ),
    "minProperties": ("object", lambda value, wanted: len(value) >= wanted),
    "maxProperties": ("object", lambda value, wanted: len(value) <= wanted),
    "minimum": ("number", lambda value, wanted: value >= wanted),
    "maximum": ("number", lambda value, wanted: value <= wanted),
    "exclusiveMinimum": ("number", lambda value, wanted: value > wanted),
    "exclusiveMaximum": ("number", lambda value, wanted: value < wanted),
    "multipleOf": ("number", lambda value, wanted: value % wanted == 0),
}  # fmt: skip


def _is_a(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return number and (kind == "number" or value == int(value))
    kinds = {"null": type(None), "boolean": bool, "string": str, "array": list, "object": dict}
    return isinstance(value, kinds[kind])


def _same(one: Any, other: Any) -> bool:
    other = Decimal(str(other)) if isinstance(other, float) else other
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _python_pattern(pattern: str) -> str:
    """A pattern of JSON Schema, whose `$` is the very end."""
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def _repeats(values: list[Any]) -> bool:
    return any(each in values[:place] for place, each in enumerate(values))


def _has_format(value: str, name: str) -> bool:
    if name not in _FORMATS:
        raise CannotTell(f"the format {name} is not known")
    try:
        if name == "date-time":
            instant(value)
        elif name == "date":
            date.fromisoformat(value)
    except (ValueError, UnparsableValue):
        return False
    return re.fullmatch(_FORMATS[name], value) is not None


def self_contained(claim: Claim, trace: Trace, spec: SpecIndex) -> Claim:
    """Return a claim that needs no spec: for one that an answer conforms, what it broke.

    Where a schema's own words cannot be taken along, it is that the answer does not show there what
    it has shown.
    """
    if not isinstance(claim, Conforms):
        return claim
    exchange = trace[claim.answer]
    answer, operation = exchange.answer, spec.operations[exchange.call.operation]
    response = operation.responses.get(answer.status)
    if answer.status >= 500 or response is None or claim.pointer == "/status":
        declared = [each for each in operation.responses if each < 500]
        return KeepsTo(claim.answer, "/status", {"enum": declared})
    found = contract_of(spec).problems(operation.id, answer.status, answer.headers, answer.content)
    pointers = [problem.pointer for problem in found]
    pointer = claim.pointer if claim.pointer in pointers else (pointers or [claim.pointer])[0]
    for place, schema in _broken(exchange, response, pointer, spec):
        kept = KeepsTo(claim.answer, place, schema)
        with suppress(CannotTell, re.error):
            if kept.violation(ClaimContext(spec, Lifecycle(())), trace) is not None:
                return kept
    return claim


def _broken(
    exchange: Exchange, response: ResponseSpec, pointer: str, spec: SpecIndex
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each place with a schema that an answer breaks there."""
    answer = exchange.answer
    kind, _, name = pointer[1:].partition("/")
    if pointer == "/headers/content-type":
        kinds = [each.lower().replace("*", ".*") for each in response.content]
        patterns = [{"pattern": f"^{each}$"} for each in kinds]
        yield pointer, {"required": ["value"], "properties": {"value": {"anyOf": patterns}}}
    elif kind == "headers":
        header = {each.lower(): one for each, one in response.headers.items()}[name]
        schema = translate(spec.resolve(header.get("schema", {})))
        if schema.get("type") in ("integer", "number"):
            schema = {"pattern": r"^-?\d+$" if schema["type"] == "integer" else r"^-?\d+(\.\d+)?$"}
        needed = {"required": ["value"]} if header.get("required") else {}
        yield pointer, {**needed, "properties": {"value": schema}}
        if name in answer.headers:
            seen = {"const": answer.headers[name]}
            yield pointer, {**needed, "properties": {"value": {"not": seen}}}
    elif kind == "body" and (not response.content or answer.status in (204, 304)):
        yield "/size", {"const": 0}
    elif kind == "body" and answer.body is MISSING:
        yield "/json", {"const": True}
    elif kind == "body":
        yield from _in_body(exchange, response, f"/{name}" if name else "", spec)


def _in_body(
    exchange: Exchange, response: ResponseSpec, pointer: str, spec: SpecIndex
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    media_type = exchange.answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    schemas = {each.lower(): one.get("schema", {}) for each, one in response.content.items()}
    root = schemas.get(media_type, next(iter(schemas.values())))
    validator = SchemaCompiler.of(spec).compile(root, media_type)
    components = {
        name: translate(each)
        for name, each in spec.document.get("components", {}).get("schemas", {}).items()
    }
    document: Any = translate(root)
    if '"$ref"' in json.dumps(document, default=str):
        document = {"allOf": [document], "components": {"schemas": components}}
    for error in validator.iter_errors(exchange.answer.body):
        parts = [str(each).replace("~", "~0").replace("/", "~1") for each in error.instance_path]
        if "".join(f"/{part}" for part in parts) == pointer:
            pairs = zip(error.instance_path, parts, strict=True)
            at = ["body", *(_ANY if isinstance(one, int) else part for one, part in pairs)]
            with suppress(LookupError, TypeError):
                held = reduce(lambda within, part: within[part], error.schema_path[:-1], document)
                yield f"/{'/'.join(at)}", _keyword(held, error, components)
    # Where the schema's own words do not say it, it is that this is not shown again.
    yield f"/body{pointer}", {"not": {"const": exchange.answer.at(pointer)}}


def _keyword(schema: Any, error: Any, components: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keyword that was broken, with what it means in its schema."""
    keyword = error.schema_path[-1]
    if keyword == "required":
        return {"required": [error.kind.value]}
    if keyword == "additionalProperties":
        known = dict.fromkeys(schema.get("properties", {}), True)
        return {"properties": known, keyword: schema[keyword]}
    return {keyword: _without_references(schema[keyword], components)}


def _without_references(value: Any, components: Mapping[str, Any], depth: int = 0) -> Any:
    if depth > 20:
        raise LookupError("it is recursive")
    if isinstance(value, dict):
        if "$ref" in value:
            known = components[str(value["$ref"]).rpartition("/")[2]]
            return _without_references(known, components, depth + 1)
        return {
            key: _without_references(each, components, depth + 1) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without_references(each, components, depth + 1) for each in value]
    return value
