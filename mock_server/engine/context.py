"""What vendor code may use besides the request: state, time, randomness."""

from __future__ import annotations

import random
from datetime import datetime
from functools import cached_property

from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State, Transaction


class Context:
    """The world of one call; its instant does not change while the call runs.

    `state` is the transaction to read from and write to; it is committed if the operation
    answers, and forgotten if it raises. `now` is aware, in UTC.
    """

    def __init__(self, sandbox: Sandbox, state: State | None = None) -> None:
        self._sandbox = sandbox
        self.state: Transaction = sandbox.begin(state)
        self.now: datetime = sandbox.clock.now()
        self.sandbox_name = sandbox.name

    @cached_property
    def random(self) -> random.Random:
        """The call's random source: the same for the same seed and revision of the state."""
        return self._sandbox.random_source(self.state.base.revision)
