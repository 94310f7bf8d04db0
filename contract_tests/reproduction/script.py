"""Sequences of calls that can be sent again: what one answer gave, a later call uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_tests.claims import Claim
from contract_tests.exchange.trace import MISSING, Answer, Call, Exchange, Trace, Walk, find
from contract_tests.reproduction.kinds import is_word_for, listed_by, named_in_path, sandbox_key_of
from contract_tests.reproduction.variables import (
    ID_NAME,
    VARIABLE,
    Identifiers,
    last_part,
    made_up,
    renumbered_text,
    steps_in,
    texts,
    with_variables,
)
from mock_server.lifecycle.model import Lifecycle, Parts

BODY, LISTING, COUNT, PAGES = "body", "listing", "count ", "pages "
#: A field in the value of a query, with what it is compared by: `product_id:=33`.
_COMPARED = re.compile(r"(\w+)[:=<>!~]+")
#: What is unlike any other by itself: the name of a file, a long identifier.
_WORD = re.compile(r"(?=.*[A-Za-z])[\w.-]{5,}")
#: An identifier that may be part of a pointer as it is.
_LISTED = re.compile(r"[\w.-]+")
#: The member of a list that a pointer finds by its identifier.
_MEMBER = re.compile(r"/[^/=]+=([^/]*)")
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptRequest(Call):
    """A call exactly as it was sent, without its credential; `parts` say nothing of it.

    `url` is what follows the base URL, encoded; values of variables are encoded when they are put
    in. `operation` is the one whose answers it is held to.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """How a walk through a list goes on: pages of a size, and at most so many."""

    size: int
    most: int


@dataclass(frozen=True, slots=True)
class Step:
    """A call, or a walk through a list that begins with it.

    Texts may have variables (`variables.VARIABLE`). `status` is how it was answered at first (None:
    not known); a shorter sequence in which it goes otherwise is another one. `right` is how one
    answers it of which the claim holds, if otherwise.
    """

    call: Call
    walk: Pages | None = None
    status: int | None = None
    right: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """Steps, and the claim that does not hold after them; its numbers are those of steps.

    `places` say, for a field of the claim that names one page of a walk, which one it was: the
    page's place, from the end if negative. `shown` names what answers had when it did not hold:
    something at the claim's pointers, a BODY of JSON, the list of a LISTING, and after
    COUNT how many records a page had: how many there should be depends on what the account has.
    After PAGES are the number of a step, a walk, and how many pages it must have to show the fault.
    """

    steps: tuple[Step, ...]
    claim: Claim
    places: tuple[tuple[str, int], ...] = ()
    shown: tuple[str, ...] = ()

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
        return Script(steps, claim, self.places, self.shown)


