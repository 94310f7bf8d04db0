"""What is refused changes nothing; what is not there is said not to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from contract_tests.claims import Answers, Gained, Refuses
from contract_tests.exchange.trace import find
from contract_tests.properties.actions import Actions
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import (
    change,
    fields_are_kept,
    fields_of,
    same_record,
    views_of,
)
from contract_tests.properties.oracles.lists import reachable
from contract_tests.properties.oracles.spellings import untagged
from contract_tests.properties.oracles.stock import request
from mock_server.lifecycle.model import (
    ABSENT,
    Create,
    Field,
    Json,
    Move,
    Parts,
    Read,
    Resource,
    Update,
)

#: Nobody reads JSON that is sent as anything else; whether it is refused or passed over is open.
_PLAIN = {"content-type": "text/plain"}
_FEW = 12
#: Bodies that must be refused, each made of the values of a right one: why, and how.
_Wrong = tuple[tuple[str, Callable[[Json], Any]], ...]


@oracle("rejected_writes_change_nothing", "a rejected request has no side effect", writes=True)
def refused_changes_nothing(resource: Resource) -> Iterator[Case]:
    """A refused creation adds no record; a refused update leaves the record as it was."""

    def not_created(create: Create, bodies: _Wrong, actions: Actions) -> None:
        listing = resource.lists[0]
        owner = actions.create(resource) if resource.parent else None
        path = owner.path if owner else {}
        before = actions.pages(listing, path=path)
        for why, body in bodies:
            values = actions.first_values(resource, null=False)
            if resource.tag is not None:
                values[resource.tag] = actions.session.name()
            parts = Parts(path=path, headers=create.headers, body=body(values))
            actions.hold(Refuses(actions.send(create.operation, parts), why))
        actions.hold(Gained(actions.pages(listing, path=path), before, listing.items, 0))

    def not_confused(create: Create, bodies: _Wrong, actions: Actions) -> None:
        # What a service takes a refused request for, it would make again if it could.
        listing, right = resource.lists[0], actions.first_values(resource, null=False)
        for unique in resource.unique:
            if not resource.field(unique.field).required:
                right.pop(unique.field, None)
        record = actions.create(resource, untagged(resource, right), exactly=True)
        before = actions.pages(listing, path=record.path)
        why, body = actions.random.choice(bodies)
        wrong = Parts(path=record.path, headers=create.headers, body=body(dict(record.sent)))
        actions.hold(Refuses(actions.send(create.operation, wrong), why))
        actions.hold(Gained(actions.pages(listing, path=record.path), before, listing.items, 0))

    def not_changed(update: Update, bodies: _Wrong, actions: Actions) -> None:
        record = actions.create(resource)
        before, fields = actions.show(record), fields_of(resource, update)
        for why, body in bodies:
            # The more is right in what is refused, the more there is that might be kept of it; a
            # long form is tried often enough by its many fields.
            few = len(fields) <= _FEW
            for full in (False, True, True) if few else (actions.random.random() < 0.5,):
                values = change(actions, resource, update, full=full)
                parts = Parts(path=record.path, body=body(values))
                actions.hold(Refuses(actions.send(update.operation, parts), why))
        same_record(actions, record, before)

    def not_mistaken(update: Update, bodies: _Wrong, actions: Actions) -> None:
        # What a service does instead may be what it was asked for last, for another record.
        another, record = actions.create(resource), actions.create(resource)
        actions.update(another, update, change(actions, resource, update, full=True))
        before = actions.show(record)
        why, body = actions.random.choice(bodies)
        wrong = Parts(path=record.path, body=body(change(actions, resource, update)))
        actions.hold(Refuses(actions.send(update.operation, wrong), why))
        same_record(actions, record, before)

    def of_no_kind(update: Update, actions: Actions) -> None:
        record = actions.create(resource)
        before = views_of(actions, record)
        body = update.body(change(actions, resource, update))
        actions.send(update.operation, Parts(path=record.path, headers=_PLAIN, body=body))
        fields_are_kept(actions, record, before, {each.name for each in resource.fields})

    def moved_by_no_kind(move: Move, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.show(record)
        parts = request(actions, move, record, actions.random.choice(move.quantities))
        actions.send(move.operation, replace(parts, headers={**parts.headers, **_PLAIN}))
        same_record(actions, record, before)

    create = resource.create
    if create is not None and resource.lists and not create.headers:
        kind = (("its content type is text/plain", create.body),)
        run = partial(not_created, replace(create, headers=_PLAIN), kind)
        yield Case(create.operation, run, touches_foreign_data=True)
    for update in resource.updates if create is not None and resource.reads else ():
        yield Case(update.operation, partial(of_no_kind, update))
    for move in resource.moves if create is not None and resource.reads else ():
        yield Case(move.operation, partial(moved_by_no_kind, move))
    if create is not None and resource.lists:
        made_of = [each for each in resource.fields if each.create]
        wrong = list(_wrong(made_of, create.body, required=True))
        for bodies in (*wrong, *([tuple(create.wrong.items())] if create.wrong else ())):
            yield Case(
                create.operation, partial(not_created, create, bodies), touches_foreign_data=True
            )
        if wrong:
            every = tuple(body for bodies in wrong for body in bodies)
            yield Case(
                create.operation, partial(not_confused, create, every), touches_foreign_data=True
            )
    if resource.create is None or not resource.reads:
        return
    for update in resource.updates:
        fields = fields_of(resource, update)
        wrong = list(_wrong(fields, update.body, required=not update.partial))
        if wrong:
            every = tuple(body for bodies in wrong for body in bodies)
            yield Case(update.operation, partial(not_mistaken, update, every))
        for bodies in wrong:
            yield Case(update.operation, partial(not_changed, update, bodies))


def _wrong(fields: list[Field], body: Callable[[Json], Any], *, required: bool) -> Iterator[_Wrong]:
    """Yield, field by field, what makes a body wrong."""

    def with_value(name: str, value: Any, values: Json) -> Any:
        return body({**values, name: value})

    def without(name: str, values: Json) -> Any:
        return body({each: value for each, value in values.items() if each != name})

    for field in fields:
        found: list[tuple[str, Callable[[Json], Any]]] = [
            (f"{field.name} is {value!r}"[:80], partial(with_value, field.name, value))
            for value in field.wrong
        ]
        if required and field.required:
            found.append((f"{field.name} is missing", partial(without, field.name)))
        if found:
            yield tuple(found)


@oracle("unknown_is_not_read", "a record that does not exist cannot be read", writes=False)
def unknown_is_not_read(resource: Resource) -> Iterator[Case]:
    """Reads of an unknown identifier get the vendor's not-found, right after one of a known."""

    def unread(read: Read, actions: Actions) -> None:
        for listing in reachable(resource)[:1]:
            items = actions.records(actions.pages(listing, most=1), listing)
            for item in items[:1]:
                path = {**listing.path, resource.id_in_path: str(find(item, listing.id))}
                actions.send(read.operation, Parts(path=path))
        _absent(resource, read.operation, None, actions)

    if resource.parent is None:
        for read in resource.reads:
            yield Case(read.operation, partial(unread, read))


@oracle("unknown_is_not_changed", "a record that does not exist cannot be changed", writes=True)
def unknown_is_not_changed(resource: Resource) -> Iterator[Case]:
    """Updates and removals of an unknown identifier get the vendor's not-found."""
    if resource.parent is not None and resource.create is None:
        return
    if resource.parent is not None:
        for read in resource.reads:
            yield Case(read.operation, partial(_absent, resource, read.operation, None))
    for update in resource.updates:
        run = partial(_absent, resource, update.operation, update)
        yield Case(update.operation, run, touches_foreign_data=True)
    for removal in resource.removals:
        if removal.parts is None:
            run = partial(_absent, resource, removal.operation, None)
            yield Case(removal.operation, run, touches_foreign_data=True)


def _absent(resource: Resource, operation: str, update: Update | None, actions: Actions) -> None:
    path = {resource.id_in_path: resource.unknown(actions.random)}
    if resource.parent is not None:
        path = {**actions.create(resource).path, **path}
    body = ABSENT if update is None else update.body(change(actions, resource, update))
    answer = actions.send(operation, Parts(path=path, body=body))
    actions.hold(Answers(answer, resource.absent, "there is no such record"))
