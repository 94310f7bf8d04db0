"""Walk through two traces of the same calls, and find where their answers differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.differential.normal import Difference, Normaliser
from contract_tests.sequences.scripts import made_up
from contract_tests.session import TAG
from contract_tests.traces import Exchange, Trace, find


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
        if _of_others(normaliser, here, there):
            normaliser.left_out.add(f"{here.call.operation}: records of others")
            continue
        whole = _whole(left, here) and _whole(right, there)
        for difference in normaliser.differences(here, there, whole=whole):
            yield Met(difference, here, there)


def _learn(normaliser: Normaliser, left: Exchange, right: Exchange) -> None:
    """Pair the texts that were made up for a call, and the identifiers that it gave."""
    for one, other in zip(made_up(left.call), made_up(right.call), strict=False):
        normaliser.pair(TAG, one, other)
    for resource in normaliser.lifecycle.resources:
        create = resource.create
        if create is not None and create.operation == left.call.operation and create.id:
            ids = [find(each.answer.body, create.id) for each in (left, right)]
            if all(isinstance(each, str | int) for each in ids):
                normaliser.created(resource.name, left.call.account, *ids)


def _of_others(normaliser: Normaliser, left: Exchange, right: Exchange) -> bool:
    """Whether an answer shows a record that the sequence has not made."""
    made = {each for _, _, *ids in normaliser.made for each in ids}
    named = {str(value) for call in (left.call, right.call) for value in call.parts.path.values()}
    shown = left.answer.succeeded or right.answer.succeeded
    return shown and bool(named) and not named & made


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
