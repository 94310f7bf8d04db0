"""Sequences of calls that can be sent again: what one answer gave, a later call uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contract_tests.claims import Claim
from contract_tests.exchange.trace import MISSING, Call, Exchange, Trace, Walk, find
from contract_tests.reproduction.kinds import is_word_for, listed_by, named_in_path, sandbox_key_of
from contract_tests.reproduction.variables import (
    ID_NAME,
    VARIABLE,
    Identifiers,
    made_up,
    renamed_text,
    renumbered_text,
    steps_in,
    texts,
    with_variables,
)
from contract_tests.target.session import Session
from mock_server.lifecycle.model import Lifecycle, Parts

#: A field in the value of a query, with what it is compared by: `product_id:=33`.
_COMPARED = re.compile(r"(\w+)[:=<>!~]+")
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")


@dataclass(frozen=True, slots=True)
class Step:
    """A call, or a walk through a list that begins with it.

    Texts may have variables (`variables.VARIABLE`). `succeeded` says how it went when it was first
    sent (None: not known); a shorter sequence in which it goes otherwise is another one.
    """

    call: Call
    walk: Walk | None = None
    succeeded: bool | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """Steps, and the claim that does not hold after them; its numbers are those of steps.

    `places` say, for a number of the claim that is a page of a walk, which one it was: the page's
    place, from the end if negative.
    """

    steps: tuple[Step, ...]
    claim: Claim
    places: tuple[tuple[int, int], ...] = ()

    def without(self, number: int) -> Script | None:
        """Return the script without a step; None if another step or the claim needs it."""
        rest = [*self.steps[:number], *self.steps[number + 1 :]]
        needed = steps_in([*(step.call for step in rest), self.claim])
        if number in self.claim.exchanges | needed:
            return None

        def moved(old: int) -> int:
            return old - (old > number)

        renamed = partial(renumbered_text, moved=moved)
        steps = tuple(replace(step, call=texts(step.call, renamed)) for step in rest)
        claim = texts(self.claim, renamed).renumbered(lambda old: (moved(old),))
        places = tuple((moved(old), place) for old, place in self.places if old != number)
        return Script(steps, claim, places)


def script_of(trace: Trace, claim: Claim, lifecycle: Lifecycle) -> Script:
    """Return the script of a trace: what answers gave to later calls becomes variables."""
    walk_of = {walk.pages[0]: walk for walk in trace.walks}
    within = {page: walk for walk in trace.walks for page in walk.pages[1:]}
    step_of: dict[int, int] = {}
    steps: list[Step] = []
    known: dict[str, str] = {}
    ids = Identifiers()
    for exchange in trace:
        if exchange.number in within:
            step_of[exchange.number] = step_of[within[exchange.number].pages[0]]
            continue
        step_of[exchange.number] = len(steps)
        ids.account = exchange.call.account
        for made in made_up(exchange.call):
            known.setdefault(made, f"{{{{new {len(known)}}}}}")
        named = _named(exchange.call, known, ids, lifecycle)
        succeeded = exchange.answer.succeeded
        steps.append(Step(named, walk_of.get(exchange.number), succeeded))
        _learn(exchange, len(steps) - 1, lifecycle, known, ids)
    places = []
    for number in claim.exchanges:
        walk = within.get(number) or walk_of.get(number)
        if walk is not None:
            place = walk.pages.index(number)
            last = place == len(walk.pages) - 1
            places.append((step_of[number], -1 if last and place else place))
    steps_named = claim.renumbered(lambda old: (step_of[old],))
    named = texts(steps_named, with_variables(known))
    return Script(tuple(steps), named, tuple(sorted(places)))


def _learn(
    exchange: Exchange, step: int, lifecycle: Lifecycle, known: dict[str, str], ids: Identifiers
) -> None:
    """Take in the identifier that an answer gave, and those of others that a record showed."""
    operation, body = exchange.call.operation, exchange.answer.body
    for resource in lifecycle.resources:
        create = resource.create
        if create is not None and create.operation == operation and create.id is not None:
            given = find(body, create.id)
            if given is not MISSING:
                variable = f"{{{{{step}{create.id}}}}}"
                known.setdefault(str(given), variable)
                ids.learn(given, resource.name, variable)
        if operation in [read.operation for read in resource.reads]:
            ids.learn_from(step, body, resource.name)


def _named(call: Call, known: Mapping[str, str], ids: Identifiers, lifecycle: Lifecycle) -> Call:
    """A call with variables; what a number identifies is told by where it stands."""
    texts_alone = {value: variable for value, variable in known.items() if not value.isdigit()}
    operation, parts = call.operation, call.parts
    path = {
        name: ids.of_kind(str(value), named_in_path(lifecycle, operation, name).__contains__)
        for name, value in parts.path.items()
    }
    listed = listed_by(lifecycle, operation)
    query = tuple((name, _in_query(name, value, listed, ids)) for name, value in parts.query)
    parts = Parts(path, query, parts.headers, ids.put_into(parts.body))
    return texts(replace(call, parts=parts), with_variables(texts_alone))  # type: ignore[no-any-return]


def _in_query(name: str, value: str, listed: Collection[str], ids: Identifiers) -> str:
    """A value with variables for the identifiers that its field, or else its name, tells of."""
    compared = _COMPARED.match(value)
    field, start = (compared[1], compared.end()) if compared else (name, 0)
    if not ID_NAME.search(field):
        return value
    word = sandbox_key_of(field)
    is_kind = partial(is_word_for, word) if word else listed.__contains__
    return value[:start] + _NUMBER.sub(lambda found: ids.of_kind(found[0], is_kind), value[start:])


@dataclass(frozen=True, slots=True)
class Ran:
    """What was answered to a script.

    `pages` are the exchanges of each step: one, or those of a walk. `claim` is the script's about
    these exchanges, `named` the same with the variables still in it.
    """

    trace: Trace
    pages: tuple[tuple[int, ...], ...]
    claim: Claim
    named: Claim


class MissingValue(LookupError):
    """The answer of a step does not give what a later call takes from it."""

    def __init__(self, step: int, operation: str, pointer: str) -> None:
        super().__init__(f"{operation} gave nothing at {pointer}, which a later call takes")
        self.step = step
        self.pointer = pointer


def _found(step: int, pointer: str, body: Any) -> Any:
    """What a variable stands for: what the answer of its step has there."""
    del step
    return find(body, pointer)


def run_script(
    script: Script,
    session: Session,
    into: Trace | None = None,
    read: Callable[[int, str, Any], Any] = _found,
) -> Ran:
    """Send a script's calls; what is answered is added to the trace `into`, if there is one.

    `read` finds what a variable stands for: it gets its step, its pointer, and the answer's body.
    Raises MissingValue if an answer does not give what a later call needs, and httpx.HTTPError.
    """
    trace = Trace() if into is None else into
    made: dict[str, str] = {}
    exchanges: list[tuple[int, ...]] = []

    def value(found: re.Match[str]) -> Any:
        if found[4] is not None:
            return made.setdefault(found[4], session.name())
        step, pointer = int(found[2]), found[3] or ""
        given = read(step, pointer, trace.answer(exchanges[step][0]).body)
        if given is MISSING:
            raise MissingValue(step, script.steps[step].call.operation, pointer)
        return given

    def filled(text: str) -> Any:
        whole = VARIABLE.fullmatch(text)
        if whole is not None and whole[1]:
            return value(whole)
        return VARIABLE.sub(lambda found: str(value(found)), text)

    for step in script.steps:
        call = texts(step.call, filled)
        exchanges.append(tuple(_walk(call, step.walk, session, trace)))
    claim = _placed(texts(script.claim, filled), exchanges, dict(script.places), trace)
    # Where a claim looks depends on what was answered, so both are placed by the filled one.
    return Ran(trace, tuple(exchanges), claim, script.claim.at_exchanges_of(claim))


def renamed(call: Call, pages: Sequence[tuple[int, ...]]) -> Call:
    """Return a call whose variables name exchanges instead of steps."""
    return texts(call, partial(renamed_text, pages=pages))  # type: ignore[no-any-return]


def _walk(call: Call, walk: Walk | None, session: Session, trace: Trace) -> list[int]:
    first, _ = session.send(call, trace)
    numbers = [first.number]
    if walk is None:
        return numbers
    rest = call.parts.query[: len(call.parts.query) - len(walk.paging.page(0, walk.size))]
    try:
        for index in range(1, walk.most):
            last = trace.answer(numbers[-1])
            if not last.succeeded or not walk.paging.more(last.body):
                break
            # A service that ignores which page it is asked for is not asked for ever.
            if len(numbers) > 1 and last.content == trace.answer(numbers[-2]).content:
                break
            query = (*rest, *walk.paging.page(index, walk.size))
            again = replace(call, parts=Parts(call.parts.path, query, call.parts.headers))
            numbers.append(session.send(again, trace)[0].number)
    finally:
        # Where a page is not answered, those before it are still one walk.
        trace.walks.append(replace(walk, pages=tuple(numbers)))
    return numbers


def _placed(
    claim: Claim, exchanges: Sequence[tuple[int, ...]], places: Mapping[int, int], trace: Trace
) -> Claim:
    """The claim about exchanges instead of steps."""
    single: dict[str, Any] = {}
    for name, (step, pointer) in claim.singles.items():
        pages = exchanges[step]
        showing = [page for page in pages if pointer and trace.answer(page).at(pointer) is not
                   MISSING]  # fmt: skip
        place = min(places.get(step, 0), len(pages) - 1)
        single[name] = showing[0] if len(pages) > 1 and showing else pages[place]
    several = claim.renumbered(lambda step: exchanges[step])
    return replace(several, **single)  # type: ignore[type-var]  # claims are dataclasses
