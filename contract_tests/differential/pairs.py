"""Walk through two traces of the same calls, and find where their answers differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.differential.normal import AnswerDifference, Normaliser
from contract_tests.exchange.trace import MISSING, Call, Exchange, Trace, find, firsts
from contract_tests.reproduction.kinds import named_in_path
from contract_tests.reproduction.variables import made_up
from contract_tests.target.run_tag import PREFIX
from mock_server.lifecycle.model import ABSENT, Listing

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")


@dataclass(frozen=True, slots=True)
class Met:
    """A difference, and the two exchanges in which it was met."""

    difference: AnswerDifference
    left: Exchange
    right: Exchange


def compared(left: Trace, right: Trace, normaliser: Normaliser) -> Iterator[Met]:
    """Yield what differs, as far as both traces go; of a walk through a list the first page."""
    for here, there in zip(firsts(left), firsts(right), strict=False):
        if here.call.operation != there.call.operation:
            break
        _learn(normaliser, here, there)
        reason = of_no_use(normaliser, here, there)
        if reason:
            normaliser.left_out.add(f"{here.call.operation}: {reason}")
            continue
        whole = _whole(left, here) and _whole(right, there)
        for difference in normaliser.differences(here, there, whole=whole):
            yield Met(difference, here, there)


def _learn(normaliser: Normaliser, left: Exchange, right: Exchange) -> None:
    """Pair the texts that were made up for a call, and the identifiers that it gave."""
    for one, other in zip(made_up(left.call), made_up(right.call), strict=False):
        normaliser.pair(PREFIX, one, other)
    if left.call.parts.body is not ABSENT:
        normaliser.sent.append(repr(left.call.parts.body))
    for resource in normaliser.lifecycle.resources:
        create = resource.create
        if create is not None and create.operation == left.call.operation and create.id:
            ids = [find(each.answer.body, create.id) for each in (left, right)]
            if all(isinstance(each, str | int) for each in ids):
                normaliser.created(resource.name, left.call.account, *ids)


def of_no_use(normaliser: Normaliser, left: Exchange, right: Exchange) -> str:
    """Return why two answers tell nothing of the targets, or an empty text."""
    paths = [call.parts.path for call in (left.call, right.call)]
    named = {(name, str(value), str(paths[1].get(name))) for name, value in paths[0].items()}
    shown = [each.answer for each in (left, right) if each.answer.succeeded]
    # Where each account counts on its own, the number of another one's record is that of its own.
    names = {each: other for (space, each), other in normaliser.pairs.items() if space == PREFIX}
    leaked = any(
        name.encode() in answer.content for answer in shown for name in (*names, *names.values())
    )
    made = {
        (name, one, other)
        for name in paths[0]
        for kinds in [named_in_path(normaliser.lifecycle, left.call.operation, name)]
        for kind, account, one, other in normaliser.made
        if kind in kinds and (leaked or account == left.call.account)
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


def _whole(trace: Trace, exchange: Exchange) -> bool:
    """Whether an answer is all of a list: the only page of a walk that could have gone on."""
    return any(walk.pages == (exchange.number,) and walk.most > 1 for walk in trace.walks)


def short(value: object) -> str:
    """Return a value as text that fits on a line."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
