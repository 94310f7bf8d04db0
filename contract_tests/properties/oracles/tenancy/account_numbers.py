"""Where each account counts its records for itself, two records with one number are two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from contract_tests.claims import Gained, Totals
from contract_tests.properties.actions import Actions, CaseNotApplicable, ClaimViolated, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change, same_record
from contract_tests.properties.oracles.removals import remove
from contract_tests.properties.oracles.stock import request
from mock_server.lifecycle.model import Lifecycle, Listing, Move, Removal, Resource, Update

#: So many records are made at most for one account to catch up with the other.
_MOST = 40


# By and by a run makes more records for the one account than the other could catch up with.
@oracle(
    "same_number_in_two_accounts",
    "two accounts' records with one number are two",
    writes=True,
    first=True,
)
def alike_are_apart(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """What is done to a record leaves the other account's record of the same number alone."""
    above = lifecycle.resource(resource.parent) if resource.parent is not None else resource
    if resource.create is None or above.create is None or not above.reads:
        return

    def updated(update: Update, actions: Actions) -> None:
        mine, theirs = _alike(actions, resource)
        before = actions.show(theirs)
        actions.update(mine, update, change(actions, resource, update))
        same_record(actions, theirs, before)

    def moved(move: Move, actions: Actions) -> None:
        mine, theirs = _alike(actions, resource)
        before, history = actions.show(theirs), resource.history
        entries = _listed(actions, history, theirs) if history else ()
        quantity = actions.random.choice(move.quantities)
        actions.do(move.operation, request(actions, move, mine, quantity))
        same_record(actions, theirs, before)
        if history:
            actions.hold(Gained(_listed(actions, history, theirs), entries, history.items, 0))

    def removed(removal: Removal, actions: Actions) -> None:
        mine, theirs = _alike(actions, resource)
        before = actions.show(theirs)
        remove(actions, mine, removal)
        same_record(actions, theirs, before)

    def below(listing: Listing, actions: Actions) -> None:
        mine, theirs = _alike(actions, above)
        path = {**mine.path, resource.parent_in_path: mine.id}
        beside = replace(mine, resource=resource, path=path)
        before = _listed(actions, listing, theirs, resource)
        for _ in range(actions.random.randint(1, 2)):
            actions.create(resource, beside=beside)
        after = _listed(actions, listing, theirs, resource)
        actions.hold(Gained(after, before, listing.items, 0))
        own = actions.pages(listing, path=path)
        for pages in (after, own) if listing.total is not None else ():
            actions.hold(Totals(pages[-1], pages, resource.name, listing.operation))

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
    actions: Actions, listing: Listing, owner: Record, below: Resource | None = None
) -> tuple[int, ...]:
    """Walk through what a list has below a record, as its account."""
    path = {**owner.path, **({below.parent_in_path: owner.id} if below is not None else {})}
    return actions.pages(listing, path=path, account=owner.account)


def _alike(actions: Actions, resource: Resource) -> tuple[Record, Record]:
    """Create a record for each account until two share an identifier; raises CaseNotApplicable.

    Where callers may choose it, both choose the same. Else the one that lags behind makes more of
    them; if it overtakes the other so, both are counted together.
    """
    chosen = [each for each in resource.fields if each.create and each.shown == resource.id]
    if chosen:
        given = {chosen[0].name: actions.value(chosen[0])}
        mine = actions.create(resource, given, full=True)
        try:
            return mine, actions.create(resource, given, account="other", full=True)
        except ClaimViolated:
            raise CaseNotApplicable(f"{mine.id} is taken for all accounts") from None
    mine = actions.create(resource, full=True)
    theirs = actions.create(resource, account="other", full=True)
    lead = 0
    for _ in range(_MOST):
        if mine.id == theirs.id:
            return mine, theirs
        before, lead = lead, _number(mine) - _number(theirs)
        if abs(lead) > _MOST or before * lead < 0:
            break
        if lead < 0:
            mine = actions.create(resource, full=True)
        else:
            theirs = actions.create(resource, account="other", full=True)
    raise CaseNotApplicable("the accounts' records are not numbered alike")


def _number(record: Record) -> int:
    found = re.fullmatch(r"\D*(\d{1,9})", record.id)
    if found is None:
        raise CaseNotApplicable(f"{record.id} is no number")
    return int(found.group(1))
