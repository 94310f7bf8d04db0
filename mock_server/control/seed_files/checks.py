"""Whether seeded records may be shown as they are, and whether what they name is there.

Nothing here knows an API. Which reads show the records of a table is found by trying: those whose
answer is another one without the record. A read that asks for something in its path is tried with
the record's own fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import islice, product
from typing import Any, TypeVar

from mock_server.control.seed_files.files import Problem
from mock_server.control.seed_files.records import SeedRecords
from mock_server.control.seed_files.small_states import (
    SmallStates,
    collection_of,
    named_by,
    with_table,
)
from mock_server.discovery import Tables, Vendor
from mock_server.engine.dry_run import DryRun, DryRunResult, dry_runs_of
from mock_server.engine.errors import ContractViolation
from mock_server.journal.journal import Journal
from mock_server.openapi.pointers import join
from mock_server.state.clock import Clock
from mock_server.state.references import dangling
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.store import Key, State, Table

T = TypeVar("T")
#: Records that are tried to find out whether a read shows those of a table.
_SAMPLES = 5
#: A read that asks for more in its path than this is shown by others as well.
_MOST_PARAMETERS = 2
#: Records that a list is asked to show at once, where all goes well.
_BATCH = 20
_LONGEST_MESSAGE = 200
#: Of a file in which nearly everything is wrong, so many mistakes of an API are enough.
_MOST_MISTAKES = 1000


def mistakes_in(records: SeedRecords, vendors: Iterable[Vendor], tables: Tables) -> list[Problem]:
    """Return what is wrong with records that have the right form, each with its place."""
    problems: list[Problem] = []
    for vendor in vendors:
        name = vendor.api.name
        if name in records.apis:
            state = records.of(name).put_into(State())
            found = dict(_unfounded(records, state, tables[name]))
            found |= {
                place: text
                for place, text in islice(
                    _Stage(vendor, state, tables[name]).mistakes(records), _MOST_MISTAKES
                )
                if place not in found
            }
            problems += found.items()
    return problems


def _unfounded(
    records: SeedRecords, state: State, tables: Mapping[str, Table[Any]]
) -> Iterator[Problem]:
    """The references that lead nowhere, but for those to records that could not be read."""
    for each in dangling(state, tables.values()):
        if each.target not in records.incomplete:
            place = records.places[each.table, each.record]
            for part in each.place:
                place = join(place, part)
            table = each.target.partition(".")[2]
            yield place, f"names {each.value!r}, which is no record of {table}"


@dataclass(frozen=True, slots=True)
class _Way:
    """A read, and the fields of a record that go into its path."""

    read: DryRun
    fields: tuple[str, ...]

    def shown(self, record: Any, state: State, sandbox: Sandbox) -> DryRunResult:
        """What the read shows of a state when it asks for a record."""
        values = [getattr(record, name) for name in self.fields]
        return self.read.show(sandbox, state, dict(zip(self.read.parameters, values, strict=True)))


class _Stage:
    """A state that nobody lives in, and the reads that may show what is in it.

    Each record is shown in a small state, for the whole may be large. What is wrong there must be
    wrong in the whole state too.
    """

    def __init__(self, vendor: Vendor, state: State, tables: Mapping[str, Table[Any]]) -> None:
        self._state = state
        self._tables = {table.name: table for table in tables.values()}
        self._sandbox = Sandbox(SandboxName("test", ""), 0, lambda *_: State(), Clock(), Journal())
        self._reads = dry_runs_of(vendor.api, vendor.spec)

    def mistakes(self, records: SeedRecords) -> Iterator[Problem]:
        """Yield how the records are shown off the contract.

        What a record shows of one that it names is reported for that one alone; and where something
        is wrong with those, or could not be read at all, only the record's own mistakes are.
        """
        reported: dict[str, set[str]] = {name: set() for name in self._tables}
        tables = self._tables
        for table in sorted(tables.values(), key=lambda each: len(named_by(each, tables))):
            known = {text for name in named_by(table, tables) for text in reported[name]}
            for key, record, defect in self._defects(table):
                whole = records.places[table.name, key]
                place, text = _placed(defect, record, whole)
                certain = place != whole or not (known or records.incomplete)
                if defect.message not in known and certain:
                    reported[table.name].add(defect.message)
                    yield place, text

    def _defects(self, table: Table[Any]) -> Iterator[tuple[Key, Any, ContractViolation]]:
        """The defects of the records of a table, each with the record that is the cause of it."""
        small_states = SmallStates(self._state, self._tables, table)
        ways = list(self._ways(table, small_states))
        for batch in _batches(self._state.collection(table).items(), _BATCH):
            small_state = small_states.of(batch)
            left = [way for way in ways if not self._all_well(way, small_state, len(batch))]
            for key, record in batch if left else ():
                small_state = small_states.of([(key, record)])
                for way in left:
                    if way.shown(record, small_state, self._sandbox).defects:
                        for defect in self._confirmed(way, table, key, record):
                            yield key, record, defect

    def _all_well(self, way: _Way, small_state: State, number: int) -> bool:
        """Whether a list shows so many records of a state at once, and nothing is wrong."""
        if way.fields:
            return False
        shown = way.read.show(self._sandbox, small_state, {})
        return (
            not shown.defects and shown.reply is not None and _longest(shown.reply.body) >= number
        )

    def _ways(self, table: Table[Any], small_states: SmallStates) -> Iterator[_Way]:
        """The reads that show records of a table, each with the fields that show most of them."""
        samples = []
        for key, record in islice(self._state.collection(table).items(), _SAMPLES):
            small_state = small_states.of([(key, record)])
            samples.append((record, small_state, with_table(small_state, table, collection_of({}))))
        for read in self._reads:
            best, most = None, 0
            for names in _assignments(table, len(read.parameters)):
                way = _Way(read, names)
                shown = sum(self._shows(way, *sample) for sample in samples)
                if shown > most:
                    best, most = way, shown
                if most == len(samples):
                    break
            if best is not None:
                yield best

    def _shows(self, way: _Way, record: Any, small_state: State, rest: State) -> bool:
        shown = way.shown(record, small_state, self._sandbox)
        if shown.reply is None and not shown.defects:
            return False
        hidden = way.shown(record, rest, self._sandbox)
        return shown.reply != hidden.reply or _texts(shown) != _texts(hidden)

    def _confirmed(
        self, way: _Way, table: Table[Any], key: Key, record: Any
    ) -> Iterable[ContractViolation]:
        """The defects that the record is the cause of where no other record is missing."""
        collection = self._state.collection(table)
        alone, others = collection_of({key: record}), collection.remove(key)
        whole = self._state if way.fields else with_table(self._state, table, alone)
        rest = with_table(self._state, table, others if way.fields else collection_of({}))
        shown = way.shown(record, whole, self._sandbox)
        if shown.crashed and not way.shown(record, self._state, self._sandbox).crashed:
            return ()
        left = _texts(shown) - _texts(way.shown(record, rest, self._sandbox))
        return [defect for defect in shown.defects if defect.message in left]


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch


def _longest(body: Any) -> int:
    """The number of items in the longest list of a body, itself or among its members."""
    members = [body, *body.values()] if isinstance(body, dict) else [body]
    return max((len(each) for each in members if isinstance(each, list)), default=0)


def _assignments(table: Table[Any], number: int) -> Iterator[tuple[str, ...]]:
    """Fields of a table's records that may go into a path, so many at a time."""
    if number <= _MOST_PARAMETERS:
        plain = [
            each.name for each in fields(table.record) if each.type in {"str", "int", str, int}
        ]
        yield from product(plain, repeat=number)


def _texts(shown: DryRunResult) -> Counter[str]:
    return Counter(defect.message for defect in shown.defects)


def _placed(defect: ContractViolation, record: Any, place: str) -> Problem:
    """A defect at the part of the record that it is about, as far as names tell."""
    at = record
    for part in defect.pointer.split("/"):
        if is_dataclass(at) and part in {each.name for each in fields(at)}:
            at = getattr(at, part)
        elif (
            at is not record and isinstance(at, tuple) and part.isdecimal() and int(part) < len(at)
        ):
            at = at[int(part)]
        else:
            continue
        place = join(place, part)
    text = defect.message
    if len(text) > _LONGEST_MESSAGE:
        text = f"{text[: _LONGEST_MESSAGE // 2]} … {text[-_LONGEST_MESSAGE // 2 :]}"
    return place, f"{text}, as {defect.operation} shows it at {defect.pointer or '/'}"
