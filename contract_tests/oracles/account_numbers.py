"""Where each account counts its records for itself, two records with one number are two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from contract_tests.claims import Gained, Totals
from contract_tests.oracles.changes import change, same_record
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.removals import remove
from contract_tests.oracles.stock import request
from contract_tests.world import Record, Unfit, Violated, World
from mock_server.lifecycle.model import Lifecycle, Listing, Move, Removal, Resource, Update

#: So many records are made at most for one account to catch up with the other.
_MOST = 40


# By and by a run makes more records for the one account than the other could catch up with.
@oracle("two accounts' records with one number are two", writes=True, first=True)
def alike_are_apart(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """What is done to a record leaves the other account's record of the same number alone."""
    above = lifecycle.resource(resource.parent) if resource.parent is not None else resource
    if resource.create is None or above.create is None or not above.reads:
        return

    def updated(update: Update, world: World) -> None:
        mine, theirs = _alike(world, resource)
        before = world.show(theirs)
        world.update(mine, update, change(world, resource, update))
        same_record(world, theirs, before)

    def moved(move: Move, world: World) -> None:
        mine, theirs = _alike(world, resource)
        before, history = world.show(theirs), resource.history
        entries = _listed(world, history, theirs) if history else ()
        quantity = world.random.choice(move.quantities)
        world.do(move.operation, request(world, move, mine, quantity))
        same_record(world, theirs, before)
        if history:
            world.hold(Gained(_listed(world, history, theirs), entries, history.items, 0))

    def removed(removal: Removal, world: World) -> None:
        mine, theirs = _alike(world, resource)
        before = world.show(theirs)
        remove(world, mine, removal)
        same_record(world, theirs, before)

    def below(listing: Listing, world: World) -> None:
        mine, theirs = _alike(world, above)
        path = {**mine.path, resource.parent_in_path: mine.id}
        beside = replace(mine, resource=resource, path=path)
        before = _listed(world, listing, theirs, resource)
        for _ in range(world.random.randint(1, 2)):
            world.create(resource, beside=beside)
        after = _listed(world, listing, theirs, resource)
        world.hold(Gained(after, before, listing.items, 0))
        own = world.pages(listing, path=path)
        for pages in (after, own) if listing.total is not None else ():
            world.hold(Totals(pages[-1], pages, resource.name, listing.operation))

    if resource.parent is not None:
        for listing in resource.lists:
            yield Case(listing.operation, partial(below, listing), other=True)
        return
    for update in resource.updates:
        yield Case(update.operation, partial(updated, update), other=True)
    for move in resource.moves:
        yield Case(move.operation, partial(moved, move), other=True)
    for removal in resource.removals:
        yield Case(removal.operation, partial(removed, removal), other=True)


def _listed(
    world: World, listing: Listing, owner: Record, below: Resource | None = None
) -> tuple[int, ...]:
    """Walk through what a list has below a record, as its account."""
    path = {**owner.path, **({below.parent_in_path: owner.id} if below is not None else {})}
    return world.pages(listing, path=path, account=owner.account)


def _alike(world: World, resource: Resource) -> tuple[Record, Record]:
    """Create a record for each account until two have the same identifier; raises Unfit.

    Where callers may choose it, both choose the same. Else the one that lags behind makes more of
    them; if it overtakes the other so, both are counted together.
    """
    chosen = [each for each in resource.fields if each.create and each.shown == resource.id]
    if chosen:
        given = {chosen[0].name: world.value(chosen[0])}
        mine = world.create(resource, given, full=True)
        try:
            return mine, world.create(resource, given, account="other", full=True)
        except Violated:
            raise Unfit(f"{mine.id} is taken for all accounts") from None
    mine = world.create(resource, full=True)
    theirs = world.create(resource, account="other", full=True)
    lead = 0
    for _ in range(_MOST):
        if mine.id == theirs.id:
            return mine, theirs
        before, lead = lead, _number(mine) - _number(theirs)
        if abs(lead) > _MOST or before * lead < 0:
            break
        if lead < 0:
            mine = world.create(resource, full=True)
        else:
            theirs = world.create(resource, account="other", full=True)
    raise Unfit("the accounts' records are not numbered alike")


def _number(record: Record) -> int:
    found = re.fullmatch(r"\D*(\d{1,9})", record.id)
    if found is None:
        raise Unfit(f"{record.id} is no number")
    return int(found.group(1))
