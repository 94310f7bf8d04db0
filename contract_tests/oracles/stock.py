"""Stock is conserved: it moves by what was moved, once, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from contract_tests.claims import Answers, Entered, Gained, Lists, Moved, Refuses, Told
from contract_tests.oracles.changes import (
    change,
    fields_are_kept,
    furnished,
    same_record,
    views_of,
)
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.records import item_pointer
from contract_tests.oracles.views import related
from contract_tests.world import Record, World
from mock_server.lifecycle.model import (
    Json,
    Lifecycle,
    Listing,
    Move,
    Parts,
    Resource,
    Update,
)
from mock_server.lifecycle.pointers import filled
from mock_server.lifecycle.values import number

#: Updates that are drawn until one does not name the stock.
_DRAWS = 5


def request(
    world: World, move: Move, record: Record, quantity: Any, *, other: Record | None = None
) -> Parts:
    """Return what is sent to move a record's stock.

    What a move takes from a second record is `other`'s, or a new one's.
    """
    parts = move.parts(record.id, quantity)
    if move.other is None:
        return parts
    own, second = (
        world.at(world.show(each), each.resource.reads[0].record)
        for each in (record, other or world.create(record.resource, full=True))
    )
    return replace(parts, body=filled(parts.body, own, second))


@oracle("stock moves by what was moved", writes=True)
def stock_is_conserved(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """A move changes one record's stock by its quantity, and no more; several add up.

    One that takes more than there is may be refused, but is not made in part.
    """
    del lifecycle
    if resource.create is None or resource.stock is None or not resource.reads:
        return
    view, stock = resource.reads[0], resource.stock
    place = view.record + stock

    def moves(move: Move, world: World) -> None:
        record, other = world.create(resource, full=True), world.create(resource, full=True)
        before, untouched = world.show(record), world.show(other)
        total, others = Decimal(0), Decimal(0)
        also: dict[str, Decimal] = {}
        for _ in range(world.random.randint(1, 3)):
            quantity = world.random.choice(move.quantities)
            world.do(move.operation, request(world, move, record, quantity, other=other))
            total += move.effect(quantity)
            others += move.other(quantity) if move.other else 0
            after = world.show(record)
            world.hold(Moved(after, place, before, place, total))
            for pointer, amount in move.also(quantity).items():
                also[pointer] = also.get(pointer, Decimal(0)) + amount
                spot = view.record + pointer
                world.hold(Moved(after, spot, before, spot, also[pointer]))
        if move.other:
            world.hold(Moved(world.show(other), place, untouched, place, others))
        else:
            same_record(world, other, untouched)
        if resource.relations:
            related(world, resource, world.show(record), view.record, {})

    def listed(move: Move, listing: Listing, pointer: str, world: World) -> None:
        record = world.create(resource, full=True)
        shown = world.show(record)
        if listing.shows is not None and not listing.shows(world.at(shown, view.record)):
            return
        quantity = world.random.choice(move.quantities)
        world.do(move.operation, request(world, move, record, quantity))
        found = item_pointer(world, world.pages(listing, path=record.path), listing, record.id)
        if found is not None:
            page, item = found
            world.hold(Moved(page, item + pointer, shown, place, move.effect(quantity)))

    def back(one: Move, other: Move, world: World) -> None:
        record = world.create(resource, full=True)
        before = world.show(record)
        effects = {stock: Decimal(0)}
        for move in (one, other):
            quantity = world.random.choice(move.quantities)
            world.do(move.operation, request(world, move, record, quantity))
            for pointer, amount in {stock: move.effect(quantity), **move.also(quantity)}.items():
                effects[pointer] = effects.get(pointer, Decimal(0)) + amount
        after = world.show(record)
        for pointer, amount in effects.items():
            spot = view.record + pointer
            world.hold(Moved(after, spot, before, spot, amount))

    def beyond(move: Move, world: World) -> None:
        record = world.create(resource, full=True)
        before = world.show(record)
        there = number(world.at(before, place), ",")
        quantity = max(there, Decimal(0)) + world.random.choice(move.quantities)
        sent = world.send(move.operation, request(world, move, record, quantity))
        done = world.trace.answer(sent).succeeded
        effect = move.effect(quantity) if done else Decimal(0)
        world.hold(Moved(world.show(record), place, before, place, effect))

    def taken(move: Move, listing: Listing, world: World) -> None:
        record, other = world.create(resource, full=True), world.create(resource, full=True)
        before = world.show(other)
        others = Decimal(0)
        for _ in range(2):
            quantity = world.random.choice(move.quantities)
            world.do(move.operation, request(world, move, record, quantity, other=other))
            others += move.other(quantity) if move.other else 0
        pages = world.pages(listing, path=record.path)
        world.hold(Lists(pages, resource.name, listing.operation, other.id))
        found = item_pointer(world, pages, listing, other.id)
        if found is not None:
            world.hold(Moved(found[0], found[1] + stock, before, place, others))

    def alone(move: Move, world: World) -> None:
        record, sent = furnished(world, resource)
        before = views_of(world, record)
        parts = request(world, move, record, world.random.choice(move.quantities))
        world.do(move.operation, parts)
        moved = {field.name for field in resource.fields if field.shown == stock}
        fields_are_kept(world, record, before, sent - moved)

    for move in resource.moves:
        yield Case(move.operation, partial(moves, move))
        yield Case(move.operation, partial(alone, move))
        if move.effect(Decimal(1)) < 0:
            yield Case(move.operation, partial(beyond, move))
        if move.taken is not None:
            yield Case(move.taken.operation, partial(taken, move, move.taken))
        for listing in resource.lists:
            pointer = listing.at.get("stock", stock)
            if pointer is not None:
                yield Case(listing.operation, partial(listed, move, listing, pointer))
    for one, other in zip(resource.moves, resource.moves[1:], strict=False):
        yield Case(other.operation, partial(back, one, other))


@oracle("an update leaves what was moved", writes=True)
def moved_stock_is_kept(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """After a move and an update that does not name the stock, the stock is as it was moved."""
    del lifecycle
    if resource.create is None or resource.stock is None or not resource.reads:
        return
    place = resource.reads[0].record + resource.stock
    names = {field.name for field in resource.fields if field.shown == resource.stock}

    def kept(update: Update, world: World) -> None:
        record = world.create(resource, full=True)
        before = world.show(record)
        move = world.random.choice(resource.moves)
        quantity = world.random.choice(move.quantities)
        world.do(move.operation, request(world, move, record, quantity))
        for _ in range(_DRAWS):
            values = change(world, resource, update)
            if not names & {*values}:
                world.update(record, update, values)
                effect = move.effect(quantity)
                world.hold(Moved(world.show(record), place, before, place, effect))
                return

    for update in resource.updates if resource.moves else ():
        if update.partial or update.keeps:
            yield Case(update.operation, partial(kept, update))


@oracle("a move that is refused moves nothing", writes=True)
def refused_moves_nothing(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """A wrong or too large quantity is refused, the stock stays, and no entry is made."""
    del lifecycle
    if resource.create is None or not resource.reads:
        return

    stocks = [field.name for field in resource.fields if field.shown == resource.stock]

    def wrong(move: Move, world: World) -> None:
        refused(move, world.random.choice(move.wrong), {}, world)

    def beyond(move: Move, world: World) -> None:
        stock, quantity = world.random.choice(move.beyond)
        refused(move, quantity, dict.fromkeys(stocks, stock), world)

    def refused(move: Move, quantity: Any, given: Json, world: World) -> None:
        both = [world.create(resource, each, full=True) for each in (given, {})]
        before = [world.show(each) for each in both]
        history, path = resource.history, both[0].path
        entries = world.pages(history, path=path) if history else ()
        sent = world.send(move.operation, request(world, move, both[0], quantity, other=both[1]))
        world.hold(Refuses(sent, f"the quantity is {str(quantity)!r}"))
        for each, shown in zip(both, before, strict=True):
            same_record(world, each, shown)
        if history:
            world.hold(Gained(world.pages(history, path=path), entries, history.items, 0))

    def unknown(move: Move, world: World) -> None:
        record, other = world.create(resource, full=True), world.create(resource, full=True)
        before = world.show(other)
        stranger = replace(record, id=resource.unknown(world.random))
        parts = request(world, move, stranger, move.quantities[0], other=other)
        sent = world.send(move.operation, parts)
        statuses = (*resource.absent, *resource.refused)
        world.hold(Answers(sent, statuses, "there is no such record"))
        same_record(world, other, before)

    for move in resource.moves:
        if move.wrong:
            yield Case(move.operation, partial(wrong, move))
        if move.beyond and stocks:
            yield Case(move.operation, partial(beyond, move))
        yield Case(move.operation, partial(unknown, move), wild=True)


@oracle("every move is entered once", writes=True)
def moves_are_entered(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """The history gains one entry for each move, which tells of it as the answer does."""
    del lifecycle
    history = resource.history
    if resource.create is None or history is None:
        return

    def entered(move: Move, history: Listing, world: World) -> None:
        record = world.create(resource, full=True)
        before = world.pages(history, path=record.path)
        for _ in range(world.random.randint(1, 2)):
            quantity = world.random.choice(move.quantities)
            answer = world.do(move.operation, request(world, move, record, quantity))
            after = world.pages(history, path=record.path)
            name, operation = resource.name, history.operation
            world.hold(
                Gained(after, before, history.items, 1),
                Told(answer, name, move.name, quantity),
                Entered(after, before, name, operation, move.name, quantity),
            )
            before = after

    for move in resource.moves:
        yield Case(history.operation, partial(entered, move, history))
