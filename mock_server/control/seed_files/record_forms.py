"""Records as JSON values and back, by the types of their dataclasses' fields.

Decimals and instants are strings, bytes are base64, tuples are lists. A value whose type says
nothing (`Any`) is written with a tag where JSON has no such value: `{"$decimal": "1.50"}`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from mock_server.control.seed_files.files import Problem
from mock_server.control.seed_files.plain_forms import PLAIN, Form, InvalidValue, plain
from mock_server.engine.messages import NO_BODY
from mock_server.openapi.pointers import join


def written(value: Any) -> Any:
    """Return a record, or a value of one, as a JSON value."""
    return form_of(type(value)).write(value)


def form_of(kind: Any) -> Form:
    """Return the form of a type; a type that is not known here is taken as `Any` is."""
    return _form_of(kind)


@cache
def _form_of(kind: Any) -> Form:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if origin in {Union, types.UnionType}:
        return _choice([form_of(each) for each in arguments], arguments)
    if origin is Literal:
        return _literal(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return _sequence(form_of(arguments[0]))
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    return _ANYTHING


_TAGS: dict[str, type] = {
    "$decimal": Decimal,
    "$instant": datetime,
    "$date": date,
    "$bytes": bytes,
    "$text": str,
}


def _write_anything(value: Any) -> Any:
    if value is NO_BODY:
        return {"$nothing": True}
    if isinstance(value, list):
        return [_write_anything(item) for item in value]
    if isinstance(value, Mapping):
        items = {name: _write_anything(item) for name, item in value.items()}
        return {"$object": items} if any(name.startswith("$") for name in items) else items
    if type(value) in PLAIN:
        text = PLAIN[type(value)].write(value)
        tag = next((tag for tag, kind in _TAGS.items() if type(value) is kind), "$text")
        return text if tag == "$text" else {tag: text}
    raise TypeError(f"{type(value).__name__} has no form in a seed file")


def _read_anything(value: Any, pointer: str, problems: list[Problem]) -> Any:
    if isinstance(value, list):
        return [
            _read_anything(item, join(pointer, index), problems) for index, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    tag = next(iter(value), "")
    if tag == "$nothing":
        return NO_BODY
    if tag in _TAGS:
        content = value if tag == "$text" else value[tag]
        return PLAIN[_TAGS[tag]].read(content, pointer, problems)
    if tag == "$object" and isinstance(value[tag], dict):
        value, pointer = value[tag], join(pointer, tag)
    return {
        name: _read_anything(item, join(pointer, name), problems) for name, item in value.items()
    }


def _quick_by(read: Callable[[Any, str, list[Problem]], Any]) -> Callable[[Any], Any]:
    def quick(value: Any) -> Any:
        problems: list[Problem] = []
        result = read(value, "", problems)
        if problems:
            raise InvalidValue(problems[0][1])
        return result

    return quick


_ANYTHING = Form(_write_anything, _quick_by(_read_anything), _read_anything)


def _choice(forms: list[Form], kinds: tuple[Any, ...]) -> Form:
    nullable = types.NoneType in kinds
    options = [
        (form, kind) for form, kind in zip(forms, kinds, strict=True) if kind is not types.NoneType
    ]
    # Nearly every value is of one of the very types; what is of a child of one is looked for.
    writers: dict[type, Callable[[Any], Any]] = {}
    for form, kind in reversed(options):
        writers |= dict.fromkeys(_types_of(kind), form.write)
    *others, last = [form.quick for form, _ in options]

    def write(value: Any) -> Any:
        if value is None and nullable:
            return None
        write_one = writers.get(type(value))
        if write_one is None:
            write_one = next((w for kind, w in writers.items() if isinstance(value, kind)), None)
        return (write_one or _ANYTHING.write)(value)

    def quick(value: Any) -> Any:
        if value is None and nullable:
            return None
        for each in others:
            with suppress(InvalidValue):
                return each(value)
        return last(value)

    def read(value: Any, pointer: str, problems: list[Problem]) -> Any:
        if value is None and nullable:
            return None
        complaints: list[list[Problem]] = []
        for form, _ in options:
            found: list[Problem] = []
            result = form.read(value, pointer, found)
            if not found:
                return result
            complaints.append(found)
        problems += complaints[0]
        return None

    return Form(write, quick, read)


def _types_of(kind: Any) -> list[type]:
    """The types that values of a type are of; none if it says nothing."""
    if get_origin(kind) is Literal:
        return [type(each) for each in get_args(kind)]
    kind = get_origin(kind) or kind
    return [kind] if isinstance(kind, type) else []


def _literal(values: tuple[Any, ...]) -> Form:
    kinds = {type(each) for each in values}
    allowed = {(type(each), each) for each in values}

    def quick(value: Any) -> Any:
        if type(value) not in kinds or (type(value), value) not in allowed:
            raise InvalidValue(f"must be one of {', '.join(map(str, values))}")
        return value

    return plain(lambda value: value, quick)


def _sequence(form: Form) -> Form:
    write, quick_item = form.write, form.quick

    def quick(value: Any) -> Any:
        if not isinstance(value, list):
            raise InvalidValue("must be a list")
        return tuple([quick_item(item) for item in value])

    def read(value: Any, pointer: str, problems: list[Problem]) -> Any:
        if not isinstance(value, list):
            problems.append((pointer, "must be a list"))
            return ()
        return tuple(
            form.read(item, join(pointer, index), problems) for index, item in enumerate(value)
        )

    return Form(lambda value: [write(item) for item in value], quick, read)


def _record(kind: type) -> Form:
    hints = get_type_hints(kind)
    forms = {field.name: form_of(hints[field.name]) for field in fields(kind) if field.init}
    needed = [
        field.name
        for field in fields(kind)
        if field.init and field.default is MISSING and field.default_factory is MISSING
    ]
    writers = [(name, form.write) for name, form in forms.items()]
    readers = {name: form.quick for name, form in forms.items()}
    least, most = frozenset(needed), frozenset(forms)

    def write(value: Any) -> Any:
        return {name: write_field(getattr(value, name)) for name, write_field in writers}

    def quick(value: Any) -> Any:
        if not isinstance(value, dict) or not least <= value.keys() <= most:
            raise InvalidValue("must be an object of the record's fields")
        return kind(**{name: readers[name](item) for name, item in value.items()})

    def read(value: Any, pointer: str, problems: list[Problem]) -> Any:
        with suppress(InvalidValue):
            return quick(value)
        if not isinstance(value, dict):
            problems.append((pointer, "must be an object"))
            return None
        known = ", ".join(forms)
        problems += [
            (join(pointer, name), f"is no field; there are {known}")
            for name in value
            if name not in forms
        ]
        problems += [(join(pointer, name), "is missing") for name in needed if name not in value]
        for name, item in value.items():
            if name in forms:
                forms[name].read(item, join(pointer, name), problems)
        return None

    return Form(write, quick, read)
