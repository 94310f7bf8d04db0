"""States as JSON: what is different in one from another, and seed records once for all sandboxes.

A record is written in its typed form, as in seed files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

import orjson

from mock_server.control.seed_files.files import Problem
from mock_server.control.seed_files.record_forms import form_of
from mock_server.discovery import Tables
from mock_server.engine.replies import encode_json
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, Collection, Key, State, Table
from mock_server.state.variation import Variation
from mock_server.store.protocol import PutSeed

Json = dict[str, Any]
_NO_RECORDS: Collection[Any] = State().collection(Table("", object))


class UnreadableRecord(ValueError):
    """What a store has does not fit this version's records; the message says what and where."""


def encode(value: Any) -> bytes:
    """Return a value as JSON."""
    try:
        return encode_json(value)
    except (TypeError, ValueError):  # half of a surrogate pair, which UTF-8 cannot have
        return json.dumps(value).encode()


def decode(content: bytes) -> Any:
    """Return the value of what `encode` made."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return json.loads(content)


class Seeds:
    """The seed records that sandboxes of a store began with, each once, under its digest."""

    def __init__(self, read: Callable[[str], bytes | None], forms: StateForms) -> None:
        self._read = read
        self._forms = forms
        self._digests: dict[tuple[str, str, int, Variation], str] = {}
        self._states: dict[str, State] = {}
        self._new: list[PutSeed] = []

    def digest_of(self, api: str, sandbox: Sandbox, state: State) -> str:
        """Return the digest of a sandbox's seed records of an API, which have to be written."""
        name = (api, sandbox.persona, sandbox.seed, sandbox.variation)
        if name not in self._digests:
            content = encode(self._forms.difference(State(), state, _no_seed) or {"revision": 0})
            digest = hashlib.blake2b(content, digest_size=16).hexdigest()
            self._new.append(PutSeed(digest, content))
            self._digests[name] = digest
            self._states.setdefault(digest, state)
        return self._digests[name]

    def take_new(self) -> list[PutSeed]:
        """Return what has to be written before anything that names it."""
        if not self._new:
            return []
        found, self._new = self._new, []
        return found

    def not_written(self, seeds: Iterable[PutSeed]) -> None:
        """Take note that some were not written after all."""
        self._new += seeds

    def state(self, digest: str) -> State:
        """Return the seed records of a digest; raises UnreadableRecord and StoreUnavailable."""
        state = self._states.get(digest)
        if state is None:
            content = self._read(digest)
            if content is None:
                raise UnreadableRecord(f"the seed records {digest} are missing")
            state, _ = self._forms.apply(State(), decode(content))
            shared = {name: each.shared() for name, each in state.collections.items()}
            state = self._states[digest] = replace(
                state, collections=state.collections.update(shared)
            )
        return state


class StateForms:
    """Writes the differences between states, and reads them."""

    def __init__(self, tables: Tables, read_seed: Callable[[str], bytes | None]) -> None:
        self._tables: Mapping[str, Table[Any]] = {
            table.name: table for of_api in tables.values() for table in of_api.values()
        }
        self.seeds = Seeds(read_seed, self)

    def change(self, change: Change) -> list[Any]:
        """Return a change as JSON, without what was there before."""
        after = change.after
        record = None if after is None else form_of(self._table(change.table).record).write(after)
        return [change.table, change.key, record]

    def record(self, table: str, value: Any) -> Any:
        """Return the record of a JSON value; raises UnreadableRecord."""
        problems: list[Problem] = []
        record = form_of(self._table(table).record).read(value, "", problems)
        if problems:
            raise _unreadable([(f"/{table}{place}", text) for place, text in problems])
        return record

    def difference(
        self,
        before: State,
        after: State,
        seed_of: Callable[[str], tuple[str, State]],
        changes: Iterable[Change] | None = None,
    ) -> Json | None:
        """Return how one state becomes another, None if they are the same.

        `seed_of` gives the digest and the records of an API's seed; `changes` are those of the
        records, if they are known.
        """
        if after is before:
            return None
        found: Json = {}
        if not before.seeded <= after.seeded:
            found["from"] = "nothing"
            before, changes = State(), None
        if after.seeded is not before.seeded:
            new = sorted(after.seeded - before.seeded)
            for api in new:
                digest, seed = seed_of(api)
                found.setdefault("seeds", {})[api] = digest
                before = before.merged_with_seed(api, seed)
            changes = None if new else changes
        if after.collections is not before.collections:
            changes = before.difference(after) if changes is None else changes
            if shown := [self.change(each) for each in changes]:
                found["changes"] = shown
        if after.sequences is not before.sequences:
            old, new_ones = before.sequences, after.sequences
            sequences: dict[str, int | None]
            sequences = {n: v for n, v in sorted(new_ones.items()) if old.get(n) != v}
            sequences |= dict.fromkeys(sorted(name for name in old if name not in new_ones))
            if sequences:
                found["sequences"] = sequences
        found["revision"] = after.revision
        return found

    def apply(self, state: State, difference: Json | None) -> tuple[State, tuple[Change, ...]]:
        """Return what a state becomes, and the changes of its records in their order.

        Raises UnreadableRecord and StoreUnavailable.
        """
        if difference is None:
            return state, ()
        if "from" in difference:
            state = State()
        for api, digest in difference.get("seeds", {}).items():
            state = state.merged_with_seed(api, self.seeds.state(digest))
        changes: list[Change] = []
        collections, sequences = state.collections, state.sequences
        for name, group in groupby(difference.get("changes", ()), lambda each: each[0]):
            collection: Collection[Any] = collections.get(name, _NO_RECORDS)
            latest: dict[Key, Any] = {}
            for _, key, value in group:
                before = latest[key] if key in latest else collection.get(key)
                latest[key] = record = None if value is None else self.record(name, value)
                changes.append(Change(name, key, before, record))
            collections = collections.set(name, collection.update(latest.items()))
        for name, number in difference.get("sequences", {}).items():
            if number is not None:
                sequences = sequences.set(name, number)
            elif name in sequences:
                sequences = sequences.delete(name)
        seeded = state.seeded
        return State(collections, sequences, seeded, difference["revision"]), tuple(changes)

    def _table(self, name: str) -> Table[Any]:
        try:
            return self._tables[name]
        except KeyError as problem:
            raise UnreadableRecord(f"there is no table {name}") from problem


def _no_seed(api: str) -> tuple[str, State]:
    raise LookupError(f"seed records have no seed records of {api}")


def _unreadable(problems: list[Problem]) -> UnreadableRecord:
    place, text = problems[0]
    return UnreadableRecord(f"{place or '/'}: {text}")
