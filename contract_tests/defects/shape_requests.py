"""Requests that are judged wrongly: taken though they are wrong, refused though they are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from contract_tests.defects.bodies import GONE, edited, looked_up, pointer_in_body
from contract_tests.defects.deeds import Act, at, on_status
from contract_tests.defects.defect import Scene, Site, defects
from contract_tests.defects.messages import Answered, Asked, Service
from contract_tests.defects.roles import (
    listings,
    operations,
    paging_names,
    reads,
    removals,
    updates,
    writers,
)
from mock_server.engine.spec import Operation
from mock_server.lifecycle.model import Create, Field, Resource, Update
from mock_server.lifecycle.pointers import ABSENT

_REFUSED = (400, 422)
_ERROR = b'{"message":"Internal Server Error"}'


def _fields(scene: Scene) -> Iterator[tuple[Resource, Create | Update, Field, str]]:
    """Each field that a body takes, with its place in it."""
    for resource, writer in writers(scene):
        for field in resource.fields:
            named = field.create if isinstance(writer, Create) else field.update
            if isinstance(writer, Update) and writer.fields is not None:
                named = named and field.name in writer.fields
            pointer = pointer_in_body(resource, writer, field.name) if named else None
            if pointer:
                yield resource, writer, field, pointer


@defects("invalid-accepted", "a field is not validated: a wrong value is left out", semantic=False)
def invalid_accepted(scene: Scene) -> Iterator[Site]:
    """Drop a field whose value made the service refuse, and ask again."""
    for _, writer, field, pointer in _fields(scene):
        if field.wrong and not field.required:

            async def act(asked: Asked, service: Service, pointer: str = pointer) -> Answered:
                given = await service.ask(asked)
                if given.status not in _REFUSED or asked.json is ABSENT:
                    return given
                fewer = edited(asked.json, pointer, lambda _: GONE)
                again = await service.ask(asked.with_json(fewer))
                return again if again.succeeded else given

            yield Site(writer.operation, field.name, partial(at, writer.operation, act))


@defects("required-not-enforced", "a required field may be left out or wrong", semantic=False)
def required_not_enforced(scene: Scene) -> Iterator[Site]:
    """Fill in a required field, if that makes the service take the request."""
    for _, writer, field, pointer in _fields(scene):
        name = pointer.rpartition("/")[2]
        if not field.required or isinstance(writer, Update) or field.source is not None:
            continue
        start = pointer.rpartition("/")[0]
        plant = partial(_filling, writer.operation, start, name)
        yield Site(writer.operation, field.name, plant)


def _filling(operation: str, start: str, name: str) -> Any:
    known: list[Any] = []

    async def act(asked: Asked, service: Service) -> Answered:
        given = await service.ask(asked)
        body = asked.json
        if body is ABSENT:
            return given
        if given.succeeded:
            known.extend(looked_up(body, f"{start}/{name}"))
            return given
        if given.status not in _REFUSED or not known:
            return given

        def filled(old: Any) -> Any:
            return {**old, name: known[-1]} if isinstance(old, dict) else old

        again = await service.ask(asked.with_json(edited(body, start, filled)))
        return again if again.succeeded else given

    return at(operation, act)


@defects("valid-refused", "an admissible value is refused", semantic=False)
def valid_refused(scene: Scene) -> Iterator[Site]:
    """Have the service refuse long texts, large numbers and nulls in one field."""
    for _, writer, field, pointer in _fields(scene):
        if not field.wrong:
            continue

        async def act(
            asked: Asked, service: Service, pointer: str = pointer, field: Field = field
        ) -> Answered:
            body = asked.json
            if body is not ABSENT:
                for wrong in field.wrong:
                    spoilt = edited(body, pointer, partial(_spoilt, wrong))
                    if spoilt != body:
                        given = await service.ask(asked.with_json(spoilt))
                        if not given.succeeded:
                            return given
            return await service.ask(asked)

        yield Site(writer.operation, field.name, partial(at, writer.operation, act))


def _spoilt(wrong: Any, old: Any) -> Any:
    return wrong if _unusual(old) else old


def _unusual(value: Any) -> bool:
    """A value that a careless check might take for a wrong one."""
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        value = Decimal(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return value > 500
    if isinstance(value, str):
        return len(value) > 60 or not value.isascii()
    return value is None


@defects("crash-on-text", "a text beyond ASCII makes the server fail", semantic=False)
def crash_on_text(scene: Scene) -> Iterator[Site]:
    """Answer 500 to a request whose body has an unusual letter."""
    for _, writer, field, _ in _fields(scene):
        if field.kind.name == "text":
            yield Site(writer.operation, "body", partial(_crashing, writer.operation, _not_ascii))


@defects("crash-on-null", "a null makes the server fail", semantic=False)
def crash_on_null(scene: Scene) -> Iterator[Site]:
    """Answer 500 to a request with a null in its body."""
    for _, writer, field, pointer in _fields(scene):
        if field.clearable:

            def nulled(asked: Asked, pointer: str = pointer) -> bool:
                return list(looked_up(asked.json, pointer)) == [None]

            plant = partial(_crashing, writer.operation, nulled)
            yield Site(writer.operation, field.name, plant)


@defects("crash-on-long-text", "a text of over 200 letters makes the server fail", semantic=False)
def crash_on_long_text(scene: Scene) -> Iterator[Site]:
    """Answer 500 to a request with a long text in its body."""
    for _, writer, field, _ in _fields(scene):
        if field.kind.name == "text":
            yield Site(writer.operation, "body", partial(_crashing, writer.operation, _long))


@defects("crash-on-page-past-the-end", "a page past the end makes the server fail", semantic=False)
def crash_on_empty_page(scene: Scene) -> Iterator[Site]:
    """Answer 500 instead of an empty page that is not the first one."""
    for _, listing in listings(scene):
        names = paging_names(listing)
        if names is None:
            continue

        async def act(asked: Asked, service: Service, name: str = names.page) -> Answered:
            value = dict(asked.query).get(name, "")
            given = await service.ask(asked)
            far = value.isdigit() and int(value) > 200
            return _failed() if far else given

        yield Site(listing.operation, names.page, partial(at, listing.operation, act))


@defects("crash-on-unknown", "an unknown identifier makes the server fail", semantic=False)
def crash_on_unknown(scene: Scene) -> Iterator[Site]:
    """Answer 500 instead of the vendor's not-found."""
    for resource, operation in operations(scene, reads, updates, removals):
        for status in resource.absent:
            change = _crashed
            yield Site(operation, str(status), partial(on_status, operation, status, change))


