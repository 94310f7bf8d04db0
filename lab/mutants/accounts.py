"""Accounts that are not kept apart, credentials that nobody looks at, retries that count."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

from lab.mutants.bodies import edited
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at, on_request
from lab.mutants.lists import items_of, page_edit
from lab.mutants.messages import Interceptor, Request, Response, Service
from lab.mutants.roles import (
    creates,
    listings,
    moves,
    operations,
    reads,
    removals,
    updates,
)
from mock_server.lifecycle.model import Listing
from mock_server.lifecycle.pointers import ABSENT, find

_NOT_FOUND = {302, 400, 403, 404, 422}


def _others(who: str) -> Literal["first", "other"]:
    return "first" if who == "other" else "other"


def _as_either(request: Request, service: Service) -> Response:
    """Ask as the caller, and as the other account if that has nothing."""
    given = service.send(request)
    who = service.who(request)
    if given.status not in _NOT_FOUND or who not in {"first", "other"}:
        return given
    again = service.send(service.signed(request, _others(who)))
    return again if again.succeeded else given


@defects("reads-of-any-account", "a record of another account can be read", semantic=True)
def reads_of_any(scene: Scene) -> Iterator[Site]:
    """Look in the other account for what is not there."""
    for resource, read in reads(scene):
        if resource.create is not None:
            yield Site(read.operation, "account", partial(at, read.operation, _as_either))


@defects("writes-to-any-account", "a record of another account can be changed", semantic=True)
def writes_to_any(scene: Scene) -> Iterator[Site]:
    """Change or take away in the other account what is not there."""
    for _, operation in operations(scene, updates, removals, moves):
        yield Site(operation, "account", partial(at, operation, _as_either))


@defects("lists-of-all-accounts", "a list shows the other account's newest record", semantic=True)
def lists_of_all(scene: Scene) -> Iterator[Site]:
    """Add the other account's last record to the last page."""
    for resource, listing in listings(scene):
        if resource.create is None:
            continue

        def edit(
            items: list[Any], request: Request, service: Service, listing: Listing = listing
        ) -> list[Any]:
            who = service.who(request)
            paging = listing.paging
            if who not in {"first", "other"}:
                return items
            if paging is not None and paging.more((service.send(request)).json):
                return items
            theirs = service.signed(request, _others(who))
            return [*items, *items_of(service.send(theirs), listing)[-1:]]

        yield Site(listing.operation, "account", partial(page_edit, listing, edit))


@defects(
    "lists-as-another-account", "the second account is shown the first one's list", semantic=True
)
def lists_as_another(scene: Scene) -> Iterator[Site]:
    """Answer a list as if the first account had asked, once it has asked before."""
    for resource, listing in listings(scene):
        if resource.create is None:
            continue

        def act(request: Request, service: Service) -> Response:
            if service.who(request) != "other":
                return service.send(request)
            return service.send(service.signed(request, "first"))

        yield Site(listing.operation, "account", partial(at, listing.operation, act))


@defects("total-of-all-accounts", "a total counts the other account's records too", semantic=True)
def total_of_all(scene: Scene) -> Iterator[Site]:
    """Add the other account's total."""
    for _, listing in listings(scene):
        if listing.total is None:
            continue

        def act(request: Request, service: Service, pointer: str = listing.total) -> Response:
            given = service.send(request)
            who = service.who(request)
            if not given.succeeded or who not in {"first", "other"}:
                return given
            theirs = service.send(service.signed(request, _others(who)))
            more = find(theirs.json, pointer)
            if more is ABSENT:
                return given
            body = edited(given.json, pointer, lambda old: type(old)(int(old) + int(more)))
            return given.with_json(body)

        yield Site(listing.operation, "account", partial(at, listing.operation, act))


@defects("created-for-all-accounts", "what one account creates, the other has too", semantic=True)
def created_for_all(scene: Scene) -> Iterator[Site]:
    """Repeat a creation as the other account."""
    for _, create in creates(scene):

        def act(request: Request, service: Service) -> Response:
            given = service.send(request)
            who = service.who(request)
            if given.succeeded and who in {"first", "other"}:
                service.send(service.signed(request, _others(who)))
            return given

        yield Site(create.operation, "account", partial(at, create.operation, act))


@defects("no-credential-needed", "a call without a credential is answered", semantic=True)
def no_credential(scene: Scene) -> Iterator[Site]:
    """Take nobody for the first account."""
    return _taken_for_first(scene, "nobody")


@defects("any-credential-good", "a call with a wrong credential is answered", semantic=True)
def any_credential(scene: Scene) -> Iterator[Site]:
    """Take a caller with a wrong credential for the first account."""
    return _taken_for_first(scene, "invalid_credential")


def _taken_for_first(scene: Scene, whom: str) -> Iterator[Site]:
    for operation in scene.vendor.spec.operations.values():
        if not operation.security:
            continue

        def act(request: Request, service: Service) -> Response:
            if service.who(request) == whom:
                return service.send(service.signed(request, "first"))
            return service.send(request)

        yield Site(operation.id, "credential", partial(at, operation.id, act))


@defects(
    "refused-done-for-nobody", "a write without a credential is refused and made", semantic=True
)
def done_for_nobody(scene: Scene) -> Iterator[Site]:
    """Refuse a caller without a right credential after the work is done."""
    for _, operation in operations(scene, creates, updates, removals, moves):

        def act(request: Request, service: Service) -> Response:
            given = service.send(request)
            if service.who(request) in {"nobody", "invalid_credential"}:
                service.send(service.signed(request, "first"))
            return given

        yield Site(operation, "credential", partial(at, operation, act))


@defects("retry-counts", "a retry with the same key counts again", semantic=True)
def retry_counts(scene: Scene) -> Iterator[Site]:
    """Leave the key out."""
    idempotency = scene.lifecycle.idempotency
    if idempotency is None:
        return
    for operation in idempotency.operations:

        def change(request: Request, name: str = idempotency.header.lower()) -> Request:
            return request.without_header(name)

        yield Site(operation, idempotency.header, partial(on_request, operation, change))


@defects("key-counts-for-all", "another key is taken for the one before", semantic=True)
def key_counts_for_all(scene: Scene) -> Iterator[Site]:
    """Answer a request with a new key as the last one of the operation."""
    idempotency = scene.lifecycle.idempotency
    if idempotency is None:
        return
    for operation in idempotency.operations:
        yield Site(
            operation,
            idempotency.header,
            partial(_same_key, operation, idempotency.header.lower()),
        )


def _same_key(operation: str, name: str) -> Interceptor:
    done: dict[tuple[str, bytes], Response] = {}

    def act(request: Request, service: Service) -> Response:
        if request.header(name) is None:
            return service.send(request)
        key = (request.path, request.body)
        if key not in done:
            given = service.send(request)
            if given.succeeded:
                done[key] = given
            return given
        return done[key]

    return at(operation, act)
