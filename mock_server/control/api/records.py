"""Control of single records: what tables there are, what is in them, what became of a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from mock_server.control.api.views import change_view
from mock_server.control.context import ControlContext, NoSuchName
from mock_server.control.seed_files.record_forms import written
from mock_server.discovery import Vendor, load_lifecycle
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.dry_run import DryRun
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.engine.worker import Steps
from mock_server.journal.exchange import Exchange
from mock_server.journal.redaction import redacted
from mock_server.journal.views import exchange_summary
from mock_server.lifecycle.model import ABSENT, Resource, Source
from mock_server.lifecycle.pointers import find
from mock_server.openapi.document import SpecIndex
from mock_server.state.references import references_of
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Key, State, Table
from mock_server.usage import suggestion

_LIMIT = 50
#: How many records that name another one are listed.
_MOST_REFERRING = 100


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the records of the server's sandboxes."""

    @cache
    def resources(api: str) -> Mapping[str, Resource]:
        return _resources(context.vendor(api))

    def resource_of(table: Table[Any]) -> Resource | None:
        return resources(table.api).get(table.name.partition(".")[2])

    @operations.handles("listTables", long=True)
    def list_tables(request: Request, _: Context) -> Steps[Reply]:
        sandbox = context.sandbox(request)
        state = sandbox.state
        whole = yield lambda: sandbox.whole(state, context.apis)
        shown = [
            {
                "name": name,
                "api": table.api,
                "records": len(whole.collection(table)),
                "operations": _operations_of(resource_of(table)),
            }
            for name, table in sorted(context.tables.items())
        ]
        return Reply(200, {"tables": shown})

    @operations.handles("listRecords", long=True)
    def list_records(request: Request, _: Context) -> Steps[Reply]:
        sandbox, asked = context.sandbox(request), request.query
        table = _table(context, asked["table"])
        sort = asked.get("sort")
        known = [each.name for each in fields(table.record)]
        if sort is not None and sort.removeprefix("-") not in known:
            wrong = sort.removeprefix("-")
            raise NoSuchName(f"sort: there is no field {wrong!r}; {suggestion(wrong, known)}")
        state = sandbox.state

        def work() -> tuple[int, list[dict[str, Any]]]:
            records = list(sandbox.whole(state, [table.api]).collection(table).items())
            if wanted := asked.get("q", "").casefold():
                records = [pair for pair in records if wanted in _text(pair[1])]
            if sort is not None:
                name = sort.removeprefix("-")
                records.sort(key=lambda pair: _rank(getattr(pair[1], name)))
                if sort.startswith("-"):
                    records.reverse()
            first = asked.get("offset", 0)
            page = records[first : first + asked.get("limit", _LIMIT)]
            return len(records), [{"key": key, "record": _shown(record)} for key, record in page]

        total, shown = yield work
        return Reply(200, {"table": table.name, "fields": known, "total": total, "records": shown})

    @operations.handles("getRecord", long=True)
    def get_record(request: Request, _: Context) -> Steps[Reply]:
        sandbox, asked = context.sandbox(request), request.query
        table = _table(context, asked["table"])
        state, held = sandbox.state, list(sandbox.journal)
        whole: State = yield lambda: sandbox.whole(state, [table.api])
        collection = whole.collection(table)
        key = next((each for each in _keys(asked["key"]) if collection.get(each) is not None), None)
        if key is None:
            # It may have been removed, and its history tells how.
            changed = [change for each in held for change in each.changes]
            keys = {change.key for change in changed if change.table == table.name}
            key = next((key for key in keys if str(key) == asked["key"]), None)
        if key is None:
            raise RecordNotFound(f"record of {table.name}", asked["key"])
        record = collection.get(key)
        vendor = context.vendor(table.api)

        def work() -> dict[str, Any]:
            return {
                "table": table.name,
                "api": table.api,
                "key": key,
                "record": None if record is None else _shown(record),
                "references": [
                    {"place": _place(each.place), "table": each.target, "key": each.value}
                    for each in (references_of(record, table) if record is not None else ())
                ],
                "referred_by": list(_referring(whole, context.tables.values(), table.name, key)),
                "history": [
                    _history(each, context, table.name, key)
                    for each in reversed(held)
                    if any((one.table, one.key) == (table.name, key) for one in each.changes)
                ],
                "operations": _operations_of(resource_of(table), key),
            }

        found: dict[str, Any] = yield work
        shown = _as_shown(vendor, resource_of(table), sandbox, whole, key)
        return Reply(200, {**found, "shown": shown})


