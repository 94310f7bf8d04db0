"""Find things in the OpenAPI document by the place that a sample has them at."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def dereferenced(value: Any, spec: Schema) -> Any:
    """The value with every `$ref` replaced by what it points at; the document has no cycles."""
    if isinstance(value, dict):
        if "$ref" in value:
            target: Any = spec
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return dereferenced(target, spec)
        return {key: dereferenced(member, spec) for key, member in value.items()}
    if isinstance(value, list):
        return [dereferenced(member, spec) for member in value]
    return value


def branches(schema: Schema) -> Iterator[Schema]:
    """The schema itself and each schema that is joined to it."""
    yield schema
    for word in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(word, []):
            yield from branches(branch)


def at(schema: Schema, path: tuple[str, ...]) -> list[Schema]:
    """The schemas that describe the place, none if the place is not described."""
    here = [schema]
    for key in path:
        here = [
            member
            for branch in (branch for one in here for branch in branches(one))
            for member in (
                [branch["items"]]
                if key == "[]" and "items" in branch
                else [branch["properties"][key]]
                if key in branch.get("properties", {})
                else []
            )
        ]
    return here


def properties(schema: Schema, parent: str = "") -> Iterator[tuple[str, str, Schema]]:
    """Every property below a schema, with the name of the property that it belongs to."""
    for branch in branches(schema):
        for name, member in branch.get("properties", {}).items():
            yield parent, name, member
            yield from properties(member, name)
        if isinstance(branch.get("items"), dict):
            yield from properties(branch["items"], parent)


def required(schema: Schema, path: tuple[str, ...]) -> bool:
    """Whether the last key of the place has to be there."""
    return any(
        path[-1] in branch.get("required", [])
        for one in at(schema, path[:-1])
        for branch in branches(one)
    )


def admits(schema: Schema, kind: str) -> bool:
    """Whether a value of the document's type (`string`, `array` …) can be valid here."""
    own = [branch for branch in branches(schema) if "type" in branch or "enum" in branch]
    wanted = {"float": ("number", "string"), "boolean": ("boolean", "string"), "file": ("string",)}
    kinds = wanted.get(kind, (kind,))
    return not own or any(
        branch.get("type") in kinds
        or ("type" not in branch and any(isinstance(one, str) for one in branch["enum"]))
        for branch in own
    )
