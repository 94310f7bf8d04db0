"""What happened in an account before it is looked at: an account is seldom as it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

from contract_tests.exchange.trace import Caller, Trace
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracles.changes import change
from contract_tests.properties.oracles.removals import parts_of
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from lab.mutation.probe import TROUBLE
from lab.mutation.script import views
from mock_server.lifecycle.model import Lifecycle, Removal, Resource, Update

#: Of the accounts one has worked more than the other, so that they have not the same records.
_CREATIONS: tuple[Caller, ...] = ("first", "other", "first", "first", "other", "first", "first")
_CHANGED = 4


def used(target: Target, lifecycle: Lifecycle) -> Target:
    """Return the target after clients have worked in both of its accounts.

    They looked at records, created, changed and moved some, and took one away, through the service
    as it is: what a defect does to a write has happened by then. They judge nothing.
    """
    session = Session(target, lifecycle, RunTag("past"))
    actions = Actions(session, Random(2))  # noqa: S311 - no secret
    try:
        for resource in lifecycle.resources:
            for step in _steps(actions, resource):
                actions.trace = Trace()
                with suppress(*TROUBLE):
                    step()
    finally:
        session.close()
    return target


def _steps(actions: Actions, resource: Resource) -> Iterator[Callable[[], Any]]:
    """What is done with one kind of record; each step may fail without ending it."""
    made: list[Record] = []
    accounts: tuple[Caller, ...] = ("first", "other")
    for account in accounts:
        yield partial(views, actions, resource, made, account)
    if resource.create is not None:
        for account in _CREATIONS:
            yield partial(_create, actions, resource, made, account)
        for removal in resource.removals:
            yield partial(_remove, actions, resource, removal)
    for account in accounts:
        yield partial(views, actions, resource, made, account)
    for record in made:
        for move in resource.moves:
            parts = move.parts(record.id, actions.random.choice(move.quantities))
            yield partial(actions.send, move.operation, parts, record.account)
    # What was done last is a change, and not all that was made was changed.
    for record in (*made[:_CHANGED], *made[:_CHANGED]):
        for update in resource.updates:
            yield partial(_change, actions, record, update)


def _create(actions: Actions, resource: Resource, made: list[Record], account: Caller) -> None:
    """Create a record that has a name like any other, or one that says who made it."""
    tag = resource.field(resource.tag) if resource.tag is not None and len(made) % 2 else None
    values = {tag.name: actions.value(tag)} if tag is not None else {}
    made.append(actions.create(resource, values, account=account, full=True))


def _remove(actions: Actions, resource: Resource, removal: Removal) -> None:
    record = actions.create(resource, dict(removal.given))
    actions.send(removal.operation, parts_of(record, removal))


def _change(actions: Actions, record: Record, update: Update) -> None:
    actions.update(record, update, change(actions, record.resource, update))
