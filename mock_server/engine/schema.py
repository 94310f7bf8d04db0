"""From OpenAPI 3.0 schemas to compiled JSON Schema validators, and from their errors to ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import jsonschema_rs

from mock_server.engine.errors import Location, Violation
from mock_server.engine.spec import Json, SpecError, SpecIndex

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]+")


def _is_integer_of(bits: int) -> Callable[[str], bool]:
    bound: int = 1 << (bits - 1)

    def check(text: str) -> bool:
        return (
            _INTEGER.fullmatch(text) is not None
            and len(text) <= len(str(bound)) + 1
            and -bound <= int(text) < bound
        )

    return check


def _anything(_: str) -> bool:
    return True


#: Formats of strings beyond JSON Schema's own. Those of numbers are bounds; see `translate`.
_FORMATS: dict[str, Callable[[str], bool]] = {
    "int32": _is_integer_of(32),
    "int64": _is_integer_of(64),
    "decimal": lambda text: _DECIMAL.fullmatch(text) is not None,
    "binary": _anything,
    "password": _anything,
    "float": _anything,
    "double": _anything,
}
_ANNOTATIONS = frozenset(
    {"example", "externalDocs", "xml", "discriminator", "deprecated", "readOnly", "writeOnly"}
)
_SCHEMA_KEYWORDS = ("items", "additionalProperties", "not")
_LIST_KEYWORDS = ("allOf", "anyOf", "oneOf")
_INTEGER_BITS = {"int32": 32, "int64": 64}


def translate(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema 2020-12.

    `nullable` becomes a type, boolean exclusive bounds become numbers, the integer formats become
    bounds, annotations go; references stay.
    """
    if not isinstance(schema, dict):
        return schema
    nullable = schema.get("nullable", False)
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    result = {
        key: value
        for key, value in schema.items()
        if key not in _ANNOTATIONS and key != "nullable" and not key.startswith("x-")
    }
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if result.pop(exclusive, False):
            result[exclusive] = result.pop(bound)
    bits = _INTEGER_BITS.get(result.get("format", ""))
    if bits and result.get("type") == "integer":
        del result["format"]
        result.setdefault("minimum", -(1 << (bits - 1)))
        result.setdefault("maximum", (1 << (bits - 1)) - 1)
    for key in _SCHEMA_KEYWORDS:
        if key in result:
            result[key] = translate(result[key])
    for key in _LIST_KEYWORDS:
        if key in result:
            result[key] = [translate(item) for item in result[key]]
    if "properties" in result:
        result["properties"] = {
            name: translate(item) for name, item in result["properties"].items()
        }
    if not nullable:
        return result
    if "type" in result and not any(key in result for key in _LIST_KEYWORDS):
        result["type"] = [result["type"], "null"]
        if "enum" in result and None not in result["enum"]:
            result["enum"] = [*result["enum"], None]
        return result
    return {"anyOf": [result, {"type": "null"}]}


class SchemaCompiler:
    """Compiles the schemas of one spec; formats are checked, unknown ones refused."""

    def __init__(self, spec: SpecIndex) -> None:
        schemas = spec.document.get("components", {}).get("schemas", {})
        self._components = {
            "components": {"schemas": {name: translate(schema) for name, schema in schemas.items()}}
        }
        self._compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def component(self, name: str) -> jsonschema_rs.Draft202012Validator:
        """Return the validator of a schema of `components`, compiled when first asked for."""
        if name not in self._compiled:
            self._compiled[name] = self.compile({"$ref": f"#/components/schemas/{name}"}, name)
        return self._compiled[name]

    def compile(self, schema: Json, where: str = "schema") -> jsonschema_rs.Draft202012Validator:
        """Return a validator; raises SpecError if the schema is not one."""
        translated = translate(schema)
        if _has_reference(translated):
            translated = {"allOf": [translated], **self._components}
        try:
            return jsonschema_rs.Draft202012Validator(
                translated,
                formats=_FORMATS,
                validate_formats=True,
                ignore_unknown_formats=False,
            )
        except (ValueError, jsonschema_rs.ValidationError) as problem:
            raise SpecError(f"{where}: {str(problem).splitlines()[0]}") from problem


def _has_reference(schema: Any) -> bool:
    if isinstance(schema, dict):
        return "$ref" in schema or any(map(_has_reference, schema.values()))
    return isinstance(schema, list) and any(map(_has_reference, schema))


def violations_of(
    errors: Iterable[jsonschema_rs.ValidationError],
    location: Location,
    prefix: tuple[str | int, ...] = (),
) -> list[Violation]:
    """Return a validator's errors as neutral violations, in the validator's order.

    A missing property's path ends in its name, as the other violations of a property do.
    """
    found = []
    for error in errors:
        path = (*prefix, *error.instance_path)
        keyword = error.kind.name
        limit = error.kind.value
        if keyword == "required":
            found.append(Violation(location, (*path, str(limit)), keyword))
        elif keyword == "additionalProperties":
            found += [Violation(location, (*path, str(name)), keyword) for name in limit]
        else:
            if keyword in {"anyOf", "oneOf"}:
                limit = tuple(tuple(violations_of(branch, location, prefix)) for branch in limit)
            found.append(Violation(location, path, keyword, limit, error.instance))
    return found
