"""Control of the clocks of sandboxes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mock_server.control.actions import note_action
from mock_server.control.api.views import clock_view
from mock_server.control.context import ControlContext, ControlRefusal
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request
from mock_server.openapi.instants import parse_instant
from mock_server.state.clock import Clock, ClockError, checked_instant


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the clocks of the server's sandboxes."""

    @operations.handles("getClock")
    def tell(request: Request, _: Context) -> Reply:
        return Reply(200, clock_view(context.sandbox(request).clock))

    @operations.handles("setClock")
    def change(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        _change(sandbox.clock, request.body)
        shown = clock_view(sandbox.clock)
        note_action(sandbox, "clock", f"{request.body['mode']}, at {shown['now']}")
        return Reply(200, shown)


def _change(clock: Clock, body: dict[str, Any]) -> None:
    mode, at = body["mode"], body.get("at")
    if mode == "real":
        clock.follow_machine()
    elif mode == "running":
        clock.run()
    elif mode == "frozen":
        clock.freeze(None if at is None else _instant(at))
    elif mode == "set":
        clock.set(_instant(at))
    else:
        try:
            clock.advance(timedelta(seconds=float(body["seconds"])))
        except (OverflowError, ClockError) as problem:
            raise ControlRefusal(
                {"seconds": "lead out of the range of the clock, 1970 to 9000"}
            ) from problem


def _instant(text: Any) -> datetime:
    try:
        return checked_instant(parse_instant(text))
    except ClockError as problem:
        raise ControlRefusal({"at": "is out of the range of the clock, 1970 to 9000"}) from problem
    except ValueError as problem:
        raise ControlRefusal({"at": "must be an instant such as 2026-01-31T12:00:00Z"}) from problem
