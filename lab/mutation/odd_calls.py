"""The part of the script that asks for what should be refused, or should count once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contract_tests.exchange.trace import find
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracles.changes import change
from contract_tests.properties.oracles.removals import parts_of
from mock_server.lifecycle.model import Create, Json, Parts, Resource


def wrong_values(actions: Actions, resource: Resource, made: list[Record]) -> None:
    """Every wrong value of every field, and bodies that are none."""
    writers: list[tuple[Any, Json]] = []
    create: Create | None = resource.create
    path = dict(made[0].path) if made else {}
    if create is not None:
        writers.append((create, actions.first_values(resource, full=True)))
    writers += [(update, change(actions, resource, update)) for update in resource.updates]
    for writer, values in writers:
        bodies = [
            {**values, field.name: wrong}
            for field in resource.fields
            for wrong in (*field.wrong, *((None,) if not field.clearable else ()))
        ]
        bodies += [
            {name: value for name, value in values.items() if name != field.name}
            for field in resource.fields
            if field.required
        ]
        headers = dict(create.headers) if writer is create and create is not None else {}
        for body in bodies:
            actions.send(
                writer.operation, Parts(path=path, headers=headers, body=writer.body(body))
            )
        others: tuple[Any, ...] = ({}, [], "text", None)
        for other in others:
            actions.send(writer.operation, Parts(path=path, headers=headers, body=other))
        plain = {**headers, "content-type": "text/plain"}
        body = writer.body(values)
        actions.send(writer.operation, Parts(path=path, headers=plain, body=body))
    for listing in resource.lists:
        for method in ("PATCH", "PUT", "DELETE"):
            _odd(actions, method, listing.operation, {**listing.path, **path})


def _odd(actions: Actions, method: str, operation: str, path: Any) -> None:
    """Call a path with a method that may not be declared there."""
    session = actions.session
    spec = session.spec.operations
    there = replace(spec[operation], method=method.lower())
    if any(each.path == there.path and each.method == there.method for each in spec.values()):
        return
    spec[operation], kept = there, spec[operation]
    try:
        actions.send(operation, Parts(path=path))
    finally:
        spec[operation] = kept


def retries(actions: Actions, resource: Resource, made: list[Record]) -> None:
    """The same request again, with the same key and with another one."""
    idempotency = actions.session.lifecycle.idempotency
    if idempotency is None or not made:
        return
    create = resource.create
    todo: list[tuple[str, Parts]] = []
    if create is not None and create.operation in idempotency.operations:
        values = {**actions.first_values(resource), **_tagged(actions, resource)}
        parts = Parts(path=made[0].path, headers=create.headers, body=create.body(values))
        todo.append((create.operation, parts))
    todo += [
        (
            update.operation,
            Parts(path=made[0].path, body=update.body(change(actions, resource, update))),
        )
        for update in resource.updates
    ]
    todo += [
        (move.operation, move.parts(made[0].id, move.quantities[0])) for move in resource.moves
    ]
    for operation, parts in todo:
        for key in ("one", "one", "two"):
            headers = {**parts.headers, idempotency.header: f"{operation}-{key}"}
            actions.send(operation, replace(parts, headers=headers))
            for read in resource.reads[:1]:
                actions.send(read.operation, Parts(path=made[0].path))


def _tagged(actions: Actions, resource: Resource) -> Json:
    return {} if resource.tag is None else {resource.tag: actions.session.name()}


def unattributed(actions: Actions, resource: Resource, made: list[Record]) -> None:
    """Every call by the other account, by nobody, and with a wrong credential."""
    record = made[0] if made else _listed(actions, resource)
    path = dict(record.path) if record is not None else {}
    views = [*resource.lists, *((resource.history,) if resource.history else ())]
    views += [move.taken for move in resource.moves if move.taken is not None]
    calls: list[tuple[str, Parts]] = [
        *((view.operation, Parts(path={**view.path, **path}, query=view.query)) for view in views),
        *((each.operation, Parts()) for each in resource.summaries),
    ]
    if record is not None:
        calls += _calls_of(actions, record)
    if resource.create is not None:
        values = {**actions.first_values(resource), **_tagged(actions, resource)}
        body = resource.create.body(values)
        calls.append(
            (
                resource.create.operation,
                Parts(path=path, headers=resource.create.headers, body=body),
            )
        )
    if record is not None:
        calls += [(removal.operation, parts_of(record, removal)) for removal in resource.removals]
    for who in (None, "invalid_credential", "other"):
        for operation, parts in calls:
            caller: Any = who
            actions.send(operation, parts, caller)
    for read in resource.reads if made else ():
        actions.send(read.operation, Parts(path=path))


def _listed(actions: Actions, resource: Resource) -> Record | None:
    """A record that was there before, where none can be made."""
    for listing in resource.lists if resource.parent is None else ():
        for item in actions.records(actions.pages(listing, most=1), listing)[:1]:
            known = str(find(item, listing.id))
            path: Any = {**listing.path, resource.id_in_path: known}
            return Record(resource, known, {}, 0, path)
    return None


def _calls_of(actions: Actions, record: Record) -> list[tuple[str, Parts]]:
    """What reads, changes and moves a record."""
    resource, path = record.resource, record.path
    reads = [(read.operation, Parts(path=path)) for read in resource.reads]
    updates = [
        (update.operation, Parts(path=path, body=update.body(change(actions, resource, update))))
        for update in resource.updates
    ]
    moves = [(move.operation, move.parts(record.id, move.quantities[0])) for move in resource.moves]
    return [*reads, *updates, *moves]


def unknown(actions: Actions, resource: Resource) -> None:
    """Call for a record that never was."""
    path = {resource.id_in_path: resource.unknown(actions.random)}
    if resource.parent is not None:
        path = {**actions.create(resource).path, **path}
    for read in resource.reads:
        actions.send(read.operation, Parts(path=path))
    for update in resource.updates:
        body = update.body(change(actions, resource, update))
        actions.send(update.operation, Parts(path=path, body=body))
    for removal in resource.removals:
        if removal.parts is None:
            actions.send(removal.operation, Parts(path=path))
