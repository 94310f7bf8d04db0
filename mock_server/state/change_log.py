"""The log of commits: the state is what it adds up to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from mock_server.state.store import Commit, State


class ChangeLog:
    """Holds the newest `limit` commits, and the state from before the oldest of them."""

    def __init__(self, base: State, limit: int = 10_000) -> None:
        self._base = base
        self._commits: deque[Commit] = deque()
        self._limit = limit

    def __len__(self) -> int:
        return len(self._commits)

    def __iter__(self) -> Iterator[Commit]:
        return iter(self._commits)

    @property
    def base(self) -> State:
        """The state before the oldest commit still held."""
        return self._base

    def append(self, commit: Commit) -> None:
        """Add the newest commit; the oldest one past the limit is folded into the base."""
        self._commits.append(commit)
        if len(self._commits) > self._limit:
            self._base = self._commits.popleft().apply(self._base)

    def adopt_seed(self, api: str, seed: State) -> None:
        """Put an API's seed records under the oldest commit."""
        self._base = self._base.merged_with_seed(api, seed)

    def state_at(self, revision: int) -> State:
        """Return the state as it was at `revision`.

        Raises LookupError if that lies before the oldest commit still held, or after the newest.
        """
        state = self._base
        if revision < state.revision:
            raise LookupError(f"revision {revision} is no longer held; {state.revision} is")
        for commit in self._commits:
            if state.revision == revision:
                return state
            state = commit.apply(state)
        if state.revision != revision:
            raise LookupError(f"revision {revision} is yet to come; this is {state.revision}")
        return state
