"""One call on its way through the pipeline, and the entry it leaves in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_server.engine.errors import ContractViolation, InvalidRequest, Violation
from mock_server.engine.messages import Request
from mock_server.state.journal import Exchange
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, Key, State

if TYPE_CHECKING:
    from mock_server.engine.errors import ApiError
    from mock_server.engine.fault import Fault
    from mock_server.engine.replies import Wire


@dataclass(slots=True)
class Call:
    """What is known of a call so far; `sandbox` is None until its credential was accepted."""

    api: str
    request: Request
    content: bytes = b""
    sandbox: Sandbox | None = None
    sandbox_key: str = ""
    before: State | None = None
    violations: list[Violation] | None = None
    error: ApiError | None = None
    defect: ContractViolation | None = None
    fault: Fault | None = None
    changes: tuple[Change, ...] = ()
    reads: Sequence[tuple[str, Key]] = ()
    counted: bool = False
    quota_headers: Mapping[str, str] | None = None

    def record(self, wire: Wire, unattributed: Sandbox) -> None:
        """Enter the call into its sandbox's journal, or into the unattributed one."""
        sandbox = self.sandbox or unattributed
        request, fault, error, defect = self.request, self.fault, self.error, self.defect
        before = self.before or sandbox.committed
        # A fault may keep nothing of what was done, or do more; then the states tell what changed.
        changes = self.changes if fault is None else before.difference(sandbox.committed)
        sandbox.journal.append(
            Exchange(
                number=sandbox.journal.last + 1,
                at=sandbox.clock.now(),
                api=self.api,
                operation=request.operation_id,
                method=request.method,
                origin=request.origin,
                path=request.url_path,
                query=request.query_string,
                request_headers=request.headers,
                request_body=self.content,
                status=wire.status,
                response_headers=tuple(wire.headers),
                # Copied, as orjson's own bytes keep a buffer of 8 KB for the shortest text.
                response_body=bytes(memoryview(wire.body)),
                verdict="blocked" if defect else "refused" if error else "answered",
                before=before,
                after=sandbox.committed,
                changes=changes,
                reads=tuple(self.reads),
                error=type(error).__name__ if error else None,
                violations=tuple(map(str, error.violations))
                if isinstance(error, InvalidRequest)
                else (),
                problem=str(defect) if defect else None,
                fault=fault.name if fault else None,
                sent=fault.sends if fault else True,
            )
        )
