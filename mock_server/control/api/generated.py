"""Control of what is made for testers: the cases of an API, and files of cases and data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from mock_server.control.context import ControlContext, NoSuchName
from mock_server.control.generated import Makers, WantedCases, WantedData
from mock_server.discovery import Vendor, tables_of
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import Reply, Request
from mock_server.engine.worker import Steps, in_worker
from mock_server.usage import UsageError, suggestion

#: What the files of each format end in, where it is not the format's name.
_ENDINGS = {
    "curl": "sh",
    "pytest": "py",
    "postman": "postman_collection.json",
    "postman-environment": "postman_environment.json",
    "bruno": "zip",
    "junit": "xml",
}


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of cases and data; one at a time is made, in a thread of its own."""

    @operations.handles("listCases", long=True)
    def list_cases(request: Request, _: Context) -> Steps[Reply]:
        wanted = _wanted_cases(request, context, [request.query["operation"]])
        found = yield in_worker(partial(_makers(context).cases_view, wanted), "files")
        return Reply(200, found)

    @operations.handles("exportCases", long=True)
    def export_cases(request: Request, _: Context) -> Steps[Reply]:
        wanted = _wanted_cases(request, context, request.query["operation"])
        form = request.query.get("format", "json")
        content = yield in_worker(partial(_makers(context).cases_file, wanted, form), "files")
        # What pytest collects begins so.
        name = "test_{}_cases" if form == "pytest" else "{}-cases"
        return _file(name.format(wanted.vendor.api.name), form, content)

    @operations.handles("exportData", long=True)
    def export_data(request: Request, _: Context) -> Steps[Reply]:
        vendor, query = _vendor(request, context), request.query
        tables = tables_of([vendor])[vendor.api.name]
        _require("kind", query["kind"], tables)
        persona = query.get("persona", context.policy.default_persona)
        _require("persona", persona, context.personas)
        wanted = WantedData(
            vendor,
            tables[query["kind"]],
            context.personas[persona],
            query.get("count", 100),
            query.get("seed", 1),
            query.get("format", "json"),
        )
        try:
            content = yield in_worker(partial(_makers(context).data_file, wanted), "files")
        except UsageError as problem:
            raise Conflict(str(problem)) from problem
        return _file(f"{vendor.api.name}-{query['kind']}", wanted.form, content)


def _wanted_cases(
    request: Request, context: ControlContext, operations: Iterable[str]
) -> WantedCases:
    vendor, query = _vendor(request, context), request.query
    chosen = list(dict.fromkeys(operations))
    for each in chosen:
        _require("operation", each, vendor.spec.operations)
    base_url = context.base_url(vendor.api.name, request.origin)
    return WantedCases(vendor, chosen, query.get("kind"), query.get("seed", 1), base_url)


def _vendor(request: Request, context: ControlContext) -> Vendor:
    name = request.path["api"]
    _require("API", name, context.apis)
    return context.vendor(name)


def _require(what: str, name: str, known: Iterable[str]) -> None:
    """Raise NoSuchName unless a name is one of what there is."""
    names = sorted(known)
    if name not in names:
        raise NoSuchName(f"there is no {what} {name!r}; {suggestion(name, names)}")


def _makers(context: ControlContext) -> Makers:
    if context.makers is None:
        raise Conflict("this server makes no cases and no data")
    return context.makers


def _file(name: str, form: str, content: bytes) -> Reply:
    file = f"{name}.{_ENDINGS.get(form, form)}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Reply(200, content, headers, "application/octet-stream")
