"""Sequences of calls that can be sent again: what one answer gave, a later call uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import Any

from contract_tests.claims import Claim
from contract_tests.session import TAG, Session
from contract_tests.traces import MISSING, Call, Trace, Walk, find
from mock_server.lifecycle.model import Lifecycle, Parts

#: Fields of claims that name one exchange, or several.
_NUMBERS = frozenset({"answer", "other", "before", "pages", "other_pages", "universe"})
VARIABLE = re.compile(r"\{\{(\d+)(/[^{}]*)?\}\}|\{\{new (\d+)\}\}")
_NEW = re.compile(rf"{TAG}[A-Za-z0-9._]+-\d+")


@dataclass(frozen=True, slots=True)
class Step:
    """A call, or a walk through a list that begins with it.

    Texts may have variables: `{{2/id}}` is what the answer of step 2 has at `/id`, `{{new 1}}` a
    text that no record has yet.
    """

    call: Call
    walk: Walk | None = None


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
        needed = f"{{{{{number}/"
        rest = [*self.steps[:number], *self.steps[number + 1 :]]
        if number in numbers_of(self.claim) or any(
            needed in repr(each) or f"{{{{{number}}}}}" in repr(each)
            for each in (*(step.call for step in rest), self.claim)
        ):
            return None

        def moved(old: int) -> int:
            return old - (old > number)

        def renamed(text: str) -> str:
            return VARIABLE.sub(lambda found: _renumbered(found, moved), text)

        steps = tuple(replace(step, call=_texts(step.call, renamed)) for step in rest)
        claim = renumbered(_texts(self.claim, renamed), lambda old: (moved(old),))
        places = tuple((moved(old), place) for old, place in self.places if old != number)
        return Script(steps, claim, places)


def _numbers_in(claim: Claim) -> list[str]:
    """The fields that name exchanges."""
    names = [each.name for each in fields(claim)]  # type: ignore[arg-type]  # they are dataclasses
    return [name for name in names if name in _NUMBERS and getattr(claim, name) is not None]


def made_up(call: Call) -> list[str]:
    """Return the texts of a call that the run made up, in their order."""
    return _NEW.findall(repr(call.parts))


def numbers_of(claim: Claim) -> set[int]:
    """Return the exchanges that a claim is about."""
    found: set[int] = set()
    for each in fields(claim):  # type: ignore[arg-type]  # claims are dataclasses
        value = getattr(claim, each.name)
        if each.name in _NUMBERS and value is not None:
            found |= {*value} if isinstance(value, tuple) else {value}
    return found


def renumbered(claim: Claim, numbers: Callable[[int], tuple[int, ...]]) -> Claim:
    """Return a claim about other exchanges; one may become several, where a claim takes several."""
    changed: dict[str, Any] = {}
    for each in fields(claim):  # type: ignore[arg-type]  # claims are dataclasses
        value = getattr(claim, each.name)
        if each.name not in _NUMBERS or value is None:
            continue
        if isinstance(value, tuple):
            changed[each.name] = tuple(
                dict.fromkeys(number for old in value for number in numbers(old))
            )
        else:
            changed[each.name] = numbers(value)[-1]
    return replace(claim, **changed)  # type: ignore[type-var]  # claims are dataclasses


def script_of(trace: Trace, claim: Claim, lifecycle: Lifecycle) -> Script:
    """Return the script of a trace: what answers gave to later calls becomes variables."""
    walk_of = {walk.pages[0]: walk for walk in trace.walks}
    within = {page: walk for walk in trace.walks for page in walk.pages[1:]}
    step_of: dict[int, int] = {}
    steps: list[Step] = []
    known: dict[str, str] = {}
    for exchange in trace:
        if exchange.number in within:
            step_of[exchange.number] = step_of[within[exchange.number].pages[0]]
            continue
        step_of[exchange.number] = len(steps)
        for made in made_up(exchange.call):
            known.setdefault(made, f"{{{{new {len(known)}}}}}")
        steps.append(Step(_named(exchange.call, known), walk_of.get(exchange.number)))
        _learn(exchange.number, len(steps) - 1, trace, lifecycle, known)
    places = []
    for number in numbers_of(claim):
        walk = within.get(number) or walk_of.get(number)
        if walk is not None:
            place = walk.pages.index(number)
            last = place == len(walk.pages) - 1
            places.append((step_of[number], -1 if last and place else place))
    named = _texts(renumbered(claim, lambda old: (step_of[old],)), _with_variables(known))
    return Script(tuple(steps), named, tuple(sorted(places)))


def _learn(
    number: int, step: int, trace: Trace, lifecycle: Lifecycle, known: dict[str, str]
) -> None:
    """Take in the identifier that an answer gave."""
    for resource in lifecycle.resources:
        create = resource.create
        if create is None or create.operation != trace[number].call.operation:
            continue
        given = find(trace.answer(number).body, create.id) if create.id is not None else MISSING
        if given is not MISSING:
            known.setdefault(str(given), f"{{{{{step}{create.id}}}}}")


def _named(call: Call, known: Mapping[str, str]) -> Call:
    """A call with variables; in a query a number alone is that of a page, or says how many."""
    named: Call = _texts(call, _with_variables(known))
    longer = {value: variable for value, variable in known.items() if not value.isdigit()}
    query = tuple(
        (name, _with_variables(longer if value.isdigit() else known)(value))
        for name, value in call.parts.query
    )
    return replace(named, parts=replace(named.parts, query=query))


def _with_variables(known: Mapping[str, str]) -> Callable[[str], str]:
    def change(text: str) -> str:
        if text in known:
            return known[text]
        for value, variable in known.items():
            # A short identifier is told from any number by what stands around it in a query.
            long = len(value) > 2 or value.startswith(TAG)
            around = (
                ("(?<![0-9A-Za-z])", "(?![0-9A-Za-z])") if long else ("(?<=[=:,<>])", "(?=,|$)")
            )
            # A variable has no backslash, so it can stand as what replaces.
            text = re.sub(re.escape(value).join(around), variable, text)
        return text

    return change


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


def run_script(script: Script, session: Session, into: Trace | None = None) -> Ran:
    """Send a script's calls; what is answered is added to the trace `into`, if there is one.

    Raises LookupError if an answer does not give what a later call needs, and httpx.HTTPError.
    """
    trace = Trace() if into is None else into
    made: dict[str, str] = {}
    exchanges: list[tuple[int, ...]] = []

    def value(found: re.Match[str]) -> str:
        if found[3] is not None:
            return made.setdefault(found[3], session.name())
        given = find(trace.answer(exchanges[int(found[1])][0]).body, found[2] or "")
        if given is MISSING:
            raise LookupError(f"step {found[1]} gave nothing at {found[2]}")
        return str(given)

    def filled(text: str) -> str:
        return VARIABLE.sub(value, text)

    for step in script.steps:
        call = _texts(step.call, filled)
        exchanges.append(tuple(_walk(call, step.walk, session, trace)))
    claim = _placed(_texts(script.claim, filled), exchanges, dict(script.places), trace)
    # Where a claim looks depends on what was answered, so both are placed by the filled one.
    numbers = {each: getattr(claim, each) for each in _numbers_in(claim)}
    named = replace(script.claim, **numbers)  # type: ignore[type-var]  # claims are dataclasses
    return Ran(trace, tuple(exchanges), claim, named)


def renamed(call: Call, pages: Sequence[tuple[int, ...]]) -> Call:
    """Return a call whose variables name exchanges instead of steps."""
    return _texts(call, partial(renamed_text, pages=pages))  # type: ignore[no-any-return]


def renamed_text(text: str, pages: Sequence[tuple[int, ...]]) -> str:
    """Return a text whose variables name exchanges instead of steps."""
    return VARIABLE.sub(lambda found: _renumbered(found, lambda step: pages[step][0]), text)


def _walk(call: Call, walk: Walk | None, session: Session, trace: Trace) -> list[int]:
    first, _ = session.send(call, trace)
    numbers = [first.number]
    if walk is None:
        return numbers
    rest = call.parts.query[: len(call.parts.query) - len(walk.paging.page(0, walk.size))]
    for index in range(1, walk.most):
        if not trace.answer(numbers[-1]).succeeded or not walk.paging.more(
            trace.answer(numbers[-1]).body
        ):
            break
        query = (*rest, *walk.paging.page(index, walk.size))
        again = replace(call, parts=Parts(call.parts.path, query, call.parts.headers))
        numbers.append(session.send(again, trace)[0].number)
    trace.walks.append(replace(walk, pages=tuple(numbers)))
    return numbers


def _placed(
    claim: Claim, exchanges: Sequence[tuple[int, ...]], places: Mapping[int, int], trace: Trace
) -> Claim:
    """The claim about exchanges instead of steps."""
    single: dict[str, Any] = {}
    for each in fields(claim):  # type: ignore[arg-type]  # claims are dataclasses
        value = getattr(claim, each.name)
        if each.name not in _NUMBERS or value is None or isinstance(value, tuple):
            continue
        pages = exchanges[value]
        pointer = getattr(claim, {"other": "other_pointer", "before": "before_pointer"}.get(
            each.name, "pointer"), None)  # fmt: skip
        showing = [page for page in pages if pointer and trace.answer(page).at(pointer) is not
                   MISSING]  # fmt: skip
        place = min(places.get(value, 0), len(pages) - 1)
        single[each.name] = showing[0] if len(pages) > 1 and showing else pages[place]
    several = renumbered(claim, lambda step: exchanges[step])
    return replace(several, **single)  # type: ignore[type-var]  # claims are dataclasses


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value with every text in it changed; what the field names of dataclasses say stays."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _texts(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(_texts(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type | Walk):
        parts = {each.name: _texts(getattr(value, each.name), change) for each in fields(value)}
        return type(value)(**parts)
    return value


def _renumbered(found: re.Match[str], moved: Callable[[int], int]) -> str:
    if found[3] is not None:
        return found[0]
    return f"{{{{{moved(int(found[1]))}{found[2] or ''}}}}}"
