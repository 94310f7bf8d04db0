"""Control of evidence: the journal, its exports, verification and explanations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mock_server.control.api.points import exchange_of
from mock_server.control.context import ControlContext, ControlRefusal, NoSuchName
from mock_server.control.odd_values import odd_values_shown
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict, RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.engine.replies import encode_json
from mock_server.engine.worker import Steps
from mock_server.journal.exchange import Exchange
from mock_server.journal.explain import explain
from mock_server.journal.har import har
from mock_server.journal.journal import EvidenceDropped, Journal
from mock_server.journal.names import UnknownName, check_effect, check_query
from mock_server.journal.search import Query
from mock_server.journal.verify import (
    CallExpectation,
    EffectsExpectation,
    ExpectedEffect,
    Unmet,
    verify_calls,
    verify_effects,
    verify_order,
)
from mock_server.journal.views import exchange_view
from mock_server.openapi.pointers import join
from mock_server.state.sandbox import Sandbox

_LIMIT = 100
_QUERY = tuple(Query.__slots__)
_BOUNDS = ("exactly", "at_least", "at_most")


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the evidence of the server's sandboxes."""

    @operations.handles("listExchanges", long=True)
    def list_exchanges(request: Request, _: Context) -> Steps[Reply]:
        journal, asked = context.sandbox(request).journal, request.query
        try:
            check_query(asked, context.specs)
        except UnknownName as unknown:
            raise NoSuchName(str(unknown)) from unknown
        query = query_from(asked)
        last, dropped = journal.last, journal.dropped
        exchanges = _since(journal, asked.get("since", 0))

        def work() -> list[dict[str, Any]]:
            found = (each for each in exchanges if query.matches(each))
            return [
                exchange_view(each, context.specs.get(each.api))
                for each in islice(found, asked.get("limit", _LIMIT))
            ]

        shown = yield work
        return Reply(200, {"last": last, "dropped": dropped, "exchanges": shown})

    @operations.handles("getExchange")
    def get_exchange(request: Request, _: Context) -> Reply:
        exchange = _exchange(context, request)
        return Reply(200, exchange_view(exchange, context.specs.get(exchange.api)))

    @operations.handles("explainExchange")
    def explain_exchange(request: Request, _: Context) -> Reply:
        exchange = _exchange(context, request)
        spec = context.specs.get(exchange.api)
        if spec is None:
            raise RecordNotFound("API", exchange.api)
        odd = odd_values_shown(exchange, context.sandbox(request))
        return Reply(200, explain(exchange, spec, odd))

    @operations.handles("streamExchanges", long=True)
    def stream_exchanges(request: Request, _: Context) -> Steps[Reply]:
        since = request.header.get("Last-Event-ID", request.query.get("since", 0))
        journal = context.sandbox(request).journal.copy()
        text = yield lambda: "".join(events(context, journal, since))
        return Reply(200, text)

    @operations.handles("exportHar", long=True)
    def export_har(request: Request, _: Context) -> Steps[Reply]:
        journal = context.sandbox(request).journal
        exchanges = _since(journal, request.query.get("since", 0))
        archive = yield lambda: har(exchanges, context.specs)
        return Reply(200, archive)

    @operations.handles("verify", long=True)
    def verify(request: Request, _: Context) -> Steps[Reply]:
        sandbox, body = context.sandbox(request).copy(), request.body
        asked = body.get("calls") or body.get("order") or body.get("exclusive")
        if not asked and "effects" not in body:
            # It would be met whatever has happened.
            raise ControlRefusal({"calls": "or order, or effects, must say what is expected"})
        try:
            _check_names(context, body)
        except UnknownName as unknown:
            first, *inner = map(str, unknown.place)
            raise ControlRefusal(
                {first: f"{'/'.join(inner)}: {unknown.problem}"},
                [(join("", *unknown.place), unknown.problem)],
                f"{join('', *unknown.place)}: {unknown.problem}",
            ) from unknown
        try:
            yield lambda: check_expectations(sandbox, body)
        except Unmet as unmet:
            return Reply(200, {"met": False, "message": str(unmet)})
        except EvidenceDropped as problem:
            raise Conflict(str(problem)) from problem
        return Reply(200, {"met": True, "message": ""})


def _check_names(context: ControlContext, body: dict[str, Any]) -> None:
    """Raise UnknownName for the first name in an object of expectations of what is not there."""
    for part in ("calls", "order"):
        for index, query in enumerate(body.get(part, ())):
            check_query(query, context.specs, (part, index))
    for index, effect in enumerate(body.get("effects", ())):
        place = ("effects", index)
        check_effect(effect["table"], effect.get("field"), context.tables, place)


def query_from(asked: dict[str, Any]) -> Query:
    """Return the query that parameters or a JSON object ask with; other names are passed over."""
    return Query(**{name: asked[name] for name in _QUERY if name in asked})


def check_expectations(sandbox: Sandbox, body: dict[str, Any]) -> None:
    """Raise Unmet for the first expectation of a JSON object that is not met."""
    since = body.get("since", 0)
    journal = sandbox.journal
    calls = [
        CallExpectation(query_from(call), **{name: call[name] for name in _BOUNDS if name in call})
        for call in body.get("calls", ())
    ]
    verify_calls(journal, calls, since)
    if body.get("order"):
        verify_order(journal, [query_from(each) for each in body["order"]], since)
    if "effects" in body or body.get("exclusive"):
        effects = [ExpectedEffect(**effect) for effect in body.get("effects", ())]
        expectation = EffectsExpectation(effects, exclusive=body.get("exclusive", False))
        verify_effects(sandbox, expectation, since)


def events(context: ControlContext, journal: Journal, since: int) -> Iterator[str]:
    """Yield the exchanges after a number as server-sent events, a `gap` first if some are gone."""
    dropped = journal.dropped
    if since < dropped:
        yield gap(since + 1, dropped)
    for exchange in journal.since(max(since, dropped)):
        yield event(context, exchange)


def gap(first: int, last: int) -> str:
    """Return the server-sent event which says that these exchanges are no longer held."""
    return f"event: gap\ndata: {encode_json({'from': first, 'to': last}).decode()}\n\n"


def event(context: ControlContext, exchange: Exchange) -> str:
    """Return an exchange as a server-sent event."""
    shown = encode_json(exchange_view(exchange, context.specs.get(exchange.api))).decode()
    return f"id: {exchange.number}\nevent: exchange\ndata: {shown}\n\n"


def _since(journal: Any, since: int) -> list[Exchange]:
    try:
        found: list[Exchange] = journal.since(since)
    except EvidenceDropped as problem:
        dropped = journal.dropped
        raise Conflict(
            f"{problem}; since={dropped} (--since {dropped}) has the others"
        ) from problem
    return found


def _exchange(context: ControlContext, request: Request) -> Exchange:
    return exchange_of(context.sandbox(request), int(request.path["exchange"]))
