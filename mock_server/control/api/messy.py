"""Control of what first records are like: odd values, with their reasons, and shared goods."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.control.comparison import compared_apis, comparison
from mock_server.control.context import ControlContext, ControlRefusal
from mock_server.control.odd_values import dimensions_of, odd_value_view
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.engine.worker import Steps
from mock_server.seeding.odd_values import DIMENSIONS, UnknownDimension, parse_dimensions
from mock_server.state.sandbox import Sandbox
from mock_server.state.variation import Variation

_LIMIT = 100


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the odd values and the goods of the server's sandboxes."""

    def view(sandbox: Sandbox) -> dict[str, Any]:
        on = dimensions_of(sandbox, context.personas)
        return {
            "dimensions": on,
            "available": [{"name": name, "description": text} for name, text in DIMENSIONS.items()],
        }

    @operations.handles("getMessy")
    def get_messy(request: Request, _: Context) -> Reply:
        return Reply(200, view(context.sandbox(request)))

    @operations.handles("setMessy")
    def set_messy(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        dimensions = dimensions_in(request.body["dimensions"], "dimensions")
        sandbox.vary(replace(sandbox.variation, messy=dimensions, only=None))
        return Reply(200, view(sandbox))

    @operations.handles("compareApis", long=True)
    def compare(request: Request, _: Context) -> Steps[Reply]:
        sandbox = context.sandbox(request)
        state = sandbox.state

        def work() -> dict[str, Any]:
            whole = sandbox.whole(state, compared_apis(context.vendors))
            return comparison(whole, context.vendors)

        found = yield work
        return Reply(200, found)

    @operations.handles("listOddValues", long=True)
    def list_odd_values(request: Request, _: Context) -> Steps[Reply]:
        sandbox, asked = context.sandbox(request), request.query
        api, key = asked.get("api"), asked.get("key")
        if api is not None and api not in context.apis:
            raise RecordNotFound("API", api)
        state = sandbox.state
        apis = context.apis if api is None else (api,)

        def work() -> dict[str, Any]:
            whole = sandbox.whole(state, apis)
            found = [
                odd
                for each in apis
                for odd in sandbox.odd_values(each)
                if odd.table.partition(".")[2] == asked.get("table", odd.table.partition(".")[2])
                and odd.dimension == asked.get("dimension", odd.dimension)
                and (key is None or str(odd.key) == key)
            ]
            shown = found[: asked.get("limit", _LIMIT)]
            return {"total": len(found), "odd_values": [odd_value_view(o, whole) for o in shown]}

        result = yield work
        return Reply(200, result)


def variation_in(body: dict[str, Any], usual: Variation) -> Variation:
    """Return the variation that a new sandbox's body asks for; raises ControlRefusal."""
    messy = body.get("messy")
    return replace(
        usual,
        messy=usual.messy if messy is None else dimensions_in(messy, "messy"),
        catalogue=body.get("catalogue", usual.catalogue),
    )


def dimensions_in(names: list[str], field: str) -> frozenset[str]:
    """Return the dimensions that a body names in a field; raises ControlRefusal."""
    try:
        return parse_dimensions(names)
    except UnknownDimension as unknown:
        raise ControlRefusal({field: f"is wrong: {unknown}"}) from unknown
