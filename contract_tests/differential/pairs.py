"""Walk through two traces of the same calls, and find where their answers differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.differential.normal import Difference, Normaliser
from contract_tests.sequences.variables import made_up
from contract_tests.session import TAG
from contract_tests.traces import MISSING, Call, Exchange, Trace, find
from mock_server.lifecycle.model import ABSENT, Lifecycle, Listing, Resource

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")


@dataclass(frozen=True, slots=True)
class Met:
    """A difference, and the two exchanges in which it was met."""

    difference: Difference
    left: Exchange
    right: Exchange


def compared(left: Trace, right: Trace, normaliser: Normaliser) -> Iterator[Met]:
    """Yield what differs, as far as both traces go; of a walk through a list the first page."""
    for here, there in zip(_firsts(left), _firsts(right), strict=False):
        if here.call.operation != there.call.operation:
            break
        _learn(normaliser, here, there)
        reason = _of_no_use(normaliser, here, there)
        if reason:
            normaliser.left_out.add(f"{here.call.operation}: {reason}")
            continue
        whole = _whole(left, here) and _whole(right, there)
        for difference in normaliser.differences(here, there, whole=whole):
            yield Met(difference, here, there)


def _learn(normaliser: Normaliser, left: Exchange, right: Exchange) -> None:
    """Pair the texts that were made up for a call, and the identifiers that it gave."""
    for one, other in zip(made_up(left.call), made_up(right.call), strict=False):
        normaliser.pair(TAG, one, other)
    if left.call.parts.body is not ABSENT:
        normaliser.sent.append(repr(left.call.parts.body))
    for resource in normaliser.lifecycle.resources:
        create = resource.create
        if create is not None and create.operation == left.call.operation and create.id:
            ids = [find(each.answer.body, create.id) for each in (left, right)]
            if all(isinstance(each, str | int) for each in ids):
                normaliser.created(resource.name, left.call.account, *ids)


def _of_no_use(normaliser: Normaliser, left: Exchange, right: Exchange) -> str:
    """Why two answers tell nothing of the targets, or an empty text."""
    paths = [call.parts.path for call in (left.call, right.call)]
    named = {(name, str(value), str(paths[1].get(name))) for name, value in paths[0].items()}
    shown = [each.answer for each in (left, right) if each.answer.succeeded]
    # Where each account counts on its own, the number of another one's record is that of its own.
    names = {each: other for (space, each), other in normaliser.pairs.items() if space == TAG}
    leaked = any(
        name.encode() in answer.content for answer in shown for name in (*names, *names.values())
    )
    made = {
        (name, one, other)
        for kind, account, one, other in normaliser.made
        for name in _parameters(normaliser.lifecycle, kind, left.call.operation)
        if leaked or account == left.call.account
    }
    if shown and not named <= made:
        return "records of others"
    for resource in normaliser.lifecycle.resources:
        for listing in resource.lists:
            here = listing.operation == left.call.operation and _later(listing, left.call)
            if here and not _as_many(listing, left, right):
                return "pages after the first"
    if any(_MOMENT.search(value) for _, value in left.call.parts.query):
        # The other target's records were made at another moment.
        return "filters by a time"
    texts = [name.lower() for name in names]
    for _, value in left.call.parts.query:
        # The other target's record has another name, of which this is no part.
        part = re.split(r"[:=~<>*!]+", value)[-1]
        if len(part) > 2 and any(part.lower() in made and part != made for made in texts):
            return "searches for a part of a name that was made up"
    return ""


def _parameters(lifecycle: Lifecycle, kind: str, operation: str) -> Iterator[str]:
    """The path parameters with which an operation names a record of a kind."""
    for resource in lifecycle.resources:
        if operation not in _operations(resource):
            continue
        if resource.name == kind or _same_records(resource, lifecycle.resource(kind)):
            yield resource.id_in_path
        if resource.parent == kind:
            yield resource.parent_in_path


def _same_records(one: Resource, other: Resource) -> bool:
    """Whether two resources are the same records, told of in two ways."""
    reads = [{read.operation for read in each.reads} for each in (one, other)]
    return bool(reads[0] & reads[1])


def _operations(resource: Resource) -> set[str]:
    """The operations that a resource declares."""
    parts: list[Any] = [
        *resource.reads, *resource.updates, *resource.removals, *resource.moves, *resource.lists,
        *resource.attachments,
    ]  # fmt: skip
    parts += [each for each in (resource.create, resource.history) if each is not None]
    taken = {move.taken.operation for move in resource.moves if move.taken}
    asked = {name for relation in resource.relations for name in relation.asks}
    undone = {removal.undo for removal in resource.removals if removal.undo}
    return {part.operation for part in parts} | taken | asked | undone


def _as_many(listing: Listing, left: Exchange, right: Exchange) -> bool:
    """Whether two pages are of lists with the same number of records."""
    totals = [each.answer.at(listing.total or "/?") for each in (left, right)]
    return totals[0] is not MISSING and totals[0] == totals[1]


def _later(listing: Listing, call: Call) -> bool:
    """Whether a call asks for another page than the first, of which each target has its own."""
    if listing.paging is None:
        return False
    first, second = (dict(listing.paging.page(index, 10)) for index in (0, 1))
    query = dict(call.parts.query)
    numbers = [name for name, value in second.items() if first.get(name) != value]
    return any(query.get(name, first.get(name)) != first.get(name) for name in numbers)


def _firsts(trace: Trace) -> Iterator[Exchange]:
    """The exchanges of a trace, of a walk through a list only the first."""
    within = {page for walk in trace.walks for page in walk.pages[1:]}
    return (exchange for exchange in trace if exchange.number not in within)


def _whole(trace: Trace, exchange: Exchange) -> bool:
    """Whether an answer is all of a list: the only page of a walk that could have gone on."""
    return any(walk.pages == (exchange.number,) and walk.most > 1 for walk in trace.walks)


def short(value: object) -> str:
    """Return a value as text that fits on a line."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
