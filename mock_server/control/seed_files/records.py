"""The records of a sandbox in the form of a seed file, and back.

`{"apis": {API: {TABLE: [record, …], "sequences": {NAME: last number drawn}}}, "revision": n}`.
An API that is named brings all its records: a table that is left out is empty. Without
`sequences`, each goes on after the highest number in its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from immutables import Map

from mock_server.control.seed_files.files import Problem
from mock_server.control.seed_files.record_forms import form_of
from mock_server.discovery import Tables
from mock_server.openapi.pointers import join
from mock_server.state.memory import size_of
from mock_server.state.store import Collection, Key, State, Table

SEQUENCES = "sequences"
_NO_COUNT = "must be a whole number of at least 0, and of 63 bits at most"


@dataclass(frozen=True, slots=True)
class SeedRecords:
    """All records of some APIs, by their tables' full names, and their sequences.

    `places` has the pointer to each record; `incomplete` the tables with some that are wrong.
    """

    apis: tuple[str, ...]
    collections: Mapping[str, Collection[Any]]
    sequences: Mapping[str, int]
    revision: int = 0
    places: Mapping[tuple[str, Key], str] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()

    def put_into(self, state: State) -> State:
        """Return a state in which these are all the records of their APIs."""
        state = self._without(state)
        return State(
            state.collections.update(self.collections),
            state.sequences.update(self.sequences),
            state.seeded | set(self.apis),
            max(state.revision, self.revision),
        )

    def of(self, api: str) -> SeedRecords:
        """Return those of one API."""
        return SeedRecords(
            (api,),
            {name: item for name, item in self.collections.items() if api_of(name) == api},
            {name: item for name, item in self.sequences.items() if api_of(name) == api},
            self.revision,
        )

    def _without(self, state: State) -> State:
        collections, sequences = state.collections, state.sequences
        for name in state.collections:
            if api_of(name) in self.apis:
                collections = collections.delete(name)
        for name in state.sequences:
            if api_of(name) in self.apis:
                sequences = sequences.delete(name)
        return State(collections, sequences, state.seeded, state.revision)


def api_of(name: str) -> str:
    """Return the API of a table's or sequence's full name."""
    return name.partition(".")[0]


def exported(state: State, apis: Iterable[str]) -> dict[str, Any]:
    """Return the records of some APIs in the form of a seed file."""
    document: dict[str, Any] = {}
    for api in apis:
        records: dict[str, Any] = {}
        for name in sorted(state.collections):
            collection = state.collections[name]
            if api_of(name) == api and len(collection):
                records[name.partition(".")[2]] = [
                    form_of(type(record)).write(record) for _, record in collection.items()
                ]
        records[SEQUENCES] = {
            name.partition(".")[2]: number
            for name, number in sorted(state.sequences.items())
            if api_of(name) == api
        }
        document[api] = records
    return {"apis": document, "revision": state.revision}


def read_records(document: Any, tables: Tables) -> tuple[SeedRecords, list[Problem]]:
    """Return what a seed document holds, and every mistake in it with its pointer."""
    problems: list[Problem] = []
    if not isinstance(document, dict) or not isinstance(document.get("apis"), dict):
        return SeedRecords((), {}, {}), [("/apis", "must be an object of APIs and their records")]
    problems += [
        (join("", name), "is not known; there are apis, revision")
        for name in document
        if name not in {"apis", "revision"}
    ]
    revision = document.get("revision", 0)
    if not _is_count(revision):
        problems.append(("/revision", _NO_COUNT))
        revision = 0
    apis = {}
    for name, content in document["apis"].items():
        pointer = join("/apis", name)
        if name not in tables:
            known = ", ".join(sorted(tables))
            problems.append((pointer, f"is no API of this server; there are {known}"))
        elif not isinstance(content, dict):
            problems.append((pointer, "must be an object of tables and their records"))
        else:
            apis[name] = content
    collections: dict[str, Collection[Any]] = {}
    sequences: dict[str, int] = {}
    places: dict[tuple[str, Key], str] = {}
    incomplete: set[str] = set()
    for api, content in apis.items():
        pointer = join("/apis", api)
        for name, records in content.items():
            if name == SEQUENCES:
                continue
            place, table = join(pointer, name), tables[api].get(name)
            if table is None:
                known = ", ".join(sorted(tables[api]))
                problems.append((place, f"is no table of {api}; there are {known}"))
            else:
                before = len(problems)
                collections[table.name] = _collection(table, records, place, problems, places)
                if len(problems) > before:
                    incomplete.add(table.name)
        if SEQUENCES in content:
            place = join(pointer, SEQUENCES)
            sequences |= _sequences(api, content[SEQUENCES], place, problems)
        else:
            sequences |= {
                table.name: _highest(collections[table.name])
                for table in tables[api].values()
                if table.name in collections
            }
    found = SeedRecords(
        tuple(apis), collections, sequences, revision, places, frozenset(incomplete)
    )
    return found, problems


def _collection(
    table: Table[Any],
    records: Any,
    pointer: str,
    problems: list[Problem],
    places: dict[tuple[str, Key], str],
) -> Collection[Any]:
    if not isinstance(records, list):
        problems.append((pointer, "must be a list of records"))
        return Collection(Map())
    form = form_of(table.record)
    found: dict[Key, Any] = {}
    for index, content in enumerate(records):
        place = join(pointer, index)
        before = len(problems)
        record = form.read(content, place, problems)
        if len(problems) > before:
            continue
        key = table.key(record)
        if key in found:
            problems.append((place, f"has the same key, {key!r}, as {places[table.name, key]}"))
        found[key], places[table.name, key] = record, place
    return Collection(Map(found), sum(map(size_of, found.values())))


def _sequences(api: str, content: Any, pointer: str, problems: list[Problem]) -> dict[str, int]:
    if not isinstance(content, dict):
        problems.append((pointer, "must be an object of numbers"))
        return {}
    problems += [
        (join(pointer, name), _NO_COUNT)
        for name, number in content.items()
        if not _is_count(number)
    ]
    return {f"{api}.{name}": number for name, number in content.items() if _is_count(number)}


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _highest(collection: Collection[Any]) -> int:
    """The number after which the ids of a table go on: no record has a higher one."""
    numbers: Sequence[int] = [
        number
        for key, record in collection.items()
        for number in (key, getattr(record, "number", None))
        if isinstance(number, int)
    ]
    return max([len(collection), *numbers])
