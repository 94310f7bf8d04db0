"""The simplest deeds: change one operation's requests, or its answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from lab.mutants.bodies import GONE, edited
from lab.mutants.messages import Answered, Asked, Deed, Service
from mock_server.lifecycle.pointers import ABSENT

Act = Callable[[Asked, Service], Awaitable[Answered]]


def at(operation: str, act: Act) -> Deed:
    """Return a deed that answers one operation's requests, and lets all others be."""

    async def deed(asked: Asked, service: Service) -> Answered:
        if asked.operation != operation:
            return await service.ask(asked)
        return await act(asked, service)

    return deed


def asks(operation: str, change: Callable[[Asked], Asked]) -> Deed:
    """Return a deed that changes one operation's requests."""

    async def act(asked: Asked, service: Service) -> Answered:
        return await service.ask(change(asked))

    return at(operation, act)


def answers(operation: str, change: Callable[[Answered], Answered]) -> Deed:
    """Return a deed that changes one operation's answers."""

    async def act(asked: Asked, service: Service) -> Answered:
        return change(await service.ask(asked))

    return at(operation, act)


def on_status(operation: str, status: int, change: Callable[[Answered], Answered]) -> Deed:
    """Return a deed that changes one operation's answers of one status."""
    return answers(operation, lambda given: change(given) if given.status == status else given)


def in_answers(
    operation: str, pointer: str, change: Callable[[Any], Any], status: int | None = None
) -> Deed:
    """Return a deed that changes what stands at a pointer in one operation's answers.

    They are those of a status, or of any success; `*` in the pointer means every item.
    """

    def changed(given: Answered) -> Answered:
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

    return answers(operation, changed)


def in_requests(operation: str, pointer: str, change: Callable[[Any], Any]) -> Deed:
    """Return a deed that changes what stands at a pointer in one operation's requests."""

    def changed(asked: Asked) -> Asked:
        body = asked.json
        if body is ABSENT:
            return asked
        new = edited(body, pointer, change)
        return asked if new == body and repr(new) == repr(body) else asked.with_json(new)

    return asks(operation, changed)
