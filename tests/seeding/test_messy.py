"""Messy records: odd values in the dimensions that are on, valid, explained and reproducible."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.control.seed_files.checks import mistakes_in
from mock_server.control.seed_files.records import exported, read_records
from mock_server.discovery import load_vendors, tables_of
from mock_server.seeding.fake import Fake
from mock_server.seeding.messy import make_messy
from mock_server.seeding.odd_values import (
    DIMENSIONS,
    LONG_IDS,
    MessyTable,
    Number,
    Text,
    UnknownDimension,
    parse_dimensions,
    value_at,
    variants_by_dimension,
)
from mock_server.seeding.personas import Persona
from mock_server.seeding.seeder import make_seeder
from mock_server.state.store import State, Table, Transaction
from mock_server.state.variation import Variation

VENDORS = load_vendors()
SOURCES = {vendor.api.name: vendor.api for vendor in VENDORS}
TABLES = tables_of(VENDORS)
MESSY = Persona("messy", "", 60, messy=frozenset(DIMENSIONS))
FEW = replace(MESSY, name="few", products=12)
PLAIN = Persona("plain", "", 12)
SEEDS = make_seeder(SOURCES, {each.name: each for each in (MESSY, FEW, PLAIN)})
EVERY = sorted(DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Thing:
    """A record."""

    id: int
    name: str
    price: Decimal = Decimal(1)


THINGS = Table("toy.things", Thing)
TOY = (MessyTable(THINGS, (Text("name", longest=20, name=True), Number("price", high=99))),)


def toy_state(count=200):
    transaction = Transaction(State())
    for number in range(count):
        transaction.put(THINGS, Thing(number, f"thing {number}"))
    return transaction.state


def made(api, persona="messy", seed=0, **variation):
    return SEEDS.made(api, persona, seed, Variation(**variation))


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.api.name)
def test_every_read_of_messy_records_keeps_the_contract(vendor):
    name = vendor.api.name
    state = made(name).state
    records, problems = read_records(exported(state, [name]), TABLES)
    assert problems + mistakes_in(records, [vendor], TABLES) == []
    assert records.put_into(state).collections == state.collections


@pytest.mark.parametrize("api", SOURCES)
def test_every_declared_dimension_comes_up(api):
    declared = {
        dimension
        for messy in SOURCES[api].messy
        for field in messy.fields
        for dimension in variants_by_dimension(field)
    }
    found = {odd.dimension for odd in made(api).odd_values}
    assert declared <= found
    assert len(declared) >= 18


def test_every_dimension_is_there_for_some_api():
    assert set(DIMENSIONS) == {odd.dimension for api in SOURCES for odd in made(api).odd_values}


@pytest.mark.parametrize("api", SOURCES)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1 << 40), on=st.sets(st.sampled_from(EVERY), max_size=4))
def test_odd_values_are_those_of_the_dimensions_that_are_on_and_nothing_else_differs(api, seed, on):
    plain_on = frozenset(on - {LONG_IDS})
    seen = made(api, "few", seed, messy=plain_on)
    tables = {table.name: table for table in TABLES[api].values()}
    assert {odd.dimension for odd in seen.odd_values} <= plain_on
    for odd in seen.odd_values:
        record = seen.state.collection(tables[odd.table]).get(odd.key)
        assert odd.seed == seed
        if odd.field not in {"stock_level", "quantity"}:
            assert value_at(record, odd.field) == odd.value
    if not seen.odd_values:
        assert seen.state == made(api, "plain", seed).state


@pytest.mark.parametrize("api", SOURCES)
def test_some_places_alone_keep_the_values_that_they_have_among_all(api):
    whole = made(api).odd_values
    chosen = [odd for odd in whole if odd.dimension != LONG_IDS][::7]
    only = made(api, only=frozenset(odd.place for odd in chosen))
    assert {o.place for o in only.odd_values if o.dimension != LONG_IDS} == {
        o.place for o in chosen
    }
    before = {odd.place: (odd.dimension, odd.note) for odd in whole}
    assert all(before[odd.place] == (odd.dimension, odd.note) for odd in only.odd_values)


def test_the_same_seed_gives_the_same_values_and_another_gives_others():
    state, on = toy_state(), frozenset(DIMENSIONS)
    first = make_messy(state, TOY, on, Fake(3))
    assert first == make_messy(state, TOY, on, Fake(3))
    assert first[1] != make_messy(state, TOY, on, Fake(4))[1]


def test_a_dimension_alone_has_as_many_values_as_all_together_have():
    state = toy_state()
    for on in ({"emoji"}, {"sql"}, {"small-numbers"}):
        assert 40 <= len(make_messy(state, TOY, frozenset(on), Fake(1))[1]) <= 100


@given(st.integers(1, 400), st.booleans(), st.booleans(), st.booleans())
def test_texts_keep_their_bounds(longest, trimmed, line_breaks, unique):
    field = Text("x", None, longest, 1, True, trimmed, line_breaks, unique)
    for dimension, variants in variants_by_dimension(field).items():
        assert dimension in DIMENSIONS
        for variant in variants:
            text = field.value_for(variant, "k")
            if text is None:
                continue
            assert 1 <= len(text) <= max(longest, 2)
            assert not trimmed or text == text.strip() or unique
            assert line_breaks or not set(text) & set("\r\n\t")
            assert not any(unicodedata.category(each) == "Cs" for each in text)


@given(st.integers(-(10**13), 0), st.integers(0, 10**13), st.integers(0, 6), st.booleans())
def test_numbers_keep_their_bounds(low, high, places, stock):
    field = Number("x", low=low, high=high, places=places, stock=stock, money=True, fixed=True)
    for variants in variants_by_dimension(field).values():
        for variant in variants:
            assert low <= variant.value <= high
            assert variant.value.as_tuple().exponent == -places


def test_dimensions_are_named_with_commas_or_one_by_one():
    assert parse_dimensions("emoji, long-text") == {"emoji", "long-text"}
    assert parse_dimensions(["emoji", "sql,html"]) == {"emoji", "sql", "html"}
    assert parse_dimensions("all") == set(DIMENSIONS)
    assert parse_dimensions("none") == parse_dimensions("") == frozenset()
    with pytest.raises(UnknownDimension, match="no dimension 'emojis' of messy data; did you mean"):
        parse_dimensions("emojis")
