"""Values to try for a schema: at its bounds and beyond, of another format, type or choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mock_server.cases.model import Kind, run_of
from mock_server.openapi.document import Json, SpecIndex
from mock_server.openapi.pointers import join

#: Texts that are not of a format.
_BROKEN: dict[str, tuple[str, ...]] = {
    "date": ("2024-02-30", "31/01/2024"),
    "date-time": ("2024-02-30T00:00:00Z", "yesterday"),
    "decimal": ("1,50", "abc"),
    "email": ("no-at-sign",),
    "int32": ("2147483648", "1.5"),
    "int64": ("9223372036854775808", "1.5"),
    "php-date": ("not a day",),
    "php-integer": ("one",),
    "php-number": ("one",),
    "uri": ("not a uri",),
    "uuid": ("not-a-uuid",),
}
_BITS = {"int32": 32, "int64": 64}
#: A value of each JSON type; of these, those of another type are tried.
_OF_TYPE: tuple[tuple[str, Any], ...] = (
    ("string", "text"),
    ("number", 12.5),
    ("boolean", True),
    ("array", []),
    ("object", {}),
)
_DEPTH = 5
_TAG_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """A value to try, with what is tried and the place of the rule in the document."""

    value: Any
    rule: str
    spec: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Place:
    """A property of a body: where it is in the body, and its schema in the document."""

    path: tuple[str | int, ...]
    spec: str
    schema: Json
    required: bool

    @property
    def pointer(self) -> str:
        """The place in the body as a JSON pointer."""
        return join("", *self.path)


def parts_at(spec: SpecIndex, schema: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    """Yield a schema and all that it is composed of, resolved, each with its place."""
    while "$ref" in schema:
        pointer = schema["$ref"]
        schema = spec.at(pointer)
    yield pointer, schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, part in enumerate(schema.get(keyword, ())):
            yield from parts_at(spec, part, join(pointer, keyword, index))


def places_in(
    spec: SpecIndex, schema: Json, pointer: str, body: Any, path: tuple[str | int, ...] = ()
) -> Iterator[Place]:
    """Yield every property that the schema has at the objects of a body; of lists, the first."""
    if len(path) > _DEPTH:
        return
    parts = list(parts_at(spec, schema, pointer))
    if isinstance(body, list) and body:
        for at, part in parts:
            if "items" in part:
                yield from places_in(spec, part["items"], join(at, "items"), body[0], (*path, 0))
                return
    if not isinstance(body, dict):
        return
    required = {name for _, part in parts for name in part.get("required", ())}
    seen: set[str] = set()
    for at, part in parts:
        for name, node in part.get("properties", {}).items():
            if name not in seen:
                seen.add(name)
                where = join(at, "properties", name)
                yield Place((*path, name), where, node, name in required)
                if name in body:
                    yield from places_in(spec, node, where, body[name], (*path, name))


def trials(spec: SpecIndex, schema: Json, pointer: str) -> Iterator[Trial]:
    """Yield what to try in the place of a schema; values in JSON types."""
    seen: set[tuple[str, str]] = set()
    for trial in _trials(spec, schema, pointer):
        key = (repr(trial.value), trial.rule)
        if key not in seen:
            seen.add(key)
            yield trial


def _trials(spec: SpecIndex, schema: Json, pointer: str) -> Iterator[Trial]:
    types: set[str] = set()
    nullable = False
    for at, part in parts_at(spec, schema, pointer):
        types |= {part["type"]} if "type" in part else set()
        nullable = nullable or bool(part.get("nullable"))
        yield from _bounds(part, at)
        yield from _lengths(part, at)
        yield from _choices(part, at)
        for broken in _BROKEN.get(part.get("format", ""), ()):
            rule = f"not of the format {part['format']}: {broken}"
            yield Trial(broken, rule, join(at, "format"), "invalid")
        if "pattern" in part:
            yield Trial("\u2603!", "not of the pattern", join(at, "pattern"), "invalid")
    for name, value in _OF_TYPE:
        if types and name not in types and not (name == "number" and "integer" in types):
            wanted = " or ".join(sorted(types))
            yield Trial(value, f"{name} instead of {wanted}", join(pointer, "type"), "invalid")
    if "integer" in types:
        yield Trial(1.5, "a fraction instead of integer", join(pointer, "type"), "invalid")
    if nullable:
        yield Trial(None, "null, which is allowed", join(pointer, "nullable"), "valid")
    else:
        yield Trial(None, "null, which is not allowed", pointer, "invalid")


def _bounds(part: Json, at: str) -> Iterator[Trial]:
    kind = part.get("type")
    if kind not in {"integer", "number", "string"}:
        return
    bounds: dict[str, Any] = {name: part[name] for name in ("minimum", "maximum") if name in part}
    bits = _BITS.get(part.get("format", ""))
    if bits and kind != "number":
        bounds.setdefault("minimum", -(1 << (bits - 1)))
        bounds.setdefault("maximum", (1 << (bits - 1)) - 1)
    for name, bound in bounds.items():
        exact = Decimal(str(bound))
        step = Decimal(1) if kind == "integer" or bits else Decimal("0.01")
        for side, value in (("below", exact - step), ("at", exact), ("above", exact + step)):
            shown: Any = int(value) if value == value.to_integral_value() else float(value)
            if kind == "string":
                shown = format(value, "f")
            yield Trial(shown, f"{side} the {name} {bound}", join(at, name), "boundary")


def _lengths(part: Json, at: str) -> Iterator[Trial]:
    for name in ("minLength", "maxLength"):
        if name in part:
            bound = part[name]
            for side, length in (("below", bound - 1), ("at", bound), ("above", bound + 1)):
                if length >= 0:
                    text = run_of(length, "{{tag}}" if length > _TAG_LENGTH else "")
                    if length > _TAG_LENGTH:
                        text = "{{tag}}" + run_of(length - _TAG_LENGTH)
                    yield Trial(text, f"{side} the {name} {bound}", join(at, name), "boundary")


def _choices(part: Json, at: str) -> Iterator[Trial]:
    members = part.get("enum", ())
    for member in members:
        yield Trial(member, f"the choice {member!r}", join(at, "enum"), "valid")
    if members:
        wrong: Any = "no-such-choice" if isinstance(members[0], str) else 987_654
        yield Trial(wrong, "no choice of the list", join(at, "enum"), "invalid")
