"""Streamed records are those that a sandbox holds, however many there are, in bounded memory."""

import tracemalloc
from dataclasses import dataclass, replace

import pytest

from mock_server.control.persona_files import load_personas
from mock_server.data import fixtures_directory
from mock_server.datasets.stream import RecordStream, SeedLooksBack, StreamedTransaction
from mock_server.discovery import load_vendor, tables_of
from mock_server.seeding.fake import Fake
from mock_server.state.store import State, Table, Transaction
from mock_server.usage import UsageError

PERSONAS = load_personas(fixtures_directory() / "personas.yaml")
VENDORS = ["built", "cliniko", "exsited", "skhokho"]


@dataclass(frozen=True)
class Thing:
    id: int
    name: str


def stream_of(vendor, products=60, seed=1):
    persona = replace(PERSONAS["typical"], products=products)
    return RecordStream(vendor.api.seed, persona, lambda: Fake(seed))


@pytest.mark.parametrize("api", VENDORS)
def test_every_table_streams_what_the_seed_puts_into_a_sandbox(api, monkeypatch):
    # So small that most records are gone before the seed function is done.
    monkeypatch.setattr("mock_server.datasets.stream.StreamedTransaction.__init__", _tiny_window)
    vendor = load_vendor(api)
    transaction = Transaction(State())
    vendor.api.seed(transaction, replace(PERSONAS["typical"], products=150), Fake(1))
    for table in tables_of([vendor])[api].values():
        sent = []
        stream_of(vendor, 150).send(table.name, sent.append)
        assert {table.key(each): each for each in sent} == {
            table.key(each): each for each in transaction.all(table)
        }
        assert len(sent) == transaction.count(table)


def test_a_streamed_transaction_reads_and_writes_what_it_holds_itself():
    of_a_commit = {"base", "reads", "changes", "has_written", "state", "committed"}
    offered = {name for name in vars(Transaction) if not name.startswith("_")}
    assert offered - of_a_commit <= set(vars(StreamedTransaction))


_with_window = StreamedTransaction.__init__


def _tiny_window(self, wanted, sink, window=50):
    _with_window(self, wanted, sink, min(window, 50) if wanted else window)


@pytest.mark.parametrize(
    "table", ["built.adjustments", "cliniko.stock_adjustments", "exsited.notes", "skhokho.products"]
)
def test_any_count_of_a_kind_that_grows_is_reached_exactly(table):
    sent = []
    stream = stream_of(load_vendor(table.partition(".")[0]))
    assert stream.send(table, sent.append, 150) == len(sent) == 150


def test_a_kind_that_does_not_grow_says_how_many_there_are():
    with pytest.raises(UsageError, match="an account has 4 taxes, whatever its size"):
        stream_of(load_vendor("cliniko")).send("cliniko.taxes", print, 5)


def test_memory_does_not_grow_with_the_number_of_records():
    table = Table("toy.things", Thing)

    def seed(transaction, persona, _):
        for _ in range(persona.products):
            transaction.put(table, Thing(transaction.next_id(table), "x" * 100))

    def peak(count):
        tracemalloc.start()
        try:
            stream = RecordStream(seed, PERSONAS["typical"], lambda: Fake(1))
            assert stream.send(table.name, lambda _: None, count) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(20_000) < peak(4_000) * 1.2


def test_a_seed_that_looks_back_too_far_is_refused_and_not_misread():
    table = Table("toy.things", dict, key=lambda record: record["id"])
    transaction = StreamedTransaction("toy.things", lambda _: None, window=2)
    for number in (1, 2, 3):
        transaction.put(table, {"id": number})
    assert transaction.get(table, 3) == {"id": 3}
    assert transaction.get(table, 4) is None
    for look in (
        lambda: transaction.get(table, 1),
        lambda: transaction.put(table, {"id": 1}),
        lambda: transaction.all(table),
    ):
        with pytest.raises(SeedLooksBack):
            look()
