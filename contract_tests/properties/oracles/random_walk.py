"""Random walks: calls on a few records, held to what they should be after every step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from contract_tests.claims import Lists, Moved, SameAs
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change
from contract_tests.properties.oracles.records import shown
from contract_tests.properties.oracles.removals import gone_from_reads, remove
from contract_tests.properties.oracles.stock import request
from mock_server.lifecycle.model import Json, Resource

_STEPS = 12


class _Model:
    """What is known of one record: its fields as last sent, and its stock since an answer."""

    def __init__(self, record: Record, seen: int) -> None:
        self.record = record
        self.fields: Json = dict(record.sent)
        self.seen = seen
        self.moved = Decimal(0)
        self.gone = False


@oracle("random_walk", "a record equals its model after any sequence of operations", writes=True)
def random_walk(resource: Resource) -> Iterator[Case]:
    """After any mix of creations, updates, moves and removals, each record is as it should be."""
    if resource.create is None or not resource.reads:
        return
    if not (resource.updates or resource.moves or resource.removals):
        return

    def walk(actions: Actions) -> None:
        models = [_begin(actions, resource, None)]
        models.append(_begin(actions, resource, models[0].record))
        for _ in range(_STEPS):
            present = [model for model in models if not model.gone]
            if not present or (len(models) < 4 and actions.random.random() < 0.1):
                models.append(_begin(actions, resource, models[0].record))
                continue
            _step(actions, resource, actions.random.choice(present))
            _judge(actions, resource, actions.random.choice(models))
        for model in models:
            _judge(actions, resource, model)
        listing = resource.lists[0] if resource.lists else None
        if listing is not None and listing.shows is None:
            pages = actions.pages(listing, path=models[0].record.path)
            for model in models:
                if not model.gone:
                    claim = Lists(pages, resource.name, listing.operation, model.record.id)
                    actions.hold(claim)

    yield Case(resource.reads[0].operation, walk)


def _begin(actions: Actions, resource: Resource, beside: Record | None) -> _Model:
    record = actions.create(resource, full=True, beside=beside)
    return _Model(record, actions.show(record))


def _step(actions: Actions, resource: Resource, model: _Model) -> None:
    """Do one thing to a record, and remember what it should be then."""
    kinds = ["update"] * 4 * bool(resource.updates) + ["move"] * 4 * bool(resource.moves)
    kinds += ["remove"] * bool(resource.removals)
    kind = actions.random.choice(kinds)
    if kind == "update":
        update = actions.random.choice(resource.updates)
        values = change(actions, resource, update)
        actions.update(model.record, update, values)
        if update.partial or update.keeps:
            for field in resource.fields:
                if any(name in values for name in field.needs) and field.name not in values:
                    model.fields.pop(field.name, None)
            model.fields.update(values)
        else:
            model.fields = dict(values)
        # What was moved stays moved unless the update says how much there is.
        if not (update.partial or update.keeps) or _stock_fields(resource) & {*values}:
            model.seen, model.moved = actions.show(model.record), Decimal(0)
    elif kind == "move":
        move = actions.random.choice(resource.moves)
        quantity = actions.random.choice(move.quantities)
        actions.do(move.operation, request(actions, move, model.record, quantity))
        model.moved += move.effect(quantity)
        for name in _stock_fields(resource):
            model.fields.pop(name, None)
    else:
        removal = next(each for each in resource.removals)
        if removal.reads == "absent":
            remove(actions, model.record, removal)
            model.gone = True


def _stock_fields(resource: Resource) -> set[str]:
    """The fields that set the stock."""
    if resource.stock is None:
        return set()
    return {field.name for field in resource.fields if field.shown == resource.stock}


def _judge(actions: Actions, resource: Resource, model: _Model) -> None:
    """Hold a record to what is known of it."""
    view = resource.reads[0]
    if model.gone:
        gone_from_reads(actions, model.record, resource.removals[0])
        return
    answer = actions.show(model.record)
    actions.hold(*shown(answer, view.record, resource, model.fields, view.at))
    if resource.stock is not None and resource.moves:
        place = view.record + resource.stock
        actions.hold(Moved(answer, place, model.seen, place, model.moved))
    if resource.created is not None:
        place = view.record + resource.created
        actions.hold(SameAs(answer, place, model.seen, place, "", "instant"))
