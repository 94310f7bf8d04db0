"""Stock is conserved: it moves by what was moved, once, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from contract_tests.claims import Answers, Entered, Gained, Lists, Moved, Refuses, ShowsMove
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import (
    change,
    fields_are_kept,
    fully_set,
    same_record,
    views_of,
)
from contract_tests.properties.oracles.records import item_pointer
from contract_tests.properties.oracles.views import related
from mock_server.lifecycle.model import (
    Json,
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
    actions: Actions, move: Move, record: Record, quantity: Any, *, other: Record | None = None
) -> Parts:
    """Return what is sent to move a record's stock.

    What a move takes from a second record is `other`'s, or a new one's.
    """
    parts = move.parts(record.id, quantity)
    if move.other is None:
        return parts
    own, second = (
        actions.at(actions.show(each), each.resource.reads[0].record)
        for each in (record, other or actions.create(record.resource, full=True))
    )
    return replace(parts, body=filled(parts.body, own, second))


@oracle("stock_is_conserved", "stock moves by what was moved", writes=True)
def stock_is_conserved(resource: Resource) -> Iterator[Case]:
    """A move changes one record's stock by its quantity, and no more; several add up.

    One that takes more than there is may be refused, but is not made in part.
    """
    if resource.create is None or resource.stock is None or not resource.reads:
        return
    view, stock = resource.reads[0], resource.stock
    place = view.record + stock

    def moves(move: Move, actions: Actions) -> None:
        record, other = actions.create(resource, full=True), actions.create(resource, full=True)
        before, untouched = actions.show(record), actions.show(other)
        total, others = Decimal(0), Decimal(0)
        also: dict[str, Decimal] = {}
        for _ in range(actions.random.randint(1, 3)):
            quantity = actions.random.choice(move.quantities)
            actions.do(move.operation, request(actions, move, record, quantity, other=other))
            total += move.effect(quantity)
            others += move.other(quantity) if move.other else 0
            after = actions.show(record)
            actions.hold(Moved(after, place, before, place, total))
            for pointer, amount in move.also(quantity).items():
                also[pointer] = also.get(pointer, Decimal(0)) + amount
                spot = view.record + pointer
                actions.hold(Moved(after, spot, before, spot, also[pointer]))
        if move.other:
            actions.hold(Moved(actions.show(other), place, untouched, place, others))
        else:
            same_record(actions, other, untouched)
        if resource.relations:
            related(actions, resource, actions.show(record), view.record, {})

    def listed(move: Move, listing: Listing, pointer: str, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        shown = actions.show(record)
        if listing.shows is not None and not listing.shows(actions.at(shown, view.record)):
            return
        quantity = actions.random.choice(move.quantities)
        actions.do(move.operation, request(actions, move, record, quantity))
        found = item_pointer(actions, actions.pages(listing, path=record.path), listing, record.id)
        if found is not None:
            page, item = found
            actions.hold(Moved(page, item + pointer, shown, place, move.effect(quantity)))

    def back(one: Move, other: Move, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.show(record)
        effects = {stock: Decimal(0)}
        for move in (one, other):
            quantity = actions.random.choice(move.quantities)
            actions.do(move.operation, request(actions, move, record, quantity))
            for pointer, amount in {stock: move.effect(quantity), **move.also(quantity)}.items():
                effects[pointer] = effects.get(pointer, Decimal(0)) + amount
        after = actions.show(record)
        for pointer, amount in effects.items():
            spot = view.record + pointer
            actions.hold(Moved(after, spot, before, spot, amount))

    def beyond(move: Move, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.show(record)
        there = number(actions.at(before, place), ",")
        quantity = max(there, Decimal(0)) + actions.random.choice(move.quantities)
        sent = actions.send(move.operation, request(actions, move, record, quantity))
        done = actions.trace.answer(sent).succeeded
        effect = move.effect(quantity) if done else Decimal(0)
        actions.hold(Moved(actions.show(record), place, before, place, effect))

    def taken(move: Move, listing: Listing, actions: Actions) -> None:
        record, other = actions.create(resource, full=True), actions.create(resource, full=True)
        before = actions.show(other)
        others = Decimal(0)
        for _ in range(2):
            quantity = actions.random.choice(move.quantities)
            actions.do(move.operation, request(actions, move, record, quantity, other=other))
            others += move.other(quantity) if move.other else 0
        pages = actions.pages(listing, path=record.path)
        actions.hold(Lists(pages, resource.name, listing.operation, other.id))
        found = item_pointer(actions, pages, listing, other.id)
        if found is not None:
            actions.hold(Moved(found[0], found[1] + stock, before, place, others))

    def alone(move: Move, actions: Actions) -> None:
        record, sent = fully_set(actions, resource)
        before = views_of(actions, record)
        parts = request(actions, move, record, actions.random.choice(move.quantities))
        actions.do(move.operation, parts)
        moved = {field.name for field in resource.fields if field.shown == stock}
        fields_are_kept(actions, record, before, sent - moved)

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


@oracle("update_keeps_stock", "an update keeps the stock that was moved", writes=True)
def moved_stock_is_kept(resource: Resource) -> Iterator[Case]:
    """After a move and an update that does not name the stock, the stock is as it was moved."""
    if resource.create is None or resource.stock is None or not resource.reads:
        return
    place = resource.reads[0].record + resource.stock
    names = {field.name for field in resource.fields if field.shown == resource.stock}

    def kept(update: Update, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.show(record)
        move = actions.random.choice(resource.moves)
        quantity = actions.random.choice(move.quantities)
        actions.do(move.operation, request(actions, move, record, quantity))
        for _ in range(_DRAWS):
            values = change(actions, resource, update)
            if not names & {*values}:
                actions.update(record, update, values)
                effect = move.effect(quantity)
                actions.hold(Moved(actions.show(record), place, before, place, effect))
                return

    for update in resource.updates if resource.moves else ():
        if update.partial or update.keeps:
            yield Case(update.operation, partial(kept, update))


@oracle("rejected_moves_change_nothing", "a rejected move has no side effect", writes=True)
def refused_moves_nothing(resource: Resource) -> Iterator[Case]:
    """A wrong or too large quantity is refused, the stock stays, and no entry is made."""
    if resource.create is None or not resource.reads:
        return

    stocks = [field.name for field in resource.fields if field.shown == resource.stock]

    def wrong(move: Move, actions: Actions) -> None:
        refused(move, actions.random.choice(move.wrong), {}, actions)

    def beyond(move: Move, actions: Actions) -> None:
        stock, quantity = actions.random.choice(move.beyond)
        refused(move, quantity, dict.fromkeys(stocks, stock), actions)

    def refused(move: Move, quantity: Any, given: Json, actions: Actions) -> None:
        both = [actions.create(resource, each, full=True) for each in (given, {})]
        before = [actions.show(each) for each in both]
        history, path = resource.history, both[0].path
        entries = actions.pages(history, path=path) if history else ()
        sent = actions.send(
            move.operation, request(actions, move, both[0], quantity, other=both[1])
        )
        actions.hold(Refuses(sent, f"the quantity is {str(quantity)!r}"))
        for each, shown in zip(both, before, strict=True):
            same_record(actions, each, shown)
        if history:
            actions.hold(Gained(actions.pages(history, path=path), entries, history.items, 0))

    def unknown(move: Move, actions: Actions) -> None:
        record, other = actions.create(resource, full=True), actions.create(resource, full=True)
        before = actions.show(other)
        unknown = replace(record, id=resource.unknown(actions.random))
        parts = request(actions, move, unknown, move.quantities[0], other=other)
        sent = actions.send(move.operation, parts)
        statuses = (*resource.absent, *resource.refused)
        actions.hold(Answers(sent, statuses, "there is no such record"))
        same_record(actions, other, before)

    for move in resource.moves:
        if move.wrong:
            yield Case(move.operation, partial(wrong, move))
        if move.beyond and stocks:
            yield Case(move.operation, partial(beyond, move))
        yield Case(move.operation, partial(unknown, move), touches_foreign_data=True)


@oracle("moves_are_recorded", "every move is entered once", writes=True)
def moves_are_entered(resource: Resource) -> Iterator[Case]:
    """The history gains one entry for each move, which describes it as the answer does."""
    history = resource.history
    if resource.create is None or history is None:
        return

    def entered(move: Move, history: Listing, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        before = actions.pages(history, path=record.path)
        for _ in range(actions.random.randint(1, 2)):
            quantity = actions.random.choice(move.quantities)
            answer = actions.do(move.operation, request(actions, move, record, quantity))
            after = actions.pages(history, path=record.path)
            name, operation = resource.name, history.operation
            actions.hold(
                Gained(after, before, history.items, 1),
                ShowsMove(answer, name, move.name, quantity),
                Entered(after, before, name, operation, move.name, quantity),
            )
            before = after

    for move in resource.moves:
        yield Case(history.operation, partial(entered, move, history))
