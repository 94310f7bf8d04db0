"""The simplest interceptors: change one operation's requests, or its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.mutants.bodies import GONE, edited
from lab.mutants.messages import Interceptor, Request, Response, Service
from mock_server.lifecycle.pointers import ABSENT


def at(operation: str, act: Interceptor) -> Interceptor:
    """Return an interceptor that answers one operation's requests, and lets all others be."""

    def intercept(request: Request, service: Service) -> Response:
        if request.operation != operation:
            return service.send(request)
        return act(request, service)

    return intercept


def on_request(operation: str, change: Callable[[Request], Request]) -> Interceptor:
    """Return an interceptor that changes one operation's requests."""

    def act(request: Request, service: Service) -> Response:
        return service.send(change(request))

    return at(operation, act)


def on_response(operation: str, change: Callable[[Response], Response]) -> Interceptor:
    """Return an interceptor that changes one operation's answers."""

    def act(request: Request, service: Service) -> Response:
        return change(service.send(request))

    return at(operation, act)


def on_status(operation: str, status: int, change: Callable[[Response], Response]) -> Interceptor:
    """Return an interceptor that changes one operation's answers of one status."""
    return on_response(operation, lambda given: change(given) if given.status == status else given)


def in_answers(
    operation: str, pointer: str, change: Callable[[Any], Any], status: int | None = None
) -> Interceptor:
    """Return an interceptor that changes the value at a pointer in one operation's answers.

    They are those of a status, or of any success; `*` in the pointer means every item.
    """

    def changed(given: Response) -> Response:
        if given.status != status and not (status is None and given.succeeded):
            return given
        body = given.json
        if body is ABSENT:
            return given
        new = edited(body, pointer, change)
        # What does not change keeps its bytes.
        return (
            given
            if new is GONE or (new == body and repr(new) == repr(body))
            else given.with_json(new)
        )

    return on_response(operation, changed)


def in_requests(operation: str, pointer: str, change: Callable[[Any], Any]) -> Interceptor:
    """Return an interceptor that changes the value at a pointer in one operation's requests."""

    def changed(request: Request) -> Request:
        body = request.json
        if body is ABSENT:
            return request
        new = edited(body, pointer, change)
        return request if new == body and repr(new) == repr(body) else request.with_json(new)

    return on_request(operation, changed)
