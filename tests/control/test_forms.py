"""What is written in a seed file reads back as it was, whatever it is."""

from __future__ import annotations

import types
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from mock_server.control.seed_files.record_forms import form_of, written
from mock_server.control.seed_files.records import exported, read_records
from mock_server.discovery import api_names, load_vendor, tables_of
from mock_server.engine.messages import NO_BODY
from mock_server.engine.replies import encode_json
from mock_server.state.store import Collection, State, Table


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    worth: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    id: int
    text: str
    when: datetime
    day: date
    amount: Decimal
    flag: bool
    kind: Literal["a", "b"]
    parts: tuple[Part, ...] = ()
    nested: tuple[tuple[int, ...], ...] = ()
    content: bytes = b""
    maybe: datetime | None = None
    either: int | str = 0
    anything: Any = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    name: str


THINGS = Table("toy.things", Thing)
NAMED = Table("toy.named", Named, key=lambda named: named.name)
TABLES = {"toy": {"things": THINGS, "named": NAMED}}

TEXTS = st.text(st.characters(codec=None)) | st.text(st.characters(categories=["Cs", "Lu"]))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda number: abs(number.adjusted()) < 300
)
INSTANTS = st.datetimes(
    datetime(2, 1, 1),  # noqa: DTZ001 - the zone follows
    datetime(9998, 1, 1),  # noqa: DTZ001 - the zone follows
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS | DECIMALS | INSTANTS
ANYTHING = st.recursive(
    PLAIN | st.dates() | st.binary() | st.just(NO_BODY),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8")) | st.just("$text"), inner, max_size=3
        )
    ),
    max_leaves=8,
)
THING = st.builds(
    Thing,
    id=st.integers(-(2**53), 2**53),
    text=TEXTS,
    when=INSTANTS,
    day=st.dates(),
    amount=DECIMALS,
    flag=st.booleans(),
    kind=st.sampled_from(["a", "b"]),
    parts=st.lists(st.builds(Part, TEXTS, st.none() | DECIMALS), max_size=2).map(tuple),
    nested=st.lists(st.lists(st.integers(0, 9), max_size=2).map(tuple), max_size=2).map(tuple),
    content=st.binary(),
    maybe=st.none() | INSTANTS,
    either=st.integers(0, 9) | TEXTS,
    anything=ANYTHING,
    more=st.dictionaries(st.text(st.characters(codec="utf-8")), ANYTHING, max_size=2),
)


BY_TYPE = {
    str: TEXTS,
    int: st.integers(-(2**53), 2**53),
    bool: st.booleans(),
    types.NoneType: st.none(),
    Decimal: DECIMALS,
    datetime: INSTANTS,
    date: st.dates(),
    bytes: st.binary(max_size=9),
}
TABLES_OF_ALL = [
    table
    for tables in tables_of(map(load_vendor, api_names())).values()
    for table in tables.values()
]


def values_of(kind):
    """Any values of a type that a record's field may have."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    if origin in {Union, types.UnionType}:
        return st.one_of(map(values_of, arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(
            kind, **{each.name: values_of(hints[each.name]) for each in fields(kind) if each.init}
        )
    return ANYTHING


@pytest.mark.parametrize("table", TABLES_OF_ALL, ids=lambda table: table.name)
def test_every_record_of_every_api_reads_back_as_it_was(table):
    form = form_of(table.record)

    @settings(max_examples=10)
    @given(values_of(table.record))
    def law(record):
        carried, problems = orjson.loads(encode_json(form.write(record))), []
        assert form.quick(carried) == record
        assert form.read(carried, "", problems) == record
        assert problems == []

    law()


@given(THING)
def test_a_record_reads_back_as_it_was(thing):
    carried = orjson.loads(encode_json(written(thing)))
    problems = []
    assert form_of(Thing).read(carried, "", problems) == thing
    assert problems == []


@given(
    st.lists(THING, max_size=4, unique_by=lambda thing: thing.id),
    st.sets(st.text(st.characters(codec="utf-8"))),
    st.dictionaries(st.sampled_from(["things", "named", "other"]), st.integers(0, 2**60)),
    st.integers(0, 2**50),
)
def test_export_then_import_gives_an_equal_state(things, names, sequences, revision):
    state = State(
        Map(
            {
                "toy.things": Collection(Map({thing.id: thing for thing in things})),
                "toy.named": Collection(Map({name: Named(name) for name in names})),
                "apart.things": Collection(Map()),
            }
        ),
        Map({f"toy.{name}": number for name, number in sequences.items()}),
        frozenset({"toy"}),
        revision,
    )
    document = orjson.loads(encode_json(exported(state, ["toy"])))
    records, problems = read_records(document, TABLES)
    assert problems == []
    imported = records.put_into(State())
    assert state.difference(imported) == ()
    assert imported.sequences == state.sequences
    assert imported.revision == state.revision
    assert exported(imported, ["toy"]) == exported(state, ["toy"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | DECIMALS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text() | st.sampled_from(["apis", "toy", "things", "id", "$text"]),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON)
def test_no_document_breaks_the_reader(document):
    for each in (document, {"apis": document}, {"apis": {"toy": {"things": [document]}}}):
        records, problems = read_records(each, TABLES)
        assert problems or isinstance(records.put_into(State()), State)
        assert all("\n" not in message for _, message in problems)


@given(ANYTHING)
def test_what_has_any_type_reads_back_as_it_was(value):
    form = form_of(Any)
    problems = []
    assert form.read(orjson.loads(encode_json(form.write(value))), "", problems) == value
    assert problems == []


@given(DECIMALS)
def test_a_decimal_is_written_in_digits_without_an_exponent(number):
    text = written(number)
    assert "E" not in text.upper()
    assert Decimal(text) == number


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "1e999"),
        ("amount", "NaN"),
        ("amount", True),
        ("amount", 1.5),
        ("when", "2026-01-01"),
        ("when", "0001-01-01T00:00:00+14:00"),
        ("day", 5),
        ("id", True),
        ("id", "1"),
        ("kind", "c"),
        ("content", "%"),
        ("parts", {}),
        ("parts", [{"nam": 1}]),
        ("either", []),
        ("text", {"$text": "1"}),
        ("maybe", 1),
    ],
)
def test_a_wrong_value_is_told_with_its_pointer(name, value):
    good = written(
        Thing(1, "", datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), Decimal(1), True, "a")
    )
    problems = []
    form_of(Thing).read({**good, name: value}, "", problems)
    assert problems
    assert all(pointer.startswith(f"/{name}") for pointer, _ in problems)
