"""Reads that nobody asked for, to see what would be shown of a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from mock_server.engine.api import Api
from mock_server.engine.context import Context
from mock_server.engine.errors import ApiError, ContractViolation
from mock_server.engine.messages import Reply, Request
from mock_server.engine.parameters import ParameterReader
from mock_server.engine.replies import ResponseWriter
from mock_server.openapi.document import OperationSpec, SpecIndex, is_read
from mock_server.openapi.schema import SchemaCompiler
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """What a read would answer: its reply, None if it is refused, and what is wrong with it."""

    reply: Reply | None
    defects: Sequence[ContractViolation] = ()
    crashed: bool = False


class DryRun:
    """One read of an API; `parameters` are the names of those in its path.

    It asks for what is archived as well, where the spec says how (`x-shows-archived`).
    """

    def __init__(self, operation: OperationSpec, api: Api, spec: SpecIndex) -> None:
        compiler = SchemaCompiler.of(spec)
        self.id = operation.id
        self._handler = api.operations[operation.id].handler
        self.parameters = tuple(
            each.name for each in operation.parameters if each.location == "path"
        )
        self._path = spec.base_path + operation.path
        self._base_url = f"http://localhost{spec.base_path}"
        self._query = urlencode(
            [
                (raw["name"], value)
                for raw in map(spec.resolve, operation.raw.get("parameters", ()))
                if raw.get("x-shows-archived")
                for value in _values_of(raw.get("example"))
            ]
        )
        self._reader = ParameterReader(operation.parameters, spec, compiler, api)
        self._rules = api.operations[operation.id].rules
        self._compiler = compiler
        self._writers = {
            status: ResponseWriter(operation.id, response, spec, compiler)
            for status, response in operation.responses.items()
        }

    def show(self, sandbox: Sandbox, state: State, values: Mapping[str, object]) -> DryRunResult:
        """Return what a read with these values in its path shows of a state; changes nothing."""
        request = Request(
            method="GET",
            url_path=self._path.format(**values),
            query_string=self._query,
            base_url=self._base_url,
            headers={},
            origin="http://localhost",
            operation_id=self.id,
        )
        context = Context(sandbox, self._compiler, state)
        try:
            if self._reader.read(request, values):
                return DryRunResult(None)
            if any(violation for rule in self._rules for violation in rule(request, context)):
                return DryRunResult(None)
            reply = self._handler(request, context)
        except ApiError:
            return DryRunResult(None)
        except Exception as crash:  # noqa: BLE001 - whatever it is, the records made it
            return DryRunResult(
                None, [ContractViolation(self.id, "", f"{type(crash).__name__}: {crash}")], True
            )
        writer = self._writers.get(reply.status)
        if writer is None:
            problem = ContractViolation(self.id, "/status", f"{reply.status} is not declared")
            return DryRunResult(reply, [problem])
        return DryRunResult(reply, writer.defects(reply))


def dry_runs_of(api: Api, spec: SpecIndex) -> list[DryRun]:
    """Return the reads of an API that change nothing and need no more than a path.

    Of several with one handler and the same answers, the first is enough.
    """
    found: dict[tuple[object, str], DryRun] = {}
    for operation in spec.operations.values():
        needs_more = any(each.required and each.location != "path" for each in operation.parameters)
        if is_read(operation) and not needs_more:
            handler = api.operations[operation.id].handler
            answers = repr(operation.raw.get("responses"))
            found.setdefault((handler, answers), DryRun(operation, api, spec))
    return list(found.values())


def _values_of(example: object) -> list[object]:
    if example is None:
        return []
    return example if isinstance(example, list) else [example]
