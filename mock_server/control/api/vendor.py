"""The control API: its spec, and its operations as closures over a context."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.control.api import (
    apis,
    calls,
    clocks,
    fault_rules,
    generated,
    journal,
    messy,
    records,
    sandboxes,
    search,
    seeds,
    snapshots,
)
from mock_server.control.api.errors import ERRORS, UNKNOWN
from mock_server.control.api.spec import NAME, control_spec
from mock_server.control.context import ControlContext
from mock_server.data import specs_directory
from mock_server.discovery import Vendor
from mock_server.engine.api import Api, FirstCall, Operations
from mock_server.engine.context import Context
from mock_server.engine.credentials import CredentialPolicy
from mock_server.engine.messages import Request
from mock_server.engine.parameters import parse_pairs
from mock_server.journal.journal import Journal
from mock_server.openapi.violation import Violation
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.sandboxes import Sandboxes
from mock_server.state.store import State


def control_vendor(context: ControlContext) -> Vendor:
    """Return the control API of a context, in the form that the engine serves."""
    operations = Operations()
    parts = (
        apis, sandboxes, snapshots, clocks, fault_rules, seeds, messy, journal, search,
        records, calls, generated,
    )  # fmt: skip
    for part in parts:
        part.register(operations, context)
    operations.judge_all(unknown_parameters)
    home = Sandbox(SandboxName(NAME, ""), 0, lambda *_: State(), Clock(), Journal(0))
    api = Api(
        name=NAME,
        operations=operations,
        errors=ERRORS,
        sandbox_key_of=lambda credential: credential.value,
        seed=lambda *_: None,
        first_call=FirstCall("/sandboxes"),
        home=home,
    )
    return Vendor(api, control_spec(), specs_directory() / f"{NAME}.yaml")


def empty_context() -> ControlContext:
    """Return a context without APIs, for those who look at the control API and do not call it."""
    sandboxes = Sandboxes(lambda *_: State(), Journal)
    return ControlContext(sandboxes, CredentialPolicy(frozenset(), ""), ())


def unknown_parameters(request: Request, _: Context) -> Iterator[Violation]:
    """Yield the names in a query that the operation does not have.

    Passed over, as vendors do, a misspelled filter would be answered with everything.
    """
    operation = control_spec().operations[request.operation_id or ""]
    known = [each.name for each in operation.parameters if each.location == "query"]
    for name in parse_pairs(request.query_string):
        if name not in known:
            yield Violation("query", (name,), UNKNOWN, known, name)
