"""What is refused changes nothing; what is not there is said not to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contract_tests.claims import Answers, Gained, Refuses
from contract_tests.oracles.changes import change, fields_of, same_record
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.world import World
from mock_server.lifecycle.model import (
    ABSENT,
    Create,
    Field,
    Json,
    Lifecycle,
    Parts,
    Resource,
    Update,
)


@oracle("what is refused changes nothing", writes=True)
def refused_changes_nothing(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """A refused creation adds no record; a refused update leaves the record as it was."""
    del lifecycle

    def not_created(create: Create, body: Callable[[Json], Any], why: str, world: World) -> None:
        listing = resource.lists[0]
        owner = world.create(resource) if resource.parent else None
        path = owner.path if owner else {}
        before = world.pages(listing, path=path)
        values = world.first_values(resource, null=False)
        if resource.tag is not None:
            values[resource.tag] = world.session.name()
        parts = Parts(path=path, headers=create.headers, body=body(values))
        world.hold(Refuses(world.send(create.operation, parts), why))
        world.hold(Gained(world.pages(listing, path=path), before, listing.items, 0))

    def not_changed(update: Update, make: Callable[[Json], Json], why: str, world: World) -> None:
        record = world.create(resource)
        before = world.show(record)
        values = make(change(world, resource, update))
        parts = Parts(path=record.path, body=update.body(values))
        world.hold(Refuses(world.send(update.operation, parts), why))
        same_record(world, record, before)

    create = resource.create
    if create is not None and resource.lists:
        made_of = [each for each in resource.fields if each.create]
        bodies = {why: partial(_made, create, make) for why, make in _wrong(made_of, required=True)}
        for why, body in (*bodies.items(), *create.wrong.items()):
            yield Case(create.operation, partial(not_created, create, body, why))
    if resource.create is None or not resource.reads:
        return
    for update in resource.updates:
        required = not update.partial
        for why, make in _wrong(fields_of(resource, update), required=required):
            yield Case(update.operation, partial(not_changed, update, make, why))


def _made(create: Create, make: Callable[[Json], Json], values: Json) -> Any:
    return create.body(make(values))


def _wrong(fields: list[Field], *, required: bool) -> Iterator[tuple[str, Callable[[Json], Json]]]:
    """What makes values wrong, and how it is said."""

    def with_value(name: str, value: Any, values: Json) -> Json:
        return {**values, name: value}

    def without(name: str, values: Json) -> Json:
        return {each: value for each, value in values.items() if each != name}

    for field in fields:
        for value in field.wrong:
            yield f"{field.name} is {value!r}"[:80], partial(with_value, field.name, value)
        if required and field.required:
            yield f"{field.name} is missing", partial(without, field.name)


@oracle("a record that never was cannot be read", writes=False)
def unknown_is_not_read(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Reads of an unknown identifier get the vendor's not-found."""
    del lifecycle
    if resource.parent is None:
        for read in resource.reads:
            yield Case(read.operation, partial(_absent, resource, read.operation, None))


@oracle("a record that never was cannot be changed", writes=True)
def unknown_is_not_changed(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Updates and removals of an unknown identifier get the vendor's not-found."""
    del lifecycle
    if resource.parent is not None and resource.create is None:
        return
    if resource.parent is not None:
        for read in resource.reads:
            yield Case(read.operation, partial(_absent, resource, read.operation, None))
    for update in resource.updates:
        yield Case(update.operation, partial(_absent, resource, update.operation, update))
    for removal in resource.removals:
        if removal.parts is None:
            yield Case(removal.operation, partial(_absent, resource, removal.operation, None))


def _absent(resource: Resource, operation: str, update: Update | None, world: World) -> None:
    path = {resource.id_in_path: resource.unknown(world.random)}
    if resource.parent is not None:
        path = {**world.create(resource).path, **path}
    body = ABSENT if update is None else update.body(change(world, resource, update))
    answer = world.send(operation, Parts(path=path, body=body))
    world.hold(Answers(answer, resource.absent, "there is no such record"))
