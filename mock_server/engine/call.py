"""One call on its way through the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mock_server.engine.messages import Reply, Request
from mock_server.state.store import Change, Key, State

if TYPE_CHECKING:
    from mock_server.engine.context import Context
    from mock_server.engine.credentials import Credential
    from mock_server.engine.errors import ApiError, ContractViolation, Violation
    from mock_server.engine.fault import Fault
    from mock_server.engine.operation import Operation
    from mock_server.engine.replies import Wire
    from mock_server.state.sandbox import Sandbox


@dataclass(slots=True)
class Call:
    """A request, and what is known of it so far.

    `sandbox` is the one of unattributed calls until the call's own is open. `state` is what the
    operation sees instead of the present state, and then it changes nothing; without `keep`, what
    it changes is forgotten, though the answer says that it was done. `violations` is None until
    parameters and body were read. `refusal` is why no operation takes the call. `headers` go on the
    answer, whatever it is. With `waits`, whoever answers the call can have seed records made
    first. `kept` is the state that its own commit made, if it did.
    """

    operation: Operation
    request: Request
    sandbox: Sandbox
    path_values: Mapping[str, Any] = field(default_factory=dict)
    content: bytes = b""
    credential: Credential | None = None
    sandbox_key: str = ""
    fault: Fault | None = None
    state: State | None = None
    keep: bool = True
    before: State | None = None
    context: Context = field(init=False)
    counted: bool = False
    violations: list[Violation] | None = None
    refusal: ApiError | None = None
    waits: bool = False
    reply: Reply = field(init=False)
    wire: Wire | None = None
    error: ApiError | None = None
    defect: ContractViolation | None = None
    headers: Mapping[str, str] | None = None
    changes: tuple[Change, ...] = ()
    kept: State | None = None
    reads: Sequence[tuple[str, Key]] = ()

    @property
    def api(self) -> str:
        """The name of the API."""
        return self.operation.api.name

    @property
    def seen(self) -> State:
        """The state that the operation sees."""
        return self.sandbox.committed if self.state is None else self.state
