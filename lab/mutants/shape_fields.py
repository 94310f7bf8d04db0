"""Wrong values of fields that are taken, and right ones that are refused."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from lab.mutants.bodies import GONE, edited, looked_up, sent_fields
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at
from lab.mutants.messages import Request, Response, Service
from mock_server.lifecycle.model import Field, Update
from mock_server.lifecycle.pointers import ABSENT

_REFUSED = (400, 422)


@defects("invalid-accepted", "a field is not validated: a wrong value is left out", semantic=False)
def invalid_accepted(scene: Scene) -> Iterator[Site]:
    """Drop a field whose value made the service refuse, and ask again."""
    for _, writer, field, pointer in sent_fields(scene):
        if field.wrong and not field.required:

            def act(request: Request, service: Service, pointer: str = pointer) -> Response:
                given = service.send(request)
                if given.status not in _REFUSED or request.json is ABSENT:
                    return given
                fewer = edited(request.json, pointer, lambda _: GONE)
                again = service.send(request.with_json(fewer))
                return again if again.succeeded else given

            yield Site(writer.operation, field.name, partial(at, writer.operation, act))


@defects("required-not-enforced", "a required field may be left out or wrong", semantic=False)
def required_not_enforced(scene: Scene) -> Iterator[Site]:
    """Fill in a required field, if that makes the service take the request."""
    for _, writer, field, pointer in sent_fields(scene):
        name = pointer.rpartition("/")[2]
        if not field.required or isinstance(writer, Update) or field.source is not None:
            continue
        start = pointer.rpartition("/")[0]
        plant = partial(_filling, writer.operation, start, name)
        yield Site(writer.operation, field.name, plant)


def _filling(operation: str, start: str, name: str) -> Any:
    known: list[Any] = []

    def act(request: Request, service: Service) -> Response:
        given = service.send(request)
        body = request.json
        if body is ABSENT:
            return given
        if given.succeeded:
            known.extend(looked_up(body, f"{start}/{name}"))
            return given
        if given.status not in _REFUSED or not known:
            return given

        def filled(old: Any) -> Any:
            return {**old, name: known[-1]} if isinstance(old, dict) else old

        again = service.send(request.with_json(edited(body, start, filled)))
        return again if again.succeeded else given

    return at(operation, act)


@defects("valid-refused", "an admissible value is refused", semantic=False)
def valid_refused(scene: Scene) -> Iterator[Site]:
    """Have the service refuse long texts, large numbers and nulls in one field."""
    for _, writer, field, pointer in sent_fields(scene):
        if not field.wrong:
            continue

        def act(
            request: Request, service: Service, pointer: str = pointer, field: Field = field
        ) -> Response:
            body = request.json
            if body is not ABSENT:
                for wrong in field.wrong:
                    spoilt = edited(body, pointer, partial(_spoilt, wrong))
                    if spoilt != body:
                        given = service.send(request.with_json(spoilt))
                        if not given.succeeded:
                            return given
            return service.send(request)

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