def _table(context: ControlContext, name: str) -> Table[Any]:
    if name not in context.tables:
        known = sorted(context.tables)
        raise NoSuchName(f"there is no table {name!r}; {suggestion(name, known)}")
    return context.tables[name]


def _keys(text: str) -> list[Key]:
    """The keys that a text may stand for."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return [text, int(text)] if is_number else [text]


def _shown(record: Any) -> Any:
    return redacted(written(record))


def _text(record: Any) -> str:
    return "\n".join(str(getattr(record, each.name)) for each in fields(record)).casefold()


def _rank(value: Any) -> tuple[int, Any]:
    """Order values of any types: nothing first, then truth, numbers, instants and texts."""
    if value is None:
        return 0, 0
    try:
        return 1, float(value)
    except (TypeError, ValueError, OverflowError):
        return 2, str(value).casefold()


def _place(place: Iterable[str | int]) -> str:
    return ".".join(map(str, place))


def _referring(
    state: State, tables: Iterable[Table[Any]], name: str, key: Any
) -> Iterable[dict[str, Any]]:
    found = 0
    for table in tables:
        if name not in table.references.values():
            continue
        for other, record in state.collection(table).items():
            for reference in references_of(record, table):
                if reference.target == name and reference.value == key:
                    yield {"place": _place(reference.place), "table": table.name, "key": other}
                    found += 1
                    if found == _MOST_REFERRING:
                        return


def _history(exchange: Exchange, context: ControlContext, table: str, key: Any) -> dict[str, Any]:
    summary = exchange_summary(exchange, context.specs.get(exchange.api))
    changes = [one for one in exchange.changes if (one.table, one.key) == (table, key)]
    return {**summary, "changes": [change_view(change) for change in changes]}


def _resources(vendor: Vendor) -> Mapping[str, Resource]:
    """The resources of an API by the short names of the tables that they are kept in."""
    lifecycle = load_lifecycle(vendor)
    found: dict[str, Resource] = {}
    for resource in lifecycle.resources if lifecycle else ():
        name = resource.name.replace(" ", "_")
        found.setdefault(name, resource)
        found.setdefault(f"{name}s", resource)
    return found


def _operations_of(resource: Resource | None, key: Any = None) -> list[dict[str, Any]]:
    """What can be done with the records of a table by operations of its API.

    Each has the values that its path, query and body begin with; of a record, its identifier too.
    """
    if resource is None:
        return []
    path = {} if key is None else {resource.id_in_path: str(key)}
    found = [] if resource.create is None else [_operation("create", resource.create.operation)]
    found += [_operation("update", update.operation, path) for update in resource.updates]
    for removal in resource.removals:
        if removal.parts is None or key is None:
            found.append(_operation(removal.effect, removal.operation, path))
        else:
            parts = removal.parts(str(key))
            made = _operation(removal.effect, removal.operation, parts.path, dict(parts.query))
            found.append(made if parts.body is ABSENT else {**made, "body": parts.body})
    return [each for place, each in enumerate(found) if each not in found[:place]]


def _operation(
    does: str,
    operation: str,
    path: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    texts = {name: item for name, item in (path or {}).items() if not isinstance(item, Source)}
    return {"does": does, "operation": operation, "path": texts, "query": dict(query or {})}


def _parameters(spec: SpecIndex, operation: str) -> Iterable[Mapping[str, Any]]:
    """The parameters of an operation as they are written, with their examples."""
    found = spec.operations[operation]
    item = spec.document["paths"][found.path]
    return map(spec.resolve, [*found.raw.get("parameters", ()), *item.get("parameters", ())])


def _as_shown(
    vendor: Vendor, resource: Resource | None, sandbox: Sandbox, state: State, key: Any
) -> Any:
    """The record as a read of the API shows it, None if no read does."""
    if resource is None or not resource.reads:
        return None
    read = resource.reads[0]
    run = DryRun(vendor.spec.operations[read.operation], vendor.api, vendor.spec)
    values = {
        raw["name"]: key if raw["name"] == resource.id_in_path else raw.get("example", "1")
        for raw in _parameters(vendor.spec, read.operation)
        if raw["in"] == "path"
    }
    reply = run.show(sandbox, state, values).reply
    if reply is None or not isinstance(reply.body, dict | list):
        return None
    found = find(reply.body, read.record)
    return None if found is ABSENT else found
