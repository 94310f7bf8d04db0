"""Control of sandboxes as wholes: list, look, create, reset, delete."""

from __future__ import annotations

from mock_server.control.api.messy import variation_in
from mock_server.control.api.views import sandbox_view
from mock_server.control.context import ControlContext
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import Reply, Request
from mock_server.state.memory import Full


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the server's sandboxes."""
    sandboxes = context.sandboxes

    @operations.handles("listSandboxes")
    def list_sandboxes(_: Request, __: Context) -> Reply:
        found = [sandboxes.find(name) for name in sandboxes.names()]
        shown = [sandbox_view(each) for each in found if each]
        return Reply(200, {"sandboxes": shown, "evicted": sandboxes.evicted})

    @operations.handles("createSandbox")
    def create(request: Request, _: Context) -> Reply:
        body = request.body
        name = context.new_name(body["name"], body.get("persona"))
        variation = variation_in(body, sandboxes.variation)
        try:
            sandbox = sandboxes.create(name, body.get("seed"), variation)
        except KeyError as problem:
            raise Conflict(f"there is a sandbox {name.name!r} already") from problem
        except Full as full:
            raise Conflict(str(full)) from full
        return Reply(201, sandbox_view(sandbox))

    @operations.handles("getSandbox")
    def look(request: Request, _: Context) -> Reply:
        return Reply(200, sandbox_view(context.sandbox(request)))

    @operations.handles("resetSandbox")
    def reset(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        sandbox.reset()
        return Reply(200, sandbox_view(sandbox))

    @operations.handles("deleteSandbox")
    def delete(request: Request, _: Context) -> Reply:
        sandboxes.close(context.sandbox(request).name)
        return Reply(204)