def _crashed(_: Answered) -> Answered:
    return _failed()


def _failed() -> Answered:
    return Answered(500, ((b"content-type", b"application/json"),), _ERROR)


def _crashing(operation: str, when: Callable[[Asked], bool]) -> Any:
    async def act(asked: Asked, service: Service) -> Answered:
        return _failed() if when(asked) else await service.ask(asked)

    return at(operation, act)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _not_ascii(asked: Asked) -> bool:
    return any(not text.isascii() for text in _texts(asked.json))


def _long(asked: Asked) -> bool:
    return any(len(text) > 200 for text in _texts(asked.json))


@defects("refusal-as-success", "a refusal has the status of a success", semantic=False)
def refusal_as_success(scene: Scene) -> Iterator[Site]:
    """Send the vendor's error with status 200."""
    for operation in scene.vendor.spec.operations.values():
        for status in (400, 404, 422):
            if _reached(operation, status):

                def change(given: Answered) -> Answered:
                    return Answered(200, given.headers, given.body)

                yield Site(
                    operation.id, str(status), partial(on_status, operation.id, status, change)
                )


@defects("parameter-not-validated", "a wrong query parameter is ignored", semantic=False)
def parameter_not_validated(scene: Scene) -> Iterator[Site]:
    """Leave out a parameter for which the service refused the request."""
    for operation in scene.vendor.spec.operations.values():
        for parameter in operation.parameters:
            if parameter.location == "query" and 400 in operation.responses:
                act = partial(_without_parameter, parameter.name)
                yield Site(operation.id, parameter.name, partial(at, operation.id, act))


async def _without_parameter(name: str, asked: Asked, service: Service) -> Answered:
    given = await service.ask(asked)
    if given.status not in _REFUSED:
        return given
    fewer = tuple(pair for pair in asked.query if pair[0] != name)
    again = await service.ask(asked.with_query(fewer))
    return again if again.succeeded else given


@defects("any-media-type", "a body of an undeclared media type is read as JSON", semantic=False)
def any_media_type(scene: Scene) -> Iterator[Site]:
    """Call every body JSON."""
    for operation in scene.vendor.spec.operations.values():
        if operation.request_body is not None and 415 in operation.responses:
            act: Act = _as_json
            yield Site(operation.id, "content-type", partial(at, operation.id, act))


async def _as_json(asked: Asked, service: Service) -> Answered:
    given = await service.ask(asked)
    if given.status != 415:
        return given
    return await service.ask(asked.with_header("content-type", "application/json"))


@defects("method-taken-for-another", "an undeclared method is taken for GET", semantic=False)
def undeclared_method(scene: Scene) -> Iterator[Site]:
    """Answer PATCH, PUT or DELETE with what GET answers, where they are not declared."""
    declared: dict[str, set[str]] = {}
    for operation in scene.vendor.spec.operations.values():
        declared.setdefault(operation.path, set()).add(operation.method.upper())
    for operation in scene.vendor.spec.operations.values():
        if operation.method == "get" and "{" not in operation.path:
            missing = {"PATCH", "PUT", "DELETE"} - declared[operation.path]
            if missing:
                yield Site(operation.id, "methods", partial(_lenient, operation, missing))


def _lenient(operation: Operation, methods: set[str]) -> Any:
    async def deed(asked: Asked, service: Service) -> Answered:
        fits = asked.path.rstrip("/") == operation.path.rstrip("/")
        if asked.method in methods and fits:
            return await service.ask(asked.at(operation, asked.values or {}))
        return await service.ask(asked)

    return deed


def _reached(operation: Operation, status: int) -> bool:
    if status not in operation.responses:
        return False
    if status == 404:
        return "{" in operation.path
    return operation.request_body is not None
