"""Writes that do something else than what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from lab.mutants.bodies import GONE, edited, pointer_in_body
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at, in_requests
from lab.mutants.messages import Interceptor, Request, Response, Service
from lab.mutants.roles import (
    creates,
    moves,
    operations,
    removals,
    updates,
    writers,
)
from lab.mutants.views import number_like
from mock_server.lifecycle.model import Create, Field, Read, Resource, Update
from mock_server.lifecycle.pointers import ABSENT, find


def _stored(
    scene: Scene, fits: Callable[[Field], bool], change: Callable[[Any], Any]
) -> Iterator[Site]:
    """A site for each fitting field that some view shows; what is sent is changed on its way."""
    for resource, writer in writers(scene):
        for field in resource.fields:
            named = field.create if isinstance(writer, Create) else field.update
            if isinstance(writer, Update) and writer.fields is not None:
                named = named and field.name in writer.fields
            if not named or not fits(field) or field.name == resource.tag:
                continue
            pointer = pointer_in_body(resource, writer, field.name)
            if pointer:
                plant = partial(in_requests, writer.operation, pointer, change)
                yield Site(writer.operation, field.name, plant)


def _numeric(field: Field) -> bool:
    return field.kind.name in {"decimal", "whole"}


def _textual(field: Field) -> bool:
    return field.kind.name == "text"


def _to_number(change: Callable[[Decimal], Decimal]) -> Callable[[Any], Any]:
    return lambda old: number_like(old, change)


@defects("stores-other-sign", "a number is stored with the other sign", semantic=True)
def stores_other_sign(scene: Scene) -> Iterator[Site]:
    """Negate a number before it is stored."""
    return _stored(scene, _numeric, _to_number(lambda number: -number))


@defects("stores-rounded", "a fraction is stored as a whole number", semantic=True)
def stores_rounded(scene: Scene) -> Iterator[Site]:
    """Round a number to a whole before it is stored."""
    return _stored(
        scene,
        lambda field: field.kind.name == "decimal",
        _to_number(lambda number: number.to_integral_value()),
    )


@defects("stores-float", "a fraction is stored as a float of few digits", semantic=True)
def stores_float(scene: Scene) -> Iterator[Site]:
    """Store three digits of a number."""
    return _stored(scene, _numeric, _to_number(lambda number: Decimal(f"{number:.3g}")))


@defects("stores-clamped", "a number over 100 is stored as 100", semantic=True)
def stores_clamped(scene: Scene) -> Iterator[Site]:
    """Clamp a number before it is stored."""
    return _stored(scene, _numeric, _to_number(lambda number: min(number, Decimal(100))))


@defects("stores-cut-text", "a text is cut at 12 letters", semantic=True)
def stores_cut_text(scene: Scene) -> Iterator[Site]:
    """Cut a text before it is stored."""
    return _stored(scene, _textual, lambda old: old[:12] if isinstance(old, str) else old)


@defects("stores-other-case", "a text is stored in capitals", semantic=True)
def stores_other_case(scene: Scene) -> Iterator[Site]:
    """Fold the case of a text before it is stored."""
    return _stored(scene, _textual, lambda old: old.upper() if isinstance(old, str) else old)


@defects("field-ignored", "a field is ignored", semantic=True)
def field_ignored(scene: Scene) -> Iterator[Site]:
    """Leave a field out of what is sent."""
    return _stored(scene, lambda field: not field.required, lambda _: GONE)


@defects("null-ignored", "a null does not clear a field", semantic=True)
def null_ignored(scene: Scene) -> Iterator[Site]:
    """Leave a field out where null is sent."""
    for site in _stored(
        scene, lambda field: field.clearable, lambda old: GONE if old is None else old
    ):
        if scene.vendor.spec.operations[site.operation].method != "post":
            yield site


@defects("lost-update", "a change is answered and not made", semantic=True)
def lost_update(scene: Scene) -> Iterator[Site]:
    """Answer with the record as it is and what was sent, and send nothing on."""
    for resource, update in updates(scene):
        if resource.reads and update.record is not None:
            plant = partial(_losing, resource, update, resource.reads[0])
            yield Site(update.operation, "all", plant)


def _losing(resource: Resource, update: Update, read: Read) -> Interceptor:
    def act(request: Request, service: Service) -> Response:
        there = service.spec.operations[read.operation]
        seen = service.send(request.at(there, request.values or {}))
        body, record = request.json, find(seen.json, read.record)
        if not seen.succeeded or body is ABSENT or record is ABSENT:
            return service.send(request)
        for field in resource.fields:
            pointer = pointer_in_body(resource, update, field.name)
            sent = find(body, pointer) if pointer else ABSENT
            if sent is not ABSENT and field.shown is not None:
                record = edited(record, field.shown, partial(_instead, sent))
        status = min(each for each in service.spec.operations[request.operation].responses)
        answer = Response(status, seen.headers, b"")
        around = update.record or ""
        return answer.with_json(_wrapped(around, record))

    return at(update.operation, act)


def _instead(new: Any, _: Any) -> Any:
    return new


def _wrapped(pointer: str, record: Any) -> Any:
    for name in reversed(pointer.split("/")[1:]):
        record = {name: record}
    return record


@defects("done-twice", "a request that adds something is carried out twice", semantic=True)
def done_twice(scene: Scene) -> Iterator[Site]:
    """Send a creation or a move a second time."""
    for _, operation in operations(scene, creates, moves):

        def act(request: Request, service: Service) -> Response:
            service.send(request)
            return service.send(request)

        yield Site(operation, "all", partial(at, operation, act))


@defects(
    "related-record-changed", "a change is also made to the record changed before", semantic=True
)
def related_record_changed(scene: Scene) -> Iterator[Site]:
    """Send an update on to the record that was created or changed before, too."""
    for resource, update in updates(scene):
        yield Site(update.operation, "all", partial(_to_record_before, resource, update.operation))


@defects("related-record-removed", "a removal also takes another record away", semantic=True)
def related_record_removed(scene: Scene) -> Iterator[Site]:
    """Send a removal on to the record that was created before or after, too."""
    for resource, removal in removals(scene):
        yield Site(
            removal.operation, "all", partial(_to_record_before, resource, removal.operation)
        )


def _to_record_before(resource: Resource, operation: str) -> Interceptor:
    """Repeat a call for the last other record that was created."""
    made: list[str] = []

    def intercept(request: Request, service: Service) -> Response:
        given = service.send(request)
        create = resource.create
        if create is not None and request.operation == create.operation and given.succeeded:
            known = find(given.json, create.id) if create.id is not None else ABSENT
            if known is not ABSENT and service.who(request) == "first":
                made.append(str(known))
        if request.operation == operation and given.succeeded:
            own = (request.values or {}).get(resource.id_in_path)
            other = next((each for each in reversed(made) if each != own), None)
            if other is not None and own is not None:
                there = service.spec.operations[operation]
                values = {**(request.values or {}), resource.id_in_path: other}
                moved = request.at(there, values, request.query)
                headers = [*moved.headers, ("content-type", "application/json")]
                body = (tuple(headers), request.body) if request.body else (moved.headers, b"")
                query = request.query_string
                service.send(Request(moved.method, moved.path, query, *body, operation, values))
        return given

    return intercept


@defects("rest-cleared", "a partial change clears what it does not name", semantic=True)
def rest_cleared(scene: Scene) -> Iterator[Site]:
    """Add a null to each partial update for a field that it leaves out."""
    for resource, update in updates(scene):
        if not update.partial:
            continue
        for field in resource.fields:
            pointer = pointer_in_body(resource, update, field.name)
            if field.clearable and field.shown and pointer and pointer.count("/") == 1:
                plant = partial(_clearing, update.operation, pointer[1:])
                yield Site(update.operation, field.name, plant)


def _clearing(operation: str, name: str) -> Interceptor:
    return in_requests(
        operation,
        "",
        lambda body: {name: None, **body} if isinstance(body, dict) else body,
    )


@defects("refused-done-anyway", "a refused request is carried out all the same", semantic=True)
def refused_done_anyway(scene: Scene) -> Iterator[Site]:
    """After a refusal, carry out the last request of the kind that was right."""
    for _, writer in writers(scene):
        yield Site(writer.operation, "all", partial(_anyway, writer.operation))


def _anyway(operation: str) -> Interceptor:
    right: dict[str, Request] = {}

    def act(request: Request, service: Service) -> Response:
        given = service.send(request)
        who = service.who(request)
        if given.succeeded:
            right[who] = request
        elif given.status in {400, 409, 422} and who in right:
            known = right[who]
            service.send(
                Request(
                    request.method, request.path, request.query_string, known.headers, known.body,
                    operation, request.values,
                )
            )  # fmt: skip
        return given

    return at(operation, act)
