"""Properties and headers of answers that are not as the spec has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from lab.mutants.bodies import GONE, BodyPlace, closed, places
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import in_answers, on_status
from lab.mutants.messages import Response
from lab.mutants.roles import EASY, OK, refusals, successes


def _properties(
    scene: Scene, fits: Callable[[BodyPlace], bool]
) -> Iterator[tuple[str, int, BodyPlace]]:
    for operation, status, schema in successes(scene):
        for place in places(scene.vendor.spec, schema):
            if fits(place):
                yield operation.id, status, place


def _changed(scene: Scene, fits: Callable[[BodyPlace], bool], new: Any) -> Iterator[Site]:
    """A site for each fitting property; `new` is put there, or what it makes of the old."""
    for operation, status, place in _properties(scene, fits):
        change = new if callable(new) else partial(_instead, new)
        yield Site(
            operation,
            place.pointer,
            partial(in_answers, operation, place.pointer, change, status),
        )


def _instead(new: Any, old: Any) -> Any:
    return old if old is None else new


def _type(place: BodyPlace) -> Any:
    return place.schema.get("type")


@defects("missing-property", "a required property is left out", semantic=False)
def missing_property(scene: Scene) -> Iterator[Site]:
    """Leave out a required property."""
    return _changed(scene, lambda place: place.required, lambda _: GONE)


@defects("missing-in-refusal", "a refusal lacks a required property", semantic=False)
def missing_in_refusal(scene: Scene) -> Iterator[Site]:
    """Leave out a required property of an error's body."""
    for operation, status, schema in refusals(scene):
        for place in places(scene.vendor.spec, schema):
            if place.required:
                plant = partial(in_answers, operation.id, place.pointer, lambda _: GONE, status)
                yield Site(operation.id, f"{status}{place.pointer}", plant)


@defects("number-as-text", "a number is written as a text", semantic=False)
def number_as_text(scene: Scene) -> Iterator[Site]:
    """Put quotes around a number."""
    return _changed(
        scene,
        lambda place: _type(place) in {"integer", "number"} and not _choices(place),
        lambda old: old if old is None else str(old),
    )


@defects("text-as-number", "a text is written as a number", semantic=False)
def text_as_number(scene: Scene) -> Iterator[Site]:
    """Write a number where a text belongs."""
    return _changed(scene, lambda place: _type(place) == "string" and not _choices(place), 7)


@defects("flag-as-text", "a boolean is written as a text", semantic=False)
def flag_as_text(scene: Scene) -> Iterator[Site]:
    """Write "true" for true."""
    return _changed(
        scene,
        lambda place: _type(place) == "boolean" and not _choices(place),
        lambda old: old if old is None else str(old).lower(),
    )


@defects("list-as-object", "a list is written as an object by number", semantic=False)
def list_as_object(scene: Scene) -> Iterator[Site]:
    """Write a list as PHP writes one with a gap."""
    return _changed(
        scene,
        lambda place: _type(place) == "array",
        lambda old: {str(i): each for i, each in enumerate(old)} if isinstance(old, list) else old,
    )


@defects("null-not-allowed", "null is sent where the spec has a value", semantic=False)
def null_not_allowed(scene: Scene) -> Iterator[Site]:
    """Write null for a property that is not nullable."""
    return _changed(
        scene,
        lambda place: not place.nullable and "type" in place.schema and not _choices(place),
        lambda _: None,
    )


@defects("unknown-word", "an enumerated property has a word of its own", semantic=False)
def unknown_word(scene: Scene) -> Iterator[Site]:
    """Write a word that the enumeration lacks."""
    return _changed(
        scene,
        lambda place: _type(place) == "string" and "enum" in place.schema,
        "brand new",
    )


@defects("wrong-format", "a formatted text breaks its format", semantic=False)
def wrong_format(scene: Scene) -> Iterator[Site]:
    """Write a text that is not of the declared format."""
    return _changed(
        scene,
        lambda place: place.schema.get("format") in {"date-time", "date", "uri", "uuid", "decimal"},
        "next Tuesday, 3 o'clock",
    )


@defects("time-without-offset", "a date-time has no offset", semantic=False)
def time_without_offset(scene: Scene) -> Iterator[Site]:
    """Leave the Z out."""
    return _changed(
        scene,
        lambda place: place.schema.get("format") == "date-time",
        lambda old: old.removesuffix("Z") if isinstance(old, str) else old,
    )


@defects("fraction-of-a-whole", "a whole number has a fraction", semantic=False)
def fraction_of_a_whole(scene: Scene) -> Iterator[Site]:
    """Add a half to an integer."""
    return _changed(
        scene,
        lambda place: _type(place) == "integer",
        lambda old: old + Decimal("0.5") if isinstance(old, int) else old,
    )


@defects("undeclared-property", "an object that is closed has one property more", semantic=False)
def undeclared_property(scene: Scene) -> Iterator[Site]:
    """Add a property where the schema admits no others."""
    for operation, status, schema in successes(scene):
        spec = scene.vendor.spec
        found = [("", schema)] + [(each.pointer, each.schema) for each in places(spec, schema)]
        for pointer, inner in found:
            if closed(spec, inner):
                plant = partial(in_answers, operation.id, pointer, _with_more, status)
                yield Site(operation.id, pointer or "/", plant)


def _with_more(old: Any) -> Any:
    return {**old, "debug_trace": "x"} if isinstance(old, dict) else old


@defects("renamed-property", "a required property has another spelling", semantic=False)
def renamed_property(scene: Scene) -> Iterator[Site]:
    """Write a required property in another case."""
    for operation, status, place in _properties(scene, lambda place: place.required):
        start, _, name = place.pointer.rpartition("/")
        if name == "*":
            continue
        plant = partial(in_answers, operation, start, partial(_renamed, name), status)
        yield Site(operation, place.pointer, plant)


def _renamed(name: str, old: Any) -> Any:
    if not isinstance(old, dict):
        return old
    return {key.upper() if key == name else key: item for key, item in old.items()}


@defects("missing-header", "a required header is left out", semantic=False)
def missing_header(scene: Scene) -> Iterator[Site]:
    """Leave out a header that the spec requires of an answer that anybody can bring about."""
    for operation in scene.vendor.spec.operations.values():
        for status, response in operation.responses.items():
            for name, header in response.headers.items():
                if header.get("required") and (status < OK or status in EASY):
                    key = name.lower().encode()

                    def change(given: Response, key: bytes = key) -> Response:
                        return given.with_header(key, None)

                    plant = partial(on_status, operation.id, status, change)
                    yield Site(operation.id, f"{status} {name}", plant)


def _choices(place: BodyPlace) -> bool:
    return any(word in place.schema for word in ("oneOf", "anyOf", "enum"))
