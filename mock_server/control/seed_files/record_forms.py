"""Records as JSON values and back, by the types of their dataclasses' fields.

Decimals and instants are strings, bytes are base64, tuples are lists. A value whose type says
nothing (`Any`) is written with a tag where JSON has no such value: `{"$decimal": "1.50"}`.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
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


_ANYTHING = Form(_write_anything, _read_anything)


def _choice(forms: list[Form], kinds: tuple[Any, ...]) -> Form:
    def write(value: Any) -> Any:
        fitting = (form for form, kind in zip(forms, kinds, strict=True) if _fits(value, kind))
        return next(fitting, _ANYTHING).write(value)

    def read(value: Any, pointer: str, problems: list[Problem]) -> Any:
        complaints: list[list[Problem]] = []
        for form in forms:
            found: list[Problem] = []
            result = form.read(value, pointer, found)
            if not found:
                return result
            complaints.append(found)
        problems += complaints[0]
        return None

    return Form(write, read)


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and isinstance(value, kind)


def _literal(values: tuple[Any, ...]) -> Form:
    def read(value: Any) -> Any:
        if not any(value == each and type(value) is type(each) for each in values):
            raise InvalidValue(f"must be one of {', '.join(map(str, values))}")
        return value

    return plain(lambda value: value, read)


def _sequence(form: Form) -> Form:
    def read(value: Any, pointer: str, problems: list[Problem]) -> Any:
        if not isinstance(value, list):
            problems.append((pointer, "must be a list"))
            return ()
        return tuple(
            form.read(item, join(pointer, index), problems) for index, item in enumerate(value)
        )

    return Form(lambda value: [form.write(item) for item in value], read)


def _record(kind: type) -> Form:
    hints = get_type_hints(kind)
    forms = {field.name: form_of(hints[field.name]) for field in fields(kind) if field.init}
    needed = [
        field.name
        for field in fields(kind)
        if field.init and field.default is MISSING and field.default_factory is MISSING
    ]

    def write(value: Any) -> Any:
        return {name: form.write(getattr(value, name)) for name, form in forms.items()}

    def read(value: Any, pointer: str, problems: list[Problem]) -> Any:
        if not isinstance(value, dict):
            problems.append((pointer, "must be an object"))
            return None
        before = len(problems)
        known = ", ".join(forms)
        problems += [
            (join(pointer, name), f"is no field; there are {known}")
            for name in value
            if name not in forms
        ]
        problems += [(join(pointer, name), "is missing") for name in needed if name not in value]
        arguments = {
            name: forms[name].read(item, join(pointer, name), problems)
            for name, item in value.items()
            if name in forms
        }
        return None if len(problems) > before else kind(**arguments)

    return Form(write, read)
