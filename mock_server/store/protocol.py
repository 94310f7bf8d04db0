"""What a store does: it keeps a log for each sandbox, and writes all of a batch or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from mock_server.state.memory import Full
from mock_server.usage import UsageError

#: What an answered write survives: the end of the process, or a power cut as well.
Durability = Literal["process", "machine"]
#: Called before and after each step of a write with its name, so that tests can break in there.
Step = Callable[[str], object]


class StoreError(UsageError):
    """A store cannot be used; the message says which, why, and what helps, in one line."""


class StoreUnavailable(Full):
    """A store cannot read or write now; nothing of a batch was written. It may be tried again."""

    retry_after = 1


class StoreConflict(StoreUnavailable):
    """Somebody else has written to the same log first."""


@dataclass(frozen=True, slots=True)
class Create:
    """Begin the log of a sandbox, at position 0, with a checkpoint."""

    sandbox: str
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Append:
    """Add an entry at a position that no other has; the log ends at the position before it."""

    sandbox: str
    position: int
    entry: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Let the log begin after a position, with what all up to there adds up to."""

    sandbox: str
    position: int
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Delete:
    """Forget the log of a sandbox."""

    sandbox: str


@dataclass(frozen=True, slots=True)
class PutSeed:
    """Keep the seed records of an API under their digest, unless they are there."""

    digest: str
    records: bytes


Write = Create | Append | Checkpoint | Delete | PutSeed


@dataclass(frozen=True, slots=True)
class Log:
    """What a store has of a sandbox: a checkpoint at position `base`, and all entries after it."""

    base: int
    checkpoint: bytes
    entries: Sequence[bytes]

    @property
    def position(self) -> int:
        """The position of the newest entry."""
        return self.base + len(self.entries)


@dataclass(frozen=True, slots=True)
class Tail:
    """The entries of a log after a position, and the position of its checkpoint by now."""

    base: int
    entries: Sequence[bytes]


class Store(Protocol):
    """Keeps logs; all methods but `close` raise StoreUnavailable."""

    #: Where it is, in words for users.
    where: str

    def names(self) -> list[str]:
        """Return the names of its sandboxes, the one that was written to last at the end."""

    def read(self, sandbox: str) -> Log | None:
        """Return the log of a sandbox, or None."""

    def compact(self) -> None:
        """Forget seed records that no log names, and give back room that nothing takes."""

    def size(self) -> int:
        """Return how many bytes it takes."""

    def seed(self, digest: str) -> bytes | None:
        """Return seed records."""

    def write(self, batch: Iterable[Write]) -> None:
        """Write all of a batch, in its order, or nothing; raises StoreConflict."""

    def about(self) -> Mapping[str, str]:
        """Return what was noted about the store as a whole."""

    def note(self, about: Mapping[str, str]) -> None:
        """Note something about the store as a whole, in place of what has the same names."""

    def close(self) -> None:
        """Let go of it; what was written is there."""


class SharedStore(Store, Protocol):
    """A store that several processes have, each for a turn at a time to itself.

    What is written in a turn is there for others when the turn was committed.
    """

    #: Whether it is worth asking for a turn in the event loop.
    is_local: bool

    def begin(self, *, wait: bool) -> bool | None:
        """Begin a turn; says whether others have written since the last one.

        None if it would have to wait and should not. Raises StoreUnavailable.
        """

    def commit(self) -> None:
        """End the turn and keep what was written in it; if that fails, all of it is undone."""

    def rollback(self) -> None:
        """End the turn, and undo what was written in it."""

    def has_changed(self) -> bool:
        """Say whether others have written since that was last asked, or the last turn began."""

    def identity(self, sandbox: str) -> int | None:
        """Return what tells a sandbox from an earlier one of its name; None if there is none."""

    def tail(self, identity: int, position: int) -> Tail | None:
        """Return what a log has after a position; None if the sandbox is not there any more."""

    def reserve(self) -> None:
        """Have it for this process and its forks, until the last one ends; raises StoreError."""

    def disconnect(self) -> None:
        """Let go of it for now, so that the process may be forked."""

    def connect(self) -> None:
        """Take it again; raises StoreError."""
