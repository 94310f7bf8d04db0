"""Requests that make the server fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lab.mutants.bodies import looked_up, sent_fields
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at, on_status
from lab.mutants.messages import Request, Response, Service
from lab.mutants.roles import (
    listings,
    operations,
    paging_names,
    reads,
    removals,
    updates,
)

_ERROR = b'{"message":"Internal Server Error"}'


@defects("crash-on-text", "a text beyond ASCII makes the server fail", semantic=False)
def crash_on_text(scene: Scene) -> Iterator[Site]:
    """Answer 500 to a request whose body has an unusual letter."""
    for _, writer, field, _ in sent_fields(scene):
        if field.kind.name == "text":
            yield Site(writer.operation, "body", partial(_crashing, writer.operation, _not_ascii))


@defects("crash-on-null", "a null makes the server fail", semantic=False)
def crash_on_null(scene: Scene) -> Iterator[Site]:
    """Answer 500 to a request with a null in its body."""
    for _, writer, field, pointer in sent_fields(scene):
        if field.clearable:

            def nulled(request: Request, pointer: str = pointer) -> bool:
                return list(looked_up(request.json, pointer)) == [None]

            plant = partial(_crashing, writer.operation, nulled)
            yield Site(writer.operation, field.name, plant)


@defects("crash-on-long-text", "a text of over 200 letters makes the server fail", semantic=False)
def crash_on_long_text(scene: Scene) -> Iterator[Site]:
    """Answer 500 to a request with a long text in its body."""
    for _, writer, field, _ in sent_fields(scene):
        if field.kind.name == "text":
            yield Site(writer.operation, "body", partial(_crashing, writer.operation, _long))


@defects("crash-on-page-past-the-end", "a page past the end makes the server fail", semantic=False)
def crash_on_empty_page(scene: Scene) -> Iterator[Site]:
    """Answer 500 instead of an empty page that is not the first one."""
    for _, listing in listings(scene):
        names = paging_names(listing)
        if names is None:
            continue

        def act(request: Request, service: Service, name: str = names.page) -> Response:
            value = dict(request.query).get(name, "")
            given = service.send(request)
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


def _crashed(_: Response) -> Response:
    return _failed()


def _failed() -> Response:
    return Response(500, ((b"content-type", b"application/json"),), _ERROR)


def _crashing(operation: str, when: Callable[[Request], bool]) -> Any:
    def act(request: Request, service: Service) -> Response:
        return _failed() if when(request) else service.send(request)

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


def _not_ascii(request: Request) -> bool:
    return any(not text.isascii() for text in _texts(request.json))


def _long(request: Request) -> bool:
    return any(len(text) > 200 for text in _texts(request.json))
