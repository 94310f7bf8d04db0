"""The journal of a sandbox: every exchange, with what it changed, bounded in bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from mock_server.journal.exchange import Exchange
from mock_server.state.store import State

#: Bytes that a journal takes unless the server is set up otherwise.
JOURNAL_BYTES = 4 << 20


class EvidenceDropped(LookupError):
    """The question is about exchanges that the journal no longer holds."""


class Journal:
    """The newest exchanges of a sandbox, as many as fit in `limit` bytes; one fits always."""

    def __init__(self, limit: int = JOURNAL_BYTES) -> None:
        self.limit = limit
        self._exchanges: deque[Exchange] = deque()
        self._size = 0
        self._last = 0
        self._listeners: list[Callable[[Exchange], None]] = []
        self._watchers: list[Callable[[], object]] = []
        #: How often it was cleared; numbers begin again each time.
        self.generation = 0
        #: Why there will be nothing more, if so.
        self.ended: str | None = None

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    @property
    def last(self) -> int:
        """The number of the newest exchange, 0 if there was none."""
        return self._last

    @property
    def dropped(self) -> int:
        """The number of the newest exchange that is no longer held, 0 if all are."""
        return self._exchanges[0].number - 1 if self._exchanges else self._last

    @property
    def size(self) -> int:
        """About how many bytes the held exchanges take."""
        return self._size

    def append(self, exchange: Exchange) -> None:
        """Add the newest exchange, drop the oldest ones past the limit, and tell the listeners."""
        self._add(exchange)
        for listener in self._listeners:
            listener(exchange)
        self._notify()

    def take_over(self, exchange: Exchange) -> None:
        """Add the newest exchange, which was another process's; its listeners were told there."""
        self._add(exchange)
        self._notify()

    def _add(self, exchange: Exchange) -> None:
        self._last = exchange.number
        self._exchanges.append(exchange)
        self._size += exchange.size
        self.shrink(self.limit)

    def shrink(self, size: int) -> None:
        """Drop the oldest exchanges until they take no more than so many bytes; one stays."""
        while self._size > size and len(self._exchanges) > 1:
            self._size -= self._exchanges.popleft().size

    def get(self, number: int) -> Exchange:
        """Return an exchange; raises EvidenceDropped, or LookupError if it is yet to come."""
        if number <= self.dropped:
            raise EvidenceDropped(f"exchange {number} is no longer held; {self.dropped + 1} is")
        if number > self._last:
            raise LookupError(f"there is no exchange {number}; the last is {self._last}")
        return self._exchanges[number - self._exchanges[0].number]

    def since(self, number: int) -> list[Exchange]:
        """Return the exchanges after `number`; raises EvidenceDropped if some of them are gone."""
        if number < self.dropped:
            raise EvidenceDropped(
                f"exchanges {number + 1} to {self.dropped} are no longer held, so nothing can be "
                "said about them"
            )
        return [exchange for exchange in self._exchanges if exchange.number > number]

    def state_at(self, revision: int, after: int = 0) -> State | None:
        """Return the newest state of at most a revision around the exchanges after one.

        Where all of them are newer it is the oldest; None if no such exchange is held.
        """
        oldest = None
        for exchange in reversed(self._exchanges):
            if exchange.number <= after:
                break
            for oldest in (exchange.after, exchange.before):
                if oldest.revision <= revision:
                    return oldest
        return oldest

    def resume(self, last: int, generation: int) -> None:
        """Go on, with nothing held, where a journal was: its last number, and how often cleared."""
        self._exchanges.clear()
        self._size = 0
        self._last, self.generation = last, generation
        self._notify()

    def listen(self, listener: Callable[[Exchange], None]) -> Callable[[], None]:
        """Call `listener` with each exchange from now on; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def fresh(self) -> Journal:
        """Return an empty journal with the same limit."""
        return Journal(self.limit)

    def copy(self) -> Journal:
        """Return a journal with the same exchanges, to which nothing is added."""
        copy = Journal(self.limit)
        copy._exchanges = self._exchanges.copy()
        copy._size, copy._last = self._size, self._last
        return copy

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` whenever there is something new to see; returns what ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def clear(self) -> None:
        """Forget every exchange, and count from 1 again; listeners stay."""
        self._exchanges.clear()
        self._size = self._last = 0
        self.generation += 1
        self._notify()

    @property
    def followed(self) -> bool:
        """Whether somebody watches it."""
        return bool(self._watchers)

    def end(self, why: str) -> None:
        """Say to those who watch that nothing more will come."""
        self.ended = why
        self._notify()

    def _notify(self) -> None:
        for watcher in self._watchers:
            watcher()
