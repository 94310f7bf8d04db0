"""Control of what happened, for people who look for it: words, actions, code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mock_server.control.actions import actions_of
from mock_server.control.api.points import exchange_of
from mock_server.control.context import ControlContext, NoSuchName
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request
from mock_server.engine.worker import Steps
from mock_server.journal.code import as_curl, as_pytest
from mock_server.journal.exchange import Exchange
from mock_server.journal.filters import InvalidFilter, parse_filter
from mock_server.journal.views import exchange_summary, plain

_LIMIT = 100


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of searches, of what control did, and of exchanges as code."""

    @operations.handles("searchExchanges", long=True)
    def search(request: Request, _: Context) -> Steps[Reply]:
        journal, asked = context.sandbox(request).journal, request.query
        try:
            wanted = parse_filter(asked.get("q", ""), context.specs, context.tables)
        except InvalidFilter as problem:
            raise NoSuchName(str(problem)) from problem
        held, last, dropped = list(journal), journal.last, journal.dropped

        def work() -> tuple[int, list[dict[str, Any]]]:
            found: Sequence[Exchange] = wanted.select(held)
            newest = found[: -asked.get("limit", _LIMIT) - 1 : -1]
            return len(found), [
                exchange_summary(each, context.specs.get(each.api)) for each in newest
            ]

        total, shown = yield work
        return Reply(200, {"total": total, "last": last, "dropped": dropped, "exchanges": shown})

    @operations.handles("listActions")
    def list_actions(request: Request, _: Context) -> Reply:
        shown = [
            {
                "number": each.number,
                "at": plain(each.at),
                "after": each.after,
                "kind": each.kind,
                "text": each.text,
            }
            for each in actions_of(context.sandbox(request))
        ]
        return Reply(200, {"actions": shown})

    @operations.handles("exchangeCode")
    def code(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        exchange = exchange_of(sandbox, int(request.path["exchange"]))
        vendor = context.vendor(exchange.api)
        credential = None if vendor.api.sign_in else sandbox.name
        return Reply(
            200,
            {
                "curl": as_curl(exchange, vendor.spec, credential),
                "pytest": as_pytest(exchange, vendor.spec),
            },
        )
