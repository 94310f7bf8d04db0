"""The log of one sandbox: entries that say what became different, and checkpoints of all of it.

An entry says, in this order: what became of the state before the exchanges, whether the journal
was cleared, the exchanges with what each changed, what became of the state after them, and the
parts and snapshots that are other ones. A checkpoint is an entry on top of an empty sandbox. It
comes before the oldest exchange that the journal holds, so that the states around the exchanges
come out as the log is read; parts and snapshots in it are the newest ones, which is no harm, for
an entry has the whole of a part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.store import Change, State
from mock_server.store import exchanges
from mock_server.store.parts import PARTS, Forms, taken
from mock_server.store.protocol import Append, Checkpoint, Create, Log, Tail
from mock_server.store.states import Json, UnreadableRecord, decode, encode

#: So many entries before the oldest exchange of the journal are not worth a checkpoint.
_SPARE = 256
_EMPTY = State()


@dataclass(slots=True)
class SandboxLog:
    """What is in the log of a sandbox that is in memory, so that the next entry is what is new."""

    sandbox: Sandbox
    forms: Forms
    position: int = 0
    base: int = 0
    state: State = _EMPTY
    parts: dict[str, Any] = field(default_factory=dict)
    snapshots: dict[str, State] = field(default_factory=dict)
    #: The digest of the seed records that came in last, by API.
    seeds: dict[str, str] = field(default_factory=dict)
    last: int = 0
    generation: int = 0
    #: The exchanges that the journal may hold, with the position of the entry that each is in.
    exchanges: deque[tuple[Exchange, int]] = field(default_factory=deque)
    #: The bytes of the checkpoint, and of the entries after it.
    checkpoint_size: int = 0
    entries_size: int = 0

    def create(self) -> Create:
        """Return the beginning of the log."""
        entry = self._entry(self.position) or {}
        entry |= {"persona": self.sandbox.persona, "first_revision": self.sandbox.first_revision}
        content = encode(entry)
        self.checkpoint_size = len(content)
        return Create(self.sandbox.name, content)

    def append(self) -> tuple[Append, bool] | None:
        """Return what is new, and whether more than reads in the journal; None if nothing is."""
        entry = self._entry(self.position + 1)
        if entry is None:
            return None
        self.position += 1
        content = encode(entry)
        self.entries_size += len(content)
        only_reads = entry.keys() == {"exchanges"} and not any(
            "state" in each for each in entry["exchanges"]
        )
        return Append(self.sandbox.name, self.position, content), not only_reads

    def checkpoint(self, *, always: bool = False) -> Checkpoint | None:
        """Return a checkpoint, if the log has much before it that nobody needs."""
        journal, held = self.sandbox.journal, self.exchanges
        while held and held[0][0].number <= journal.dropped:
            held.popleft()
        position = held[0][1] - 1 if held else self.position
        unneeded = position - self.base
        if not always and (unneeded < _SPARE or self.entries_size < self.checkpoint_size):
            return None
        if unneeded <= 0:
            return None
        base = held[0][0].before if held else self.sandbox.committed
        entry: Json = {
            "persona": self.sandbox.persona,
            "first_revision": self.sandbox.first_revision,
            "journal": [held[0][0].number - 1 if held else journal.last, journal.generation],
            "state": self._from(_EMPTY, base),
            "parts": {
                name: PARTS[name].write(value, self.forms) for name, value in self.parts.items()
            },
            "snapshots": {
                name: self._from(base, state) or {} for name, state in self.snapshots.items()
            },
        }
        content = encode(entry)
        self.checkpoint_size, self.entries_size = len(content), 0
        self.base = position
        return Checkpoint(self.sandbox.name, position, content)

    def read(self, log: Log) -> None:
        """Make the sandbox, which is new, what a log adds up to; raises UnreadableRecord."""
        self.base = self.position = log.base
        self.checkpoint_size = len(log.checkpoint)
        self._apply(decode(log.checkpoint))
        self._go_on(log.entries)

    def catch_up(self, tail: Tail) -> None:
        """Bring the sandbox to where its log is by now; raises UnreadableRecord."""
        self.base = tail.base
        if tail.entries:
            self._go_on(tail.entries)

    @property
    def is_behind(self) -> bool:
        """Whether the sandbox has changed since the last entry."""
        sandbox, journal = self.sandbox, self.sandbox.journal
        return (
            sandbox.committed is not self.state
            or (journal.last, journal.generation) != (self.last, self.generation)
            or sandbox.snapshots != self.snapshots
            or taken(sandbox) != self.parts
        )

    def _go_on(self, entries: Iterable[bytes]) -> None:
        for content in entries:
            self.position += 1
            self.entries_size += len(content)
            self._apply(decode(content))
        sandbox = self.sandbox
        self.state, self.snapshots = sandbox.committed, dict(sandbox.snapshots)
        self.last, self.generation = sandbox.journal.last, sandbox.journal.generation
        self.parts = taken(sandbox)

    def _entry(self, position: int) -> Json | None:
        """What is new since the last entry; from now on that is at a position of the log."""
        sandbox, journal, entry = self.sandbox, self.sandbox.journal, Json()
        if journal.generation != self.generation:
            entry["cleared"] = self.generation = journal.generation
            self.last = 0
            self.exchanges.clear()
        if journal.last != self.last:
            entry["exchanges"] = self._new_exchanges(entry, position)
        rest = self._difference(self.state, sandbox.committed)
        if rest is not None:
            entry["then"] = rest
        self.state, self.last = sandbox.committed, journal.last
        parts = taken(sandbox)
        if parts != self.parts:
            entry["parts"] = {
                name: PARTS[name].write(value, self.forms)
                for name, value in parts.items()
                if name not in self.parts or self.parts[name] != value
            }
            self.parts = parts
        if sandbox.snapshots or self.snapshots:
            changed: dict[str, Json | None] = {
                name: self._from(sandbox.committed, state) or {}
                for name, state in sandbox.snapshots.items()
                if self.snapshots.get(name) is not state
            }
            changed |= {name: None for name in self.snapshots if name not in sandbox.snapshots}
            if changed:
                entry["snapshots"] = changed
                self.snapshots = dict(sandbox.snapshots)
        return entry or None

    def _new_exchanges(self, entry: Json, position: int) -> list[Json]:
        found: list[Json] = []
        journal = self.sandbox.journal
        # One by one from the end: `since` looks at all that the journal holds.
        for number in range(max(self.last, journal.dropped) + 1, journal.last + 1):
            exchange = journal.get(number)
            between = self._difference(self.state, exchange.before)
            if between is not None:
                (found[-1] if found else entry)["then" if found else "state"] = between
            shown = exchanges.written(exchange)
            change = self._difference(exchange.before, exchange.after, exchange)
            if change is not None:
                shown["state"] = change
            found.append(shown)
            self.state = exchange.after
            self.exchanges.append((exchange, position))
        return found

    def _difference(
        self, before: State, after: State, exchange: Exchange | None = None
    ) -> Json | None:
        changes = None if exchange is None else exchange.changes
        return self.forms.states.difference(before, after, self._seed_of, changes)

    def _from(self, before: State, after: State) -> Json | None:
        """A difference to a state that is not the next one: its seed records came in before."""
        return self.forms.states.difference(before, after, self._known_seed_of)

    def _seed_of(self, api: str) -> tuple[str, State]:
        state = self.sandbox.seed_state(api)
        digest = self.forms.states.seeds.digest_of(api, self.sandbox, state)
        self.seeds[api] = digest
        return digest, state

    def _known_seed_of(self, api: str) -> tuple[str, State]:
        digest = self.seeds.get(api)
        if digest is None:
            return self._seed_of(api)
        return digest, self.forms.states.seeds.state(digest)

    def _become(self, state: State, difference: Json | None) -> tuple[State, tuple[Change, ...]]:
        if difference is not None:
            self.seeds |= difference.get("seeds", {})
        return self.forms.states.apply(state, difference)

    def _apply(self, entry: Json) -> None:
        sandbox, apply = self.sandbox, self._become
        journal = sandbox.journal
        if "journal" in entry:
            journal.resume(*entry["journal"])
        state, _ = apply(sandbox.committed, entry.get("state"))
        if "cleared" in entry:
            journal.resume(0, entry["cleared"])
            self.exchanges.clear()
        for shown in entry.get("exchanges", ()):
            before = state
            state, changes = apply(before, shown.get("state"))
            exchange = exchanges.read(shown, before, state, changes)
            journal.take_over(exchange)
            self.exchanges.append((exchange, self.position))
            state, _ = apply(state, shown.get("then"))
        sandbox.committed, _ = apply(state, entry.get("then"))
        parts = entry.get("parts", {})
        for name, part in PARTS.items():
            if name in parts:
                part.put(sandbox, parts[name], self.forms)
        for name, difference in entry.get("snapshots", {}).items():
            if difference is None:
                sandbox.snapshots.pop(name, None)
            else:
                sandbox.snapshots[name], _ = apply(sandbox.committed, difference or None)


def opened(
    name: str, log: Log, forms: Forms, empty: Callable[[SandboxName, int, int], Sandbox]
) -> SandboxLog:
    """Return the log of a sandbox that is made of it; raises UnreadableRecord."""
    first = decode(log.checkpoint)
    try:
        sandbox = empty(SandboxName(name, first["persona"]), 0, first["first_revision"])
        found = SandboxLog(sandbox, forms)
        found.read(log)
    except UnreadableRecord as problem:
        raise UnreadableRecord(f"sandbox {name}: {problem}") from problem
    except (KeyError, TypeError, ValueError) as problem:
        text = f"{type(problem).__name__}: {problem}"
        raise UnreadableRecord(f"sandbox {name} cannot be read ({text})") from problem
    return found
