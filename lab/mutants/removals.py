"""Removals that are not made or not seen, and writes to what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at
from lab.mutants.lists import items_of, with_items
from lab.mutants.messages import Interceptor, Request, Response, Service
from lab.mutants.roles import listings, operations, removals, updates
from mock_server.lifecycle.model import Listing, Read, Resource
from mock_server.lifecycle.pointers import find


@defects("unknown-written", "a write to an unknown record is answered as done", semantic=True)
def unknown_written(scene: Scene) -> Iterator[Site]:
    """Answer as to the last write that succeeded instead of not-found."""
    for resource, operation in operations(scene, updates, removals):
        statuses = {*resource.absent}

        def plant(operation: str = operation, statuses: set[int] = statuses) -> Interceptor:
            done: list[Response] = []

            def act(request: Request, service: Service) -> Response:
                given = service.send(request)
                if given.succeeded:
                    done.append(given)
                return done[-1] if given.status in statuses and done else given

            return at(operation, act)

        yield Site(operation, "unknown", plant)


@defects("removal-not-made", "a removal is answered and not made", semantic=True)
def removal_not_made(scene: Scene) -> Iterator[Site]:
    """Answer a removal of a record that is there, and send nothing on."""
    for resource, removal in removals(scene):
        if not resource.reads:
            continue

        def act(request: Request, service: Service, resource: Resource = resource) -> Response:
            there = service.spec.operations[resource.reads[0].operation]
            seen = service.send(request.at(there, request.values or {}))
            declared = service.spec.operations[request.operation].responses
            status = min(declared)
            # What a service answers that has a body cannot be made up here.
            if not seen.succeeded or declared[status].content:
                return service.send(request)
            return Response(status, (), b"")

        content = scene.vendor.spec.operations[removal.operation].responses
        if not content[min(content)].content:
            yield Site(removal.operation, "all", partial(at, removal.operation, act))


@defects("removed-still-listed", "a list goes on showing what was taken away", semantic=True)
def removed_still_listed(scene: Scene) -> Iterator[Site]:
    """Remember what a list showed of a record, and show it again when it is gone."""
    for resource, listing in listings(scene):
        for removal in resource.removals[:1]:
            if removal.hidden and removal.parts is None:
                plant = partial(_still_listed, resource, listing, removal.operation)
                yield Site(listing.operation, removal.operation, plant)


def _still_listed(resource: Resource, listing: Listing, removal: str) -> Interceptor:
    seen: dict[str, Any] = {}
    gone: list[Any] = []

    def intercept(request: Request, service: Service) -> Response:
        given = service.send(request)
        if service.who(request) != "first":
            return given
        if request.operation == listing.operation:
            items = items_of(given, listing)
            seen.update({str(find(item, listing.id)): item for item in items})
            known = {str(find(item, listing.id)) for item in items}
            missing = [each for each in gone if str(find(each, listing.id)) not in known]
            if missing and given.succeeded:
                return with_items(given, listing, [*items, *missing])
        elif request.operation == removal and given.succeeded:
            own = (request.values or {}).get(resource.id_in_path, "")
            if own in seen:
                gone.append(seen[own])
        return given

    return intercept


@defects("removed-still-read", "a read goes on showing what was taken away", semantic=True)
def removed_still_read(scene: Scene) -> Iterator[Site]:
    """Remember what a read showed of a record, and show it again when it is gone."""
    for resource in scene.lifecycle.resources:
        for removal in resource.removals:
            if removal.reads != "absent" or removal.parts is not None:
                continue
            for read in resource.reads:
                plant = partial(_still_read, resource, read, removal.operation)
                yield Site(read.operation, removal.operation, plant)


def _still_read(resource: Resource, read: Read, removal: str) -> Interceptor:
    seen: dict[str, Response] = {}

    def intercept(request: Request, service: Service) -> Response:
        own = (request.values or {}).get(resource.id_in_path, "")
        if request.operation == removal and service.who(request) == "first":
            there = service.spec.operations[read.operation]
            before = service.send(request.at(there, {**(request.values or {})}))
            given = service.send(request)
            if given.succeeded and before.succeeded:
                seen[own] = before
            return given
        given = service.send(request)
        gone = given.status in resource.absent and own in seen
        if request.operation == read.operation and gone and service.who(request) == "first":
            return seen[own]
        return given

    return intercept
