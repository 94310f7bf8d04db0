"""Control of records as a whole: export them, import them."""

from __future__ import annotations

from mock_server.control.seed_checks import mistakes_in
from mock_server.control.seed_records import exported, read_records, tables_of
from mock_server.control.views import sandbox_view
from mock_server.control.world import Refused, World
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict, RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.engine.replies import encode_json

#: The longest export, in bytes.
LONGEST_EXPORT = 64 << 20


def register(operations: Operations, world: World) -> None:
    """Add the handlers of the records of a world's sandboxes."""
    tables = tables_of(world.vendors)

    @operations.handles("exportSandbox")
    def export(request: Request, _: Context) -> Reply:
        sandbox = world.sandbox(request)
        apis = request.query.get("api") or world.apis
        unknown = [api for api in apis if api not in world.apis]
        if unknown:
            raise RecordNotFound("API", unknown[0])
        document = exported(sandbox.whole(sandbox.state, apis), apis)
        if len(encode_json(document)) > LONGEST_EXPORT:
            raise Conflict(f"the export is longer than {LONGEST_EXPORT} bytes; name fewer APIs")
        return Reply(200, document)

    @operations.handles("seedSandbox")
    def seed(request: Request, _: Context) -> Reply:
        sandbox = world.sandbox(request)
        records, problems = read_records(request.body, tables)
        problems += mistakes_in(records, world.vendors, tables)
        if problems:
            first = f"{problems[0][0]}: {problems[0][1]}"
            more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
            raise Refused({"apis": first + more}, problems)
        sandbox.go_to(records.put_into(sandbox.state))
        return Reply(200, sandbox_view(sandbox))
