"""What vendor code may use besides the request: state, time, randomness, the spec's schemas."""

from __future__ import annotations

import random
from datetime import datetime
from functools import cached_property
from typing import Any

from mock_server.engine.errors import Violation
from mock_server.openapi.schema import SchemaCompiler, errors_of, violations_of
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State, Transaction


class Context:
    """What one call can see and change; its instant does not change while the call runs.

    `state` is the transaction to read from and write to; it is committed if the operation
    answers, and forgotten if it raises. `now` is aware, in UTC.
    """

    def __init__(
        self, sandbox: Sandbox, schemas: SchemaCompiler, state: State | None = None
    ) -> None:
        self._sandbox = sandbox
        self._schemas = schemas
        self.state: Transaction = sandbox.begin(state)
        self.now: datetime = sandbox.clock.now()
        self.sandbox_name = sandbox.name

    @cached_property
    def random(self) -> random.Random:
        """The call's random source: the same for the same seed and revision of the state."""
        return self._sandbox.random_source(self.state.base.revision)

    def violations(
        self, schema: str, value: Any, path: tuple[str | int, ...] = ()
    ) -> list[Violation]:
        """Return how a value of the body breaks a schema of the spec's components.

        `path` leads to the value. For what the engine does not look into: JSON inside a string.
        """
        return violations_of(errors_of(self._schemas.component(schema), value), "body", path)