def script_of(trace: Trace, claim: Claim, lifecycle: Lifecycle, link: int | None = None) -> Script:
    """Return the script of a trace: what answers gave to later calls becomes variables.

    With `link`, so do the identifiers that lists showed, and the queries of links that were
    followed; where several links have the query of a call, it says which one is meant.
    """
    walk_of = {walk.pages[0]: walk for walk in trace.walks}
    within = {page: walk for walk in trace.walks for page in walk.pages[1:]}
    step_of: dict[int, int] = {}
    steps: list[Step] = []
    known: dict[str, str] = {}
    ids = Identifiers()
    for exchange in trace:
        if exchange.number in within:
            walk = within[exchange.number]
            step_of[exchange.number] = step_of[walk.pages[0]]
            place = walk.pages.index(exchange.number)
            if link is not None:
                _learn_listed(exchange, step_of[exchange.number], place, lifecycle, ids)
            continue
        step_of[exchange.number] = len(steps)
        ids.account = exchange.call.account
        for made in made_up(exchange.call):
            known.setdefault(made, f"{{{{new {len(known)}}}}}")
        named = _named(exchange.call, known, ids, lifecycle)
        if link is not None and exchange.call.parts.query and exchange.number not in walk_of:
            followed = list(_followed(exchange, trace, step_of, {**walk_of, **within}))
            if followed:
                chosen = followed[min(link, len(followed) - 1)]
                named = replace(named, parts=replace(named.parts, query=((chosen, ""),)))
        named = replace(
            named, parts=replace(named.parts, path=_shown_before(named, trace, step_of))
        )
        begun = walk_of.get(exchange.number)
        pages = None if begun is None else Pages(begun.size, begun.most)
        steps.append(Step(named, pages, exchange.answer.status))
        _learn(exchange, len(steps) - 1, lifecycle, known, ids)
        if link is not None:
            _learn_listed(exchange, len(steps) - 1, 0, lifecycle, ids)
    known = {**_members(steps), **known}
    places = []
    for name in claim.looks:
        value = getattr(claim, name)
        named_pages = value if isinstance(value, tuple) else (value,)
        first = named_pages[0] if len(named_pages) == 1 else -1
        whole = within.get(first) or walk_of.get(first)
        if whole is not None and (len(whole.pages) > 1 or named_pages is not value):
            place = whole.pages.index(first)
            # The last pages are so on any service, however long the list is there.
            from_end = place - len(whole.pages)
            places.append((name, from_end if place and from_end >= -2 else place))
    named = texts(claim.renumbered(lambda old: (step_of[old],)), with_variables(known))
    return Script(tuple(steps), named, tuple(places))


def _shown_before(call: Call, trace: Trace, step_of: Mapping[int, int]) -> dict[str, Any]:
    """The path of a call, with variables for words that earlier answers showed, or linked to."""
    path = dict(call.parts.path)
    for name, value in path.items():
        if not _WORD.fullmatch(str(value)):
            continue
        for earlier in reversed(trace.exchanges[: max(step_of)]):
            for pointer, text in _texts(earlier.answer.body):
                kind = "" if text == value else "<" if last_part(text) == value else None
                if kind is not None:
                    path[name] = f"{{{{{kind}{step_of[earlier.number]}{pointer}}}}}"
    return path


def _followed(
    exchange: Exchange, trace: Trace, step_of: Mapping[int, int], walks: Mapping[int, Walk]
) -> Iterator[str]:
    """The variables for the links of earlier answers whose query a call has, the latest first."""
    for earlier in reversed(trace.exchanges[: exchange.number]):
        walk = walks.get(earlier.number)
        page = walk.pages.index(earlier.number) if walk else 0
        for pointer, link in _texts(earlier.answer.body):
            pairs = tuple(parse_qsl(urlsplit(link).query, keep_blank_values=True))
            if pairs == exchange.call.parts.query:
                yield f"{{{{?{step_of[earlier.number]}.{page}{pointer}}}}}"


