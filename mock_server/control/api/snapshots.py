"""Control of states: snapshots, forks, rewinding, and what changed."""

from __future__ import annotations

from typing import Any

from mock_server.control.actions import note_action
from mock_server.control.api.points import exchange_of, snapshot_of, state_at
from mock_server.control.api.views import change_view, sandbox_view
from mock_server.control.context import ControlContext, ControlRefusal, NoSuchName
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict, RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.engine.worker import Steps
from mock_server.state.memory import Full
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State

#: A snapshot keeps the records that have changed since, so their number is bounded.
MOST_SNAPSHOTS = 1000
_CHANGES = 1000


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the states of the server's sandboxes."""

    @operations.handles("listSnapshots")
    def list_snapshots(request: Request, _: Context) -> Reply:
        snapshots = context.sandbox(request).snapshots
        shown = [{"name": name, "revision": state.revision} for name, state in snapshots.items()]
        return Reply(200, {"snapshots": shown})

    @operations.handles("takeSnapshot")
    def snapshot(request: Request, _: Context) -> Reply:
        sandbox, name = context.sandbox(request), request.body["name"]
        if name not in sandbox.snapshots and len(sandbox.snapshots) >= MOST_SNAPSHOTS:
            raise Conflict(f"a sandbox keeps {MOST_SNAPSHOTS} snapshots; delete one first")
        state = sandbox.snapshot(name)
        note_action(sandbox, "snapshot", name)
        return Reply(201, {"name": name, "revision": state.revision})

    @operations.handles("deleteSnapshot")
    def delete_snapshot(request: Request, _: Context) -> Reply:
        sandbox, name = context.sandbox(request), request.path["snapshot"]
        snapshot_of(sandbox, name)
        del sandbox.snapshots[name]
        return Reply(204)

    @operations.handles("restoreSnapshot")
    def restore(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        sandbox.go_to(snapshot_of(sandbox, request.path["snapshot"]))
        note_action(sandbox, "state", f"went back to snapshot {request.path['snapshot']}")
        return Reply(200, sandbox_view(sandbox))

    @operations.handles("forkSandbox")
    def fork(request: Request, _: Context) -> Reply:
        sandbox, body = context.sandbox(request), request.body
        state = _start_of_fork(sandbox, body.get("snapshot"), body.get("before"))
        name = context.new_name(body["name"]).name
        if context.sandboxes.find(name) is not None:
            raise Conflict(f"there is a sandbox {name!r} already")
        try:
            made = context.sandboxes.adopt(sandbox.fork(name, state))
        except Full as full:
            raise Conflict(str(full)) from full
        note_action(sandbox, "fork", f"copied to {name}")
        return Reply(201, sandbox_view(made))

    @operations.handles("rewindSandbox")
    def rewind(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        sandbox.go_to(exchange_of(sandbox, request.body["before"]).before)
        note_action(sandbox, "state", f"went back to before exchange {request.body['before']}")
        return Reply(200, sandbox_view(sandbox))

    @operations.handles("difference", long=True)
    def difference(request: Request, _: Context) -> Steps[Reply]:
        sandbox = context.sandbox(request)
        points = [request.query.get("from", "seed"), request.query.get("to", "now")]
        states = [state_at(sandbox, point) for point in points]
        seeded = sandbox.state.seeded

        def work() -> dict[str, Any]:
            # An API's seed records come in with its first call; they are no change.
            earlier, later = (sandbox.whole(state, seeded) for state in states)
            changes = earlier.difference(later)
            shown = [change_view(each) for each in changes[: request.query.get("limit", _CHANGES)]]
            return {"total": len(changes), "changes": shown}

        found = yield work
        return Reply(200, {"from": points[0], "to": points[1], **found})


def _start_of_fork(sandbox: Sandbox, snapshot: str | None, before: int | None) -> State | None:
    if snapshot is not None and before is not None:
        raise ControlRefusal({"before": "excludes `snapshot`; give one of them"})
    try:
        if snapshot is not None:
            return snapshot_of(sandbox, snapshot)
        return None if before is None else exchange_of(sandbox, before).before
    except NoSuchName as problem:
        raise ControlRefusal({"snapshot": f"is no name: {problem}"}) from problem
    except RecordNotFound as problem:
        raise ControlRefusal({"before": "names no exchange of this sandbox"}) from problem
