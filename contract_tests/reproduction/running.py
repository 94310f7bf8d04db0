"""Send a script's calls, and judge what is answered: what pytest modules of a report call."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from contract_tests.claims import CannotTell, Claim, ClaimContext, NotAsked
from contract_tests.exchange.trace import MISSING, Answer, Call, Exchange, Trace, Walk, find
from contract_tests.reproduction.expected import Expected, expectations
from contract_tests.reproduction.judge import GONE, verdict
from contract_tests.reproduction.script import (
    Pages,
    Script,
    ScriptRequest,
    Step,
    listed_on,
    more_pages,
    placed,
    value_at,
)
from contract_tests.reproduction.variables import VARIABLE, last_part, plain, texts
from contract_tests.target.guard import guarded
from contract_tests.target.mock import mock_target
from contract_tests.target.profiles import FULL
from contract_tests.target.run_tag import RunTag
from contract_tests.target.service import url_target
from contract_tests.target.session import WRONG, Session
from contract_tests.target.target import Target, Unreachable
from mock_server.discovery import load_lifecycle
from mock_server.lifecycle.model import Lifecycle, Parts, Query
from mock_server.lifecycle.paging import Paging
from mock_server.state.clock import Clock

#: What the environment of a reproduction may name.
TARGET = "CONTRACT_TESTS_TARGET"
CREDENTIAL = "CONTRACT_TESTS_CREDENTIAL"
OTHER_CREDENTIAL = "CONTRACT_TESTS_OTHER_CREDENTIAL"
#: Records that one relation may look at besides.
_LOOKS = 20


@dataclass(frozen=True, slots=True)
class Ran:
    """What was answered to a script.

    `pages` are the exchanges of each step: one, or those of a walk. `claim` is the script's about
    these exchanges.
    """

    trace: Trace
    pages: tuple[tuple[int, ...], ...]
    claim: Claim


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
    seen: Callable[[int, Exchange], None] = lambda *_: None,
    skipped: Callable[[int, LookupError], object] | None = None,
    without: Collection[int] = (),
    replaced: Callable[[str], object] = lambda _: None,
) -> Ran:
    """Send a script's calls; what is answered is added to the trace `into`, if there is one.

    `read` finds what a variable stands for: it gets its step, its pointer, and the answer's body.
    `seen` is shown each answer, with its step. Raises MissingValue if an answer does not give what
    a later call needs, unless `skipped` takes the steps that are not sent for it, each with the
    reason; and httpx.HTTPError. Steps `without` are not sent. `replaced` is given each pointer to a
    listed record that is not listed any more, where another one is taken for it.
    """
    trace = Trace() if into is None else into
    made: dict[str, str] = {}
    exchanges: list[tuple[int, ...]] = []

    def value(found: re.Match[str]) -> Any:
        if found["new"] is not None:
            return made.setdefault(found["new"], session.name())
        step, page, pointer = int(found["step"]), int(found["page"] or 0), found["at"] or ""
        pages = exchanges[step]
        shown = trace.answer(pages[page]).body if page < len(pages) else MISSING
        given = read(step, pointer, shown)
        if given is MISSING:
            given, another = value_at([trace.answer(each) for each in pages], page, pointer)
            if another:
                replaced(pointer)
        if given is MISSING:
            raise MissingValue(step, script.steps[step].call.operation, pointer)
        return last_part(plain(given)) if found["kind"] == "<" else given

    def filled(text: str) -> Any:
        whole = VARIABLE.fullmatch(text)
        if whole is not None and whole["kind"] == "#":
            return value(whole)
        return VARIABLE.sub(lambda found: plain(value(found)), text)

    def followed(query: Query) -> Query:
        pairs: list[tuple[str, str]] = []
        for name, given in query:
            link = VARIABLE.fullmatch(name)
            pairs += session.query_of(plain(value(link))) if link else [(name, given)]
        return tuple(pairs)

    def completed(call: Call) -> Call:
        if isinstance(call, ScriptRequest):
            url = VARIABLE.sub(lambda found: quote(plain(value(found)), safe=""), call.url)
            return replace(call, url=url)
        parts = replace(call.parts, query=followed(call.parts.query))
        given: Call = texts(replace(call, parts=parts), filled)
        return given

    for number, step in enumerate(script.steps):
        sent: list[Exchange] = []
        if number in without:
            exchanges.append(())
            continue
        try:
            call = completed(step.call)
        except LookupError as problem:
            if skipped is None:
                raise
            skipped(number, problem)
        else:
            for exchange in _walk(call, step.walk, session, trace):
                sent.append(exchange)
                seen(number, exchange)
        exchanges.append(tuple(each.number for each in sent))
    claim = texts(script.claim, filled)
    claim = placed(claim, claim.looks, exchanges, dict(script.places), trace)
    return Ran(trace, tuple(exchanges), claim)


def _walk(call: Call, pages: Pages | None, session: Session, trace: Trace) -> list[Exchange]:
    """The exchanges of a call, or of the walk through a list that begins with it."""
    if isinstance(call, ScriptRequest):
        return [_sent_as_it_is(call, session, trace)]
    sent = [session.send(call, trace)[0]]
    if pages is None:
        return sent
    items, paging = paged(session.lifecycle, call.operation)
    rest = call.parts.query[: len(call.parts.query) - len(paging.page(0, pages.size))]
    try:
        for index in range(1, pages.most):
            answers = [each.answer for each in sent]
            if not more_pages(answers, paging.more):
                break
            query = (*rest, *paging.after(index, listed_on(answers, items), pages.size))
            again = replace(call, parts=Parts(call.parts.path, query, call.parts.headers))
            sent.append(session.send(again, trace)[0])
    finally:
        # Where a page is not answered, those before it are still one walk.
        numbers = tuple(each.number for each in sent)
        trace.walks.append(Walk(numbers, paging, pages.size, pages.most))
    return sent


def paged(lifecycle: Lifecycle, operation: str) -> tuple[str, Paging]:
    """Return where the list of an operation is on a page, and how it is cut into pages.

    Raises LookupError.
    """
    for resource in lifecycle.resources:
        taken = (move.taken for move in resource.moves)
        for listing in (*resource.lists, resource.history, *taken):
            if listing is not None and listing.operation == operation and listing.paging:
                return listing.items, listing.paging
    raise LookupError(f"{operation} lists nothing in pages")


def _sent_as_it_is(request: ScriptRequest, session: Session, trace: Trace) -> Exchange:
    target = session.target
    if request.account == "invalid_credential":
        client = replace(target, credential=WRONG).client()
    else:
        client = target.client(request.account)
    with client:
        asked = client.build_request(
            request.method, "", headers=request.headers, content=request.body
        )
        signed = asked.url.query
        path = httpx.URL(target.base_url).raw_path.rstrip(b"/") + request.url.encode()
        if signed:
            path += (b"&" if b"?" in path else b"?") + signed
        asked.url = asked.url.copy_with(raw_path=path)
        response = client.send(asked)
    session.requests += 1
    headers = {name.lower(): value for name, value in response.headers.items()}
    answer = Answer(response.status_code, headers, response.content)
    now = Clock().now()
    exchange = Exchange(len(trace), request, request.method, request.url, answer, now)
    trace.exchanges.append(exchange)
    return exchange


def violation_of(ran: Ran, session: Session, script: Script) -> str | None:
    """Return how the claim of a script does not hold after what was answered, or None.

    What a relation depends on is asked for where it was not. Raises CannotTell.
    """
    context = ClaimContext.of(session)
    for _ in range(_LOOKS):
        try:
            return verdict(ran.claim, ran.claim.looks, ran.trace, context, script.shown, ran.pages)
        except NotAsked as lacking:
            session.send(Call(lacking.operation, Parts(path=lacking.path)), ran.trace)
    raise CannotTell("a relation asks for one record after the other")


class _Over(Exception):
    """A status alone says it: how the fault is there, or nothing."""


def outcome(script: Script, session: Session) -> tuple[str | None, Trace]:
    """Run a script, and return how the fault is there, or None, and what was answered.

    Raises CannotTell.
    """
    expected = expectations(script, session.spec, session.lifecycle)
    trace = Trace()
    others: list[str] = []
    try:
        look = partial(_look, expected)
        ran = run_script(script, session, trace, seen=look, replaced=others.append)
        problem = violation_of(ran, session, script)
    except _Over as over:
        problem = over.args[0]
    except (httpx.HTTPError, httpx.InvalidURL, LookupError) as failed:
        raise CannotTell(f"{type(failed).__name__}: {failed}") from failed
    if problem is None and others:
        raise CannotTell(GONE)
    return problem, trace


def _look(each_expected: Sequence[Expected], step: int, exchange: Exchange) -> None:
    """Go on, or raise _Over or CannotTell."""
    expected, status = each_expected[step], exchange.answer.status
    if status in expected.wrong:
        raise _Over(f"{exchange}; expected {' or '.join(map(str, expected.fine))}")
    if status in expected.fine:
        raise _Over(None)
    if not expected.goes_on(status):
        raise CannotTell(f"{exchange}; it was {expected.first} when the fault was found")


def reproduce(
    api: str,
    steps: Sequence[Step],
    claim: Claim,
    *,
    url: str | None = None,
    parameters: Mapping[str, str] | None = None,
    places: Sequence[tuple[str, int]] = (),
    shown: Sequence[str] = (),
    settle: float = 0.0,
) -> None:
    """Send the steps, and raise AssertionError if the fault is there; skip if inconclusive.

    They go to a fresh mock of this process without a URL. The environment names another URL, and
    has the credentials (see the names above). A read that follows a write waits `settle` seconds.
    """
    script = Script(tuple(steps), claim, tuple(places), tuple(shown))
    try:
        session = _session(api, url, parameters, settle)
        try:
            problem, trace = outcome(script, session)
        finally:
            session.close()
            session.target.close()
    except (CannotTell, Unreachable) as reason:
        # Neither there nor not there: a test that passed or failed would claim one of them.
        pytest.skip(f"Inconclusive: {reason}")
    calls = "\n".join(f"  {exchange}" for exchange in trace)
    assert problem is None, f"{problem}\n{calls}"  # noqa: S101 - this is what a test asserts


def _session(
    api: str, url: str | None, parameters: Mapping[str, str] | None, settle: float
) -> Session:
    url, credential = os.environ.get(TARGET) or url, os.environ.get(CREDENTIAL)
    if url is not None and not credential:
        raise CannotTell(f"{CREDENTIAL} is not set, and {url} wants a credential")
    target: Target
    if url is None:
        target = mock_target(api, credential or "test")
    else:
        other = os.environ.get(OTHER_CREDENTIAL)
        service = url_target(api, url, credential or "", other, parameters)
        target, _ = guarded(replace(service, settle=settle), FULL)
    lifecycle = load_lifecycle(target.vendor) or Lifecycle(())
    return Session(target, lifecycle, RunTag(f"again{Clock().now():%y%m%d%H%M%S%f}"))