def _texts(body: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every text outside of lists, after the pointer to it."""
    if isinstance(body, str) and pointer:
        yield pointer, body
    for name, value in body.items() if isinstance(body, Mapping) else ():
        yield from _texts(value, f"{pointer}/{name}")


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


def _learn_listed(
    exchange: Exchange, step: int, page: int, lifecycle: Lifecycle, ids: Identifiers
) -> None:
    """Take in the identifiers of the records that a page of a list shows, each found by itself."""
    ids.account = exchange.call.account
    for resource in lifecycle.resources:
        for listing in resource.lists:
            name = listing.id.removeprefix("/")
            listed = exchange.answer.at(listing.items)
            if listing.operation != exchange.call.operation or "/" in name:
                continue
            for record in listed if isinstance(listed, list) else ():
                value = str(find(record, listing.id))
                if _LISTED.fullmatch(value):
                    at = f"{listing.items}/{name}={value}{listing.id}"
                    ids.learn(value, resource.name, f"{{{{{step}.{page}{at}}}}}")


def _members(steps: Sequence[Step]) -> dict[str, str]:
    """The identifiers that calls take from lists, with the variables that stand for them."""
    variables = VARIABLE.finditer(repr([step.call for step in steps]))
    members = ((_MEMBER.search(each["at"] or ""), each) for each in variables)
    return {
        member[1]: f"{{{{{each['step']}.{each['page']}{each['at']}}}}}"
        for member, each in members
        if member is not None
    }


def _named(call: Call, known: Mapping[str, str], ids: Identifiers, lifecycle: Lifecycle) -> Call:
    """A call with variables; what a number identifies is known by its place."""
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
    """A value with variables for the identifiers that its field, or else its name, points to."""
    compared = _COMPARED.match(value)
    field, start = (compared[1], compared.end()) if compared else (name, 0)
    if not ID_NAME.search(field):
        return value
    word = sandbox_key_of(field)
    is_kind = partial(is_word_for, word) if word else listed.__contains__
    return value[:start] + _NUMBER.sub(lambda found: ids.of_kind(found[0], is_kind), value[start:])


def placed(
    claim: Claim,
    looks: Mapping[str, str | None],
    exchanges: Sequence[Sequence[int]],
    places: Mapping[str, int],
    trace: Trace,
) -> Claim:
    """Return a claim about the exchanges of each step instead of steps; `looks` are the claim's."""
    changed: dict[str, Any] = {}
    for name, at in looks.items():
        value = getattr(claim, name)
        if isinstance(value, tuple) and name not in places:
            changed[name] = tuple(page for step in value for page in exchanges[step])
            continue
        pages = exchanges[value[0] if isinstance(value, tuple) else value]
        place = places.get(name, 0)
        page = pages[max(place, -len(pages)) if place < 0 else min(place, len(pages) - 1)]
        pointer = getattr(claim, at) if at and len(pages) > 1 else ""
        showing = (each for each in pages if pointer and trace.answer(each).at(pointer) is not
                   MISSING)  # fmt: skip
        page = next(showing, page)
        changed[name] = (page,) if isinstance(value, tuple) else page
        if name in places and hasattr(claim, "index"):
            changed["index"] = list(pages).index(page)
    return replace(claim, **changed)  # type: ignore[type-var]  # claims are dataclasses


def more_pages(answers: Sequence[Answer], more: Callable[[Any], bool]) -> bool:
    """Say whether the last page is followed by another one; `answers` are those of a walk."""
    last = answers[-1]
    # A service that ignores which page it is asked for is not asked for ever.
    repeated = len(answers) > 1 and last.content == answers[-2].content
    return last.succeeded and not repeated and more(last.body)


def listed_on(answers: Sequence[Answer], items: str) -> int:
    """Return how many records these pages have at the pointer `items`."""
    lists = [answer.at(items) for answer in answers]
    return sum(len(each) for each in lists if isinstance(each, list))


def value_at(answers: Sequence[Answer], page: int, pointer: str) -> tuple[Any, bool]:
    """Return what a walk's answers have at a pointer, and whether it is of another record.

    A record that is found by its identifier may be on any page by now; where it is gone, the first
    one of the list is taken. It is MISSING where there is nothing.
    """
    if page < len(answers) and (found := answers[page].at(pointer)) is not MISSING:
        return found, False
    if _MEMBER.search(pointer) is None:
        return MISSING, False
    for at, another in ((pointer, False), (_MEMBER.sub("/0", pointer), True)):
        for answer in answers:
            if (found := answer.at(at)) is not MISSING:
                return found, another
    return MISSING, False


def short_walk(shown: Sequence[str], pages: Sequence[Sequence[int]]) -> str | None:
    """Say that no walk has the pages that it takes to show the fault, or None.

    `shown` are the names of `Script.shown`, `pages` the exchanges of each step. One may have fewer
    for the fault was that a filter was ignored.
    """
    walks = [each[len(PAGES) :].split() for each in shown if each.startswith(PAGES)]
    if not walks or any(len(pages[int(step)]) >= int(needed) for step, needed in walks):
        return None
    step, needed = walks[0]
    return f"the list of step {int(step) + 1} has fewer than {needed} pages there"
