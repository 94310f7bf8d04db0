"""The same thing said in another way: values in another spelling, fields in a form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from contract_tests.properties.actions import Actions
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change, fields_of
from contract_tests.properties.oracles.records import shown
from mock_server.lifecycle.model import Field, Json, Parts, Resource, Update


@oracle("values_are_normalised", "values are shown in the vendor's own spelling", writes=True)
def spellings_are_kept(resource: Resource) -> Iterator[Case]:
    """What is sent in another spelling is taken, and shown as the vendor spells it."""
    if resource.create is None or not resource.reads:
        return
    view = resource.reads[0]

    def spelled(actions: Actions, fields: list[Field]) -> tuple[Json, Json]:
        """Values to send, and what is then shown."""
        chosen = {each.name: actions.random.choice(each.kept) for each in fields}
        sent = {name: pair[0] for name, pair in chosen.items()}
        return sent, {name: pair[1] for name, pair in chosen.items()}

    def created(actions: Actions) -> None:
        sent, kept = spelled(actions, _respelled(resource, resource.fields))
        record = actions.create(resource, sent)
        actions.hold(*shown(actions.show(record), view.record, resource, kept, view.at))

    def updated(update: Update, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        sent, kept = spelled(actions, _respelled(resource, fields_of(resource, update)))
        actions.update(record, update, {**change(actions, resource, update), **sent})
        actions.hold(*shown(actions.show(record), view.record, resource, kept, view.at))

    if _respelled(resource, resource.fields):
        yield Case(resource.create.operation, created)
    for update in resource.updates:
        if _respelled(resource, fields_of(resource, update)):
            yield Case(update.operation, partial(updated, update))


def _respelled(resource: Resource, fields: Any) -> list[Field]:
    """The fields that take another spelling; the tag has to stay what it is."""
    return [each for each in fields if each.kept and each.name != resource.tag]


@oracle("forms_equal_json", "a form says what JSON says", writes=True)
def forms_say_the_same(resource: Resource) -> Iterator[Case]:
    """What is sent as the fields of a form reads back as if it had been sent as JSON."""
    create = resource.create
    if create is None or not resource.reads:
        return
    view = resource.reads[0]

    def created(media_type: str, actions: Actions) -> None:
        values = untagged(resource, as_texts(actions.first_values(resource, null=False)))
        headers = {"content-type": media_type}
        record = actions.create(resource, values, headers=headers, exactly=True)
        actions.hold(*shown(actions.show(record), view.record, resource, record.sent, view.at))

    def updated(update: Update, media_type: str, actions: Actions) -> None:
        record = actions.create(resource)
        values = as_texts(change(actions, resource, update))
        if not values:
            return
        headers = {"content-type": media_type}
        parts = Parts(path=record.path, headers=headers, body=update.body(values))
        actions.do(update.operation, parts)
        actions.hold(*shown(actions.show(record), view.record, resource, values, view.at))

    for media_type in create.forms:
        yield Case(create.operation, partial(created, media_type))
    for update in resource.updates:
        for media_type in update.forms:
            yield Case(update.operation, partial(updated, update, media_type))


def untagged(resource: Resource, values: Json) -> Json:
    """Return values without the tag, which a new record gets of its own."""
    return {name: value for name, value in values.items() if name != resource.tag}


def as_texts(values: Json) -> Json:
    """Return the values that a form can carry, as texts."""
    return {
        name: str(value)
        for name, value in values.items()
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    }
