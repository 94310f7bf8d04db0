"""From OpenAPI 3.0 schemas to compiled JSON Schema validators, and from their errors to ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import jsonschema_rs
import orjson

from mock_server.openapi import php
from mock_server.openapi.document import Json, SpecError, SpecIndex
from mock_server.openapi.violation import Location, Violation


def _digits_up_to(bound: int) -> str:
    """A pattern of the whole numbers from 0 to `bound`."""
    digits = str(bound)
    choices = [f"[0-9]{{1,{len(digits) - 1}}}", digits]
    for place, digit in enumerate(digits):
        if digit != "0":
            rest = len(digits) - place - 1
            choices.append(f"{digits[:place]}[0-{int(digit) - 1}][0-9]{{{rest}}}")
    return f"(?:{'|'.join(choices)})"


def _integer_of(bits: int) -> str:
    bound: int = 1 << (bits - 1)
    return f"^(?:-{_digits_up_to(bound)}|{_digits_up_to(bound - 1)})$"


#: Formats of strings as patterns: a pattern is matched in compiled code, a function is called back.
FORMAT_PATTERNS = {
    "int32": _integer_of(32),
    "int64": _integer_of(64),
    "decimal": r"^-?[0-9]+(?:\.[0-9]+)?$",
}
_FORMAT_OF_PATTERN = {pattern: name for name, pattern in FORMAT_PATTERNS.items()}


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern[1:-1])
    return lambda text: compiled.fullmatch(text) is not None


def _anything(_: str) -> bool:
    return True


#: Formats of strings beyond JSON Schema's own, for where a schema has a pattern already. Those
#: of numbers are bounds; see `translate`.
_FORMATS: dict[str, Callable[[str], bool]] = {
    **{name: _matches(pattern) for name, pattern in FORMAT_PATTERNS.items()},
    "binary": _anything,
    "password": _anything,
    "float": _anything,
    "double": _anything,
    "php-number": lambda text: php.number(text) is not None,
    "php-integer": lambda text: php.whole(text) is not None,
    "php-date": lambda text: php.day(text) is not None,
}
#: Says what is taken, where a schema says what is best sent.
ACCEPTED = "x-accepted-schema"
_ANNOTATIONS = frozenset(
    {"example", "externalDocs", "xml", "discriminator", "deprecated", "readOnly", "writeOnly"}
)
_SCHEMA_KEYWORDS = ("items", "additionalProperties", "not")
_LIST_KEYWORDS = ("allOf", "anyOf", "oneOf")
_COMPONENTS = "#/components/schemas/"
#: Formats of whole numbers as their bounds, both included.
FORMAT_BOUNDS = {
    name: (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    for name, bits in (("int32", 32), ("int64", 64))
}


def translate(schema: Any, *, accepted: bool = True) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema 2020-12.

    `nullable` becomes a type, boolean exclusive bounds become numbers, the integer formats become
    bounds, annotations go; references stay. Where a schema says what is best sent, and beside it
    `x-accepted-schema` what is taken, the latter is translated, unless `accepted` is off.
    """
    if not isinstance(schema, dict):
        return schema
    if accepted and ACCEPTED in schema:
        return translate(schema[ACCEPTED])
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
    bounds = FORMAT_BOUNDS.get(result.get("format", ""))
    if bounds and result.get("type") == "integer":
        del result["format"]
        result.setdefault("minimum", bounds[0])
        result.setdefault("maximum", bounds[1])
    pattern = FORMAT_PATTERNS.get(result.get("format", ""))
    if pattern and result.get("type") == "string" and "pattern" not in result:
        del result["format"]
        result["pattern"] = pattern
    for key in _SCHEMA_KEYWORDS:
        if key in result:
            result[key] = translate(result[key], accepted=accepted)
    for key in _LIST_KEYWORDS:
        if key in result:
            result[key] = [translate(item, accepted=accepted) for item in result[key]]
    if "properties" in result:
        result["properties"] = {
            name: translate(item, accepted=accepted) for name, item in result["properties"].items()
        }
    if not nullable:
        return result
    if "type" in result and not any(key in result for key in _LIST_KEYWORDS):
        result["type"] = [result["type"], "null"]
        if "enum" in result and None not in result["enum"]:
            result["enum"] = [*result["enum"], None]
        return result
    return {"anyOf": [result, {"type": "null"}]}


def parts_of(spec: SpecIndex, schema: Json) -> Iterator[tuple[Json, ...]]:
    """Yield a schema and every one that it is composed of, the nearest first.

    Each comes as the last of those that contain it, the outermost first, with references as they
    stand. Raises SpecError if a reference leads nowhere.
    """
    resolved = spec.resolve(schema)
    yield (schema,)
    for keyword in _LIST_KEYWORDS:
        for part in resolved.get(keyword, ()):
            for parts in parts_of(spec, part):
                yield (schema, *parts)


def properties_of(spec: SpecIndex, schema: Json) -> Iterator[tuple[str, Json]]:
    """Yield name and schema of each property of a schema and of all that it is composed of.

    Of several properties of a name, the nearest comes; references are as they stand.
    """
    seen: set[str] = set()
    for parts in parts_of(spec, schema):
        for name, node in spec.resolve(parts[-1]).get("properties", {}).items():
            if name not in seen:
                seen.add(name)
                yield name, node


