"""The fixed script of calls by which a service is looked at from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contract_tests.exchange.trace import Caller
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracles.changes import change
from contract_tests.properties.oracles.removals import parts_of
from lab.mutation import odd_calls
from mock_server.lifecycle.model import Parts, Query, Resource


def steps(actions: Actions, resource: Resource) -> Iterator[Callable[[], Any]]:
    """The steps of the script for one kind of record; each may fail without ending it."""
    made: list[Record] = []
    yield partial(views, actions, resource, made, "first")
    accounts: tuple[Caller, ...] = ("first", "first", "other")
    for account in accounts:
        yield partial(_create, actions, resource, made, account, full=True)
    yield partial(_create, actions, resource, made, "first", full=False)
    yield partial(views, actions, resource, made, "first")
    yield partial(views, actions, resource, made, "other")
    for round_ in range(3):
        yield partial(_changes, actions, resource, made, round_)
        yield partial(_moves, actions, resource, made)
        yield partial(views, actions, resource, made, "first")
    yield partial(_lists, actions, resource, made)
    yield partial(odd_calls.wrong_values, actions, resource, made)
    yield partial(odd_calls.retries, actions, resource, made)
    yield partial(odd_calls.unattributed, actions, resource, made)
    yield partial(odd_calls.unknown, actions, resource)
    yield partial(_removals, actions, resource, made)
    yield partial(views, actions, resource, made, "first")
    yield partial(views, actions, resource, made, "other")
    yield partial(_create, actions, resource, made, "first", full=True)


def _create(
    actions: Actions, resource: Resource, made: list[Record], account: Caller, *, full: bool
) -> None:
    if resource.create is not None:
        made.append(actions.create(resource, account=account, full=full))


def views(actions: Actions, resource: Resource, made: list[Record], who: Caller) -> None:
    """Every read of the first and of the newest records, and every list, as one account."""
    for record in (*made[:3], *made[-2:]):
        for read in resource.reads:
            actions.send(read.operation, Parts(path=record.path), who)
    for listing in (*resource.lists, *((resource.history,) if resource.history else ())):
        for index in range(30):
            query = listing.paging.page(index, listing.paging.largest) if listing.paging else ()
            path = {**listing.path, **(made[0].path if made else {})}
            parts = Parts(path=path, query=(*listing.query, *query))
            page = actions.send(listing.operation, parts, who)
            body = actions.trace.exchanges[-1].answer.body
            if not listing.paging or page < 0 or not listing.paging.more(body):
                break
    for summary in resource.summaries:
        actions.send(summary.operation, Parts(), who)
    if not made and resource.reads and resource.lists and not resource.lists[0].path:
        for item in actions.records((len(actions.trace) - 1,), resource.lists[-1])[:4]:
            known = str(item.get(resource.lists[-1].id[1:]))
            for read in resource.reads:
                actions.send(read.operation, Parts(path={resource.id_in_path: known}), who)


def _changes(actions: Actions, resource: Resource, made: list[Record], round_: int) -> None:
    for update in resource.updates:
        for record in made[round_ % 2 : round_ % 2 + 3]:
            values = change(actions, resource, update)
            parts = Parts(path=record.path, body=update.body(values))
            actions.send(update.operation, parts, "first")
            for field in resource.fields:
                if field.clearable and field.name in values and round_ == 1:
                    cleared = Parts(
                        path=record.path, body=update.body({**values, field.name: None})
                    )
                    actions.send(update.operation, cleared, "first")


def _moves(actions: Actions, resource: Resource, made: list[Record]) -> None:
    for move in resource.moves:
        for record in made[:3]:
            quantity = actions.random.choice(move.quantities)
            actions.send(move.operation, move.parts(record.id, quantity), "first")
        for wrong in move.wrong:
            actions.send(move.operation, move.parts(made[0].id, wrong), "first")


def _lists(actions: Actions, resource: Resource, made: list[Record]) -> None:
    """Every list in pages of every size, filtered and sorted."""
    if resource.parent is not None:
        return
    for listing in resource.lists:
        paging = listing.paging
        queries: list[Query] = [()] if paging is None else []
        for size in (paging.sizes[:4] or (paging.fixed or 1,)) if paging else ():
            queries += [paging.page(index, size) for index in (0, 1, 2, 40, 5000) if paging]
        queries += [sort.query for sort in listing.sorts]
        if paging is not None:
            queries += [(*sort.query, *paging.page(1, 3)) for sort in listing.sorts]
        operation = actions.session.spec.operations[listing.operation]
        names = [each.name for each in operation.parameters if each.location == "query"]
        queries += [((name, value),) for name in names for value in ("-1", "x~y")]
        for query in queries:
            parts = Parts(path=listing.path, query=(*listing.query, *query))
            actions.send(listing.operation, parts, "first")
        for chosen in listing.filters:
            page = actions.send(
                listing.operation,
                Parts(path=listing.path, query=(*listing.query, *chosen.universe)),
            )
            del page
            body = actions.trace.exchanges[-1].answer.at(listing.items)
            value = chosen.value(actions.random, body if isinstance(body, list) else [])
            if value is not None:
                path = {**listing.path, **(chosen.path(value) if chosen.path else {})}
                query = (*listing.query, *chosen.query(value))
                actions.send(listing.operation, Parts(path=path, query=query))
    del made


def _removals(actions: Actions, resource: Resource, made: list[Record]) -> None:
    for removal in resource.removals:
        if resource.create is None:
            return
        record = actions.create(resource, dict(removal.given))
        made.append(record)
        for read in resource.reads:
            actions.send(read.operation, Parts(path=record.path))
        for _ in range(2):
            actions.send(removal.operation, parts_of(record, removal))
        for read in resource.reads:
            actions.send(read.operation, Parts(path=record.path))
            actions.send(read.operation, Parts(path=record.path, query=removal.reveal_read))
        views(actions, resource, made, "first")
        if removal.undo is not None:
            undo = removal.undo_parts(record.id) if removal.undo_parts else Parts(path=record.path)
            actions.send(removal.undo, undo)
            views(actions, resource, made, "first")
