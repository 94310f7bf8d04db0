"""Values of one JSON type that a service takes for another without loss: `x-accepts`.

A schema says the type that the document has, and `x-accepts` the types that are taken for it:
`[string]` at a number or integer (`"11.50"` is 11.50), `[number]` at a text that holds a number (8
is `"8"`). What would lose something is left as it came, so that validation refuses it.

An integer is whatever JSON Schema calls one, so `1.0` and `1e0` become 1 where a schema has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from mock_server.openapi.document import Json, SpecError, SpecIndex
from mock_server.openapi.schema import properties_of

Cast = Callable[[Any], Any]
#: Names the JSON types that are taken for the one that a schema has.
ACCEPTS = "x-accepts"
#: Decimal numbers as programs write them; an exponent beyond a double's range is none of them.
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{1,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,2})?"
)
_TYPES: Mapping[str, frozenset[str]] = {
    "string": frozenset({"number"}),
    "number": frozenset({"string"}),
    "integer": frozenset({"string"}),
}


def cast_of(spec: SpecIndex, schema: Json) -> Cast | None:
    """Return what turns a value into the types of a schema, at any depth; None if nothing does.

    The value itself is never changed. Raises SpecError for an `x-accepts` that cannot be.
    """
    return _cast(spec, schema, ())


def _cast(spec: SpecIndex, schema: Json, around: tuple[str, ...]) -> Cast | None:
    reference = schema.get("$ref")
    if reference is not None:
        if reference in around:  # a schema that contains itself: what is deeper stays as it came
            return None
        around = (*around, reference)
    schema = spec.typed(schema)
    if ACCEPTS in schema:
        return _leaf(schema)
    if schema.get("type") == "integer" or any(
        spec.typed(each).get("type") == "integer" for each in schema.get("anyOf", ())
    ):
        return whole
    if schema.get("type") == "array":
        item = _cast(spec, schema.get("items", {}), around)
        return item and _each(item)
    casts = {
        name: cast
        for name, node in properties_of(spec, schema)
        if (cast := _cast(spec, node, around)) is not None
    }
    return _members(casts) if casts else None


def _leaf(schema: Json) -> Cast:
    kind, accepted = str(schema.get("type")), frozenset(schema[ACCEPTS])
    if not accepted or not accepted <= _TYPES.get(kind, frozenset()):
        raise SpecError(f"x-accepts: a {kind} cannot take in {', '.join(sorted(accepted)) or '-'}")
    if kind == "string":
        return number_text
    return text_number if kind == "number" else lambda value: whole(text_number(value))


def _each(cast: Cast) -> Cast:
    return lambda value: [cast(item) for item in value] if isinstance(value, list) else value


def _members(casts: Mapping[str, Cast]) -> Cast:
    def cast(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        changed = {name: casts[name](value[name]) for name in casts.keys() & value.keys()}
        return {**value, **changed}

    return cast


def whole(value: Any) -> Any:
    """Return the integer that a number without a fraction is; anything else as it is."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


def text_number(value: Any) -> Any:
    """Return the number that a text holds, exactly; anything else as it is."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return int(value) if value.lstrip("+-").isdigit() else Decimal(value)


def number_text(value: Any) -> Any:
    """Return the digits of a number, exactly and without an exponent; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    number = Decimal(str(value))
    if not number:
        return "0"
    whole = number.to_integral_value()
    return format(whole if whole == number else number, "f")
