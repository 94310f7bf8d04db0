"""Find and change places in JSON: of answers by their schemas, of requests by their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from lab.mutants.defect import Scene
from lab.mutants.roles import writers
from mock_server.lifecycle.model import Create, Field, Resource, Update
from mock_server.lifecycle.pointers import ABSENT
from mock_server.openapi.document import Json, SpecIndex
from mock_server.openapi.pointers import join, unescape

#: Leave a place out.
GONE: Any = type("Gone", (), {"__repr__": lambda _: "GONE"})()
_DEEPEST = 5
_MARK = "\ue000here\ue001"


@dataclass(frozen=True, slots=True)
class BodyPlace:
    """A property in the bodies of a schema: `*` in its pointer stands for every item of a list."""

    pointer: str
    schema: Json
    required: bool

    @property
    def nullable(self) -> bool:
        """Say whether it may be null."""
        return bool(self.schema.get("nullable"))


def places(spec: SpecIndex, schema: Json, pointer: str = "", depth: int = 0) -> Iterator[BodyPlace]:
    """Yield the properties that a schema names, deep ones after those that hold them."""
    merged = _merged(spec, schema)
    if depth > _DEEPEST:
        return
    if "items" in merged:
        yield from places(spec, merged["items"], f"{pointer}/*", depth + 1)
    required = set(merged.get("required", ()))
    for name, inner in merged.get("properties", {}).items():
        here = join(pointer, name)
        resolved = _merged(spec, inner)
        yield BodyPlace(here, resolved, name in required)
        yield from places(spec, resolved, here, depth + 1)


def closed(spec: SpecIndex, schema: Json) -> bool:
    """Say whether objects of a schema may have no other properties."""
    return _merged(spec, schema).get("additionalProperties") is False


def _merged(spec: SpecIndex, schema: Json) -> Json:
    """A schema with what it is made of; of several choices, the first."""
    schema = spec.resolve(schema)
    merged: Json = {}
    parts = [*schema.get("allOf", ()), *schema.get("oneOf", ())[:1], *schema.get("anyOf", ())[:1]]
    for part in parts:
        other = _merged(spec, part)
        both = {
            "properties": {**merged.get("properties", {}), **other.get("properties", {})},
            "required": [*merged.get("required", ()), *other.get("required", ())],
        }
        merged = {**merged, **other, **{name: value for name, value in both.items() if value}}
    own = {"properties": {**merged.get("properties", {}), **schema.get("properties", {})}}
    own["required"] = [*merged.get("required", ()), *schema.get("required", ())]  # type: ignore[assignment]
    return {**merged, **schema, **{name: value for name, value in own.items() if value}}


def edited(value: Any, pointer: str, change: Callable[[Any], Any]) -> Any:
    """Return a JSON value with what is at a pointer changed; GONE leaves it out.

    The value itself stays as it is. `*` means every item; `name=text` the first with that text.
    """
    if not pointer:
        return change(value)
    part, slash, rest = pointer[1:].partition("/")
    rest = slash + rest
    key = unescape(part)
    if isinstance(value, list):
        places_ = range(len(value)) if key == "*" else _numbers(value, key)
        changed = {place: edited(value[place], rest, change) for place in places_}
        items = [changed.get(place, item) for place, item in enumerate(value)]
        return [item for item in items if item is not GONE]
    if isinstance(value, dict) and key in value:
        new = edited(value[key], rest, change)
        if new is GONE:
            return {name: item for name, item in value.items() if name != key}
        return {name: new if name == key else item for name, item in value.items()}
    return value


def _numbers(items: Sequence[Any], key: str) -> list[int]:
    if key.isdigit():
        return [int(key)] if int(key) < len(items) else []
    name, _, text = key.partition("=")
    return [
        place
        for place, item in enumerate(items)
        if isinstance(item, Mapping) and item.get(name) == text
    ][:1]


def pointer_in_body(resource: Resource, writer: Create | Update, name: str) -> str | None:
    """Return where a request's body has a field, or None if that is not known."""
    random = Random(1)  # noqa: S311 - no secret
    values = {
        field.name: field.kind.draw(random) for field in resource.fields if field.source is None
    }
    try:
        body = writer.body({**values, name: _MARK})
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
        return None
    return _where(body)


def _where(value: Any) -> str | None:
    if value == _MARK:
        return ""
    pairs: Sequence[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for name, item in pairs:
        below = _where(item)
        if below is not None:
            return join("", name) + below
    return None


def looked_up(value: Any, pointer: str) -> Iterator[Any]:
    """Yield what a pointer with `*` leads to."""
    found: list[Any] = []

    def keep(each: Any) -> Any:
        found.append(each)
        return each

    edited(value, pointer, keep)
    yield from (each for each in found if each is not ABSENT)


def sent_fields(scene: Scene) -> Iterator[tuple[Resource, Create | Update, Field, str]]:
    """Yield each field that a body takes, after who takes it, with its place in the body."""
    for resource, writer in writers(scene):
        for field in resource.fields:
            named = field.create if isinstance(writer, Create) else field.update
            if isinstance(writer, Update) and writer.fields is not None:
                named = named and field.name in writer.fields
            pointer = pointer_in_body(resource, writer, field.name) if named else None
            if pointer:
                yield resource, writer, field, pointer
