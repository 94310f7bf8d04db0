"""Requests whose form is wrong, and that are not refused as such."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at, on_status
from lab.mutants.messages import Interceptor, Request, Response, Service
from mock_server.openapi.document import OperationSpec

_REFUSED = (400, 422)


@defects("refusal-as-success", "a refusal has the status of a success", semantic=False)
def refusal_as_success(scene: Scene) -> Iterator[Site]:
    """Send the vendor's error with status 200."""
    for operation in scene.vendor.spec.operations.values():
        for status in (400, 404, 422):
            if _reached(operation, status):

                def change(given: Response) -> Response:
                    return Response(200, given.headers, given.body)

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


def _without_parameter(name: str, request: Request, service: Service) -> Response:
    given = service.send(request)
    if given.status not in _REFUSED:
        return given
    fewer = tuple(pair for pair in request.query if pair[0] != name)
    again = service.send(request.with_query(fewer))
    return again if again.succeeded else given


@defects("any-media-type", "a body of an undeclared media type is read as JSON", semantic=False)
def any_media_type(scene: Scene) -> Iterator[Site]:
    """Call every body JSON."""
    for operation in scene.vendor.spec.operations.values():
        if operation.request_body is not None and 415 in operation.responses:
            act: Interceptor = _as_json
            yield Site(operation.id, "content-type", partial(at, operation.id, act))


def _as_json(request: Request, service: Service) -> Response:
    given = service.send(request)
    if given.status != 415:
        return given
    return service.send(request.with_header("content-type", "application/json"))


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


def _lenient(operation: OperationSpec, methods: set[str]) -> Any:
    def intercept(request: Request, service: Service) -> Response:
        fits = request.path.rstrip("/") == operation.path.rstrip("/")
        if request.method in methods and fits:
            return service.send(request.at(operation, request.values or {}))
        return service.send(request)

    return intercept


def _reached(operation: OperationSpec, status: int) -> bool:
    if status not in operation.responses:
        return False
    if status == 404:
        return "{" in operation.path
    return operation.request_body is not None
