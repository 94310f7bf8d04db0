"""Control of records as a whole: export them, import them."""

from __future__ import annotations

from typing import Any

from mock_server.control.actions import note_action
from mock_server.control.api.points import state_at
from mock_server.control.api.views import sandbox_view
from mock_server.control.context import ControlContext, ControlRefusal
from mock_server.control.seed_files.checks import mistakes_in
from mock_server.control.seed_files.files import Problem
from mock_server.control.seed_files.records import SeedRecords, exported, read_records
from mock_server.discovery import tables_of
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict, RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.engine.replies import encode_json
from mock_server.engine.worker import Steps
from mock_server.state.memory import Full

#: The longest export, in bytes.
LONGEST_EXPORT = 64 << 20


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the records of the server's sandboxes."""
    tables = tables_of(context.vendors)

    @operations.handles("exportSandbox", long=True)
    def export(request: Request, _: Context) -> Steps[Reply]:
        sandbox = context.sandbox(request)
        apis = request.query.get("api") or context.apis
        unknown = [api for api in apis if api not in context.apis]
        if unknown:
            raise RecordNotFound("API", unknown[0])
        state = state_at(sandbox, request.query.get("at", "now"))

        def work() -> tuple[dict[str, Any], int]:
            document = exported(sandbox.whole(state, apis), apis)
            return document, len(encode_json(document))

        document, length = yield work
        if length > LONGEST_EXPORT:
            raise Conflict(f"the export is longer than {LONGEST_EXPORT} bytes; name fewer APIs")
        return Reply(200, document)

    @operations.handles("seedSandbox", long=True)
    def seed(request: Request, _: Context) -> Steps[Reply]:
        sandbox = context.sandbox(request)

        def work() -> tuple[SeedRecords, list[Problem]]:
            records, problems = read_records(request.body, tables)
            return records, problems + mistakes_in(records, context.vendors, tables)

        records, problems = yield work
        if problems:
            first = f"{problems[0][0]}: {problems[0][1]}"
            more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
            raise ControlRefusal({"apis": first + more}, problems)
        state = records.put_into(sandbox.state)
        try:
            sandbox.check_room(state)
        except Full as full:
            raise ControlRefusal({"apis": f"are too large: {full}"}) from full
        sandbox.go_to(state)
        note_action(sandbox, "seed", f"records of {', '.join(sorted(request.body['apis']))}")
        return Reply(200, sandbox_view(sandbox))