class SchemaCompiler:
    """Compiles the schemas of one spec; formats are checked, unknown ones refused.

    Equal schemas are compiled once, and with no more of the components than they refer to.
    """

    def __init__(self, spec: SpecIndex) -> None:
        schemas = spec.document.get("components", {}).get("schemas", {})
        self._components = {name: translate(schema) for name, schema in schemas.items()}
        self._references = {name: _references(schema) for name, schema in self._components.items()}
        self._compiled: dict[bytes, jsonschema_rs.Draft202012Validator] = {}

    @classmethod
    def of(cls, spec: SpecIndex) -> SchemaCompiler:
        """Return the one compiler of a spec, so that all who serve it share its validators."""
        compiler = _COMPILERS.get(spec)
        if compiler is None:
            compiler = _COMPILERS[spec] = cls(spec)
        return compiler

    def component(self, name: str) -> jsonschema_rs.Draft202012Validator:
        """Return the validator of a schema of `components`."""
        return self.compile({"$ref": f"{_COMPONENTS}{name}"}, name)

    def compile(self, schema: Json, where: str = "schema") -> jsonschema_rs.Draft202012Validator:
        """Return a validator; raises SpecError if the schema is not one."""
        translated = translate(schema)
        key = orjson.dumps(translated)
        if key not in self._compiled:
            self._compiled[key] = self._compile(translated, where)
        return self._compiled[key]

    def _compile(self, translated: Any, where: str) -> jsonschema_rs.Draft202012Validator:
        used = self._reachable(_references(translated))
        if used:
            components = {"schemas": {name: self._components[name] for name in sorted(used)}}
            translated = {"allOf": [translated], "components": components}
        try:
            return jsonschema_rs.Draft202012Validator(
                translated,
                formats=_FORMATS,
                validate_formats=True,
                ignore_unknown_formats=False,
            )
        except (ValueError, jsonschema_rs.ValidationError) as problem:
            raise SpecError(f"{where}: {str(problem).splitlines()[0]}") from problem

    def _reachable(self, names: set[str]) -> set[str]:
        """The components that these refer to, and those refer to, and so on."""
        reached: set[str] = set()
        while names:
            reached |= names & self._references.keys()
            names = {other for name in names for other in self._references.get(name, ())} - reached
        return reached


#: So many violations of one value are looked for.
MOST_VIOLATIONS = 100
#: In so many items of lists, in all: the validator makes an error of each wrong one.
_MOST_ITEMS = 2_000
_COMPILERS: WeakKeyDictionary[SpecIndex, SchemaCompiler] = WeakKeyDictionary()


def _references(schema: Any) -> set[str]:
    """The names of the components that a schema refers to itself."""
    if isinstance(schema, list):
        return {name for item in schema for name in _references(item)}
    if not isinstance(schema, dict):
        return set()
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return {reference.removeprefix(_COMPONENTS).partition("/")[0]}
    return {name for item in schema.values() for name in _references(item)}


def errors_of(
    validator: jsonschema_rs.Draft202012Validator, value: Any
) -> Iterable[jsonschema_rs.ValidationError]:
    """Return a validator's errors, those of long lists as far as they are looked through.

    If there is none up to there, it is the first one after it. What that costs does not depend on
    how many there are.
    """
    cut = _Cut()
    beginning = cut.of(value)
    if not cut.was_made:
        return validator.iter_errors(value)
    if not validator.is_valid(beginning):
        return validator.iter_errors(beginning)
    try:
        validator.validate(value)
    except jsonschema_rs.ValidationError as first:
        return [first]
    return []


class _Cut:
    """Leaves out items of lists after so many of them, depth first."""

    def __init__(self) -> None:
        self._left = _MOST_ITEMS
        self.was_made = False

    def of(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.of(item) for name, item in value.items()}
        if not isinstance(value, list):
            return value
        kept = []
        for item in value:
            if self._left == 0:
                self.was_made = True
                break
            self._left -= 1
            kept.append(self.of(item))
        return kept


def violations_of(
    errors: Iterable[jsonschema_rs.ValidationError],
    location: Location,
    prefix: tuple[str | int, ...] = (),
) -> list[Violation]:
    """Return a validator's errors as neutral violations, in the validator's order.

    A missing property's path ends in its name, as the other violations of a property do. No more
    than `MOST_VIOLATIONS` are returned: whoever sent so many reads no further.
    """
    found: list[Violation] = []
    for error in errors:
        if len(found) >= MOST_VIOLATIONS:
            break
        path = (*prefix, *error.instance_path)
        keyword = error.kind.name
        limit = error.kind.value
        if keyword == "pattern" and limit in _FORMAT_OF_PATTERN:
            keyword, limit = "format", _FORMAT_OF_PATTERN[limit]
        if keyword == "required":
            found.append(Violation(location, (*path, str(limit)), keyword))
        elif keyword == "additionalProperties":
            unknown = limit[: MOST_VIOLATIONS - len(found)]
            found += [Violation(location, (*path, str(name)), keyword) for name in unknown]
        else:
            if keyword in {"anyOf", "oneOf"}:
                limit = tuple(tuple(violations_of(branch, location, prefix)) for branch in limit)
            found.append(Violation(location, path, keyword, limit, error.instance))
    return found
