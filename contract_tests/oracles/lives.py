"""Long lives: random calls on a few records, held to what they should be after every step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from contract_tests.claims import Lists, Moved, SameAs
from contract_tests.oracles.changes import change
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.records import shown
from contract_tests.oracles.removals import gone_from_reads, remove
from contract_tests.oracles.stock import request
from contract_tests.world import Record, World
from mock_server.lifecycle.model import Json, Lifecycle, Resource

_STEPS = 12


class _Life:
    """What is known of one record: its fields as last sent, and its stock since an answer."""

    def __init__(self, record: Record, seen: int) -> None:
        self.record = record
        self.fields: Json = dict(record.sent)
        self.seen = seen
        self.moved = Decimal(0)
        self.gone = False


@oracle("records are what was done to them", writes=True)
def lives_are_kept(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """After any mix of creations, updates, moves and removals, each record is as it should be."""
    del lifecycle
    if resource.create is None or not resource.reads:
        return
    if not (resource.updates or resource.moves or resource.removals):
        return

    def live(world: World) -> None:
        lives = [_begin(world, resource, None)]
        lives.append(_begin(world, resource, lives[0].record))
        for _ in range(_STEPS):
            present = [life for life in lives if not life.gone]
            if not present or (len(lives) < 4 and world.random.random() < 0.1):
                lives.append(_begin(world, resource, lives[0].record))
                continue
            _step(world, resource, world.random.choice(present))
            _judge(world, resource, world.random.choice(lives))
        for life in lives:
            _judge(world, resource, life)
        listing = resource.lists[0] if resource.lists else None
        if listing is not None and listing.shows is None:
            pages = world.pages(listing, path=lives[0].record.path)
            for life in lives:
                if not life.gone:
                    claim = Lists(pages, resource.name, listing.operation, life.record.id)
                    world.hold(claim)

    yield Case(resource.reads[0].operation, live)


def _begin(world: World, resource: Resource, beside: Record | None) -> _Life:
    record = world.create(resource, full=True, beside=beside)
    return _Life(record, world.show(record))


def _step(world: World, resource: Resource, life: _Life) -> None:
    """Do one thing to a record, and remember what it should be then."""
    deeds = ["update"] * 4 * bool(resource.updates) + ["move"] * 4 * bool(resource.moves)
    deeds += ["remove"] * bool(resource.removals)
    deed = world.random.choice(deeds)
    if deed == "update":
        update = world.random.choice(resource.updates)
        values = change(world, resource, update)
        world.update(life.record, update, values)
        if update.partial or update.keeps:
            for field in resource.fields:
                if any(name in values for name in field.needs) and field.name not in values:
                    life.fields.pop(field.name, None)
            life.fields.update(values)
        else:
            life.fields = dict(values)
        # What was moved stays moved unless the update says how much there is.
        if not (update.partial or update.keeps) or _stock_fields(resource) & {*values}:
            life.seen, life.moved = world.show(life.record), Decimal(0)
    elif deed == "move":
        move = world.random.choice(resource.moves)
        quantity = world.random.choice(move.quantities)
        world.do(move.operation, request(world, move, life.record, quantity))
        life.moved += move.effect(quantity)
        for name in _stock_fields(resource):
            life.fields.pop(name, None)
    else:
        removal = next(each for each in resource.removals)
        if removal.reads == "absent":
            remove(world, life.record, removal)
            life.gone = True


def _stock_fields(resource: Resource) -> set[str]:
    """The fields that set the stock."""
    if resource.stock is None:
        return set()
    return {field.name for field in resource.fields if field.shown == resource.stock}


def _judge(world: World, resource: Resource, life: _Life) -> None:
    """Hold a record to what is known of it."""
    view = resource.reads[0]
    if life.gone:
        gone_from_reads(world, life.record, resource.removals[0])
        return
    answer = world.show(life.record)
    world.hold(*shown(answer, view.record, resource, life.fields, view.at))
    if resource.stock is not None and resource.moves:
        place = view.record + resource.stock
        world.hold(Moved(answer, place, life.seen, place, life.moved))
    if resource.created is not None:
        place = view.record + resource.created
        world.hold(SameAs(answer, place, life.seen, place, "", "instant"))
