"""Collections, tables, transactions: state as a value."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

import pytest
from immutables import Map

from mock_server.state import collection
from mock_server.state.store import Change, Collection, State, Table, Transaction


@dataclass(frozen=True, slots=True)
class Item:
    """A record."""

    id: int
    name: str = ""


ITEMS = Table("toy.items", Item)
CODES = Table("toy.codes", Item, key=attrgetter("name"))
_calls: list[tuple[Item, ...]] = []


def names(records):
    """What tests derive; it notes each time that it is called."""
    _calls.append(records)
    return [record.name for record in records]


@pytest.fixture(autouse=True)
def _forget_calls():
    _calls.clear()


@pytest.fixture
def transaction():
    return Transaction(State())


def _state(*items):
    transaction = Transaction(State())
    transaction.put_all(ITEMS, items)
    return transaction.committed


def test_a_table_knows_its_api():
    assert (ITEMS.api, CODES.api) == ("toy", "toy")


def test_records_come_in_the_order_of_their_keys(transaction):
    for number in (3, 1, 2):
        transaction.put(ITEMS, Item(number))
    assert [item.id for item in transaction.all(ITEMS)] == [1, 2, 3]


def test_a_table_may_have_a_key_of_its_own(transaction):
    transaction.put(CODES, Item(1, "b"))
    transaction.put(CODES, Item(2, "a"))
    assert transaction.get(CODES, "a") == Item(2, "a")
    assert [item.name for item in transaction.all(CODES)] == ["a", "b"]


def test_putting_under_a_key_again_replaces_the_record(transaction):
    first = transaction.put(ITEMS, Item(1, "a"))
    transaction.put(ITEMS, Item(1, "b"))
    assert (transaction.count(ITEMS), transaction.get(ITEMS, 1)) == (1, Item(1, "b"))
    assert first == Item(1, "a")


def test_a_removed_record_is_gone(transaction):
    transaction.put(ITEMS, Item(1))
    transaction.remove(ITEMS, 1)
    assert (transaction.count(ITEMS), transaction.get(ITEMS, 1)) == (0, None)


def test_what_is_not_there_cannot_be_removed(transaction):
    with pytest.raises(KeyError):
        transaction.remove(ITEMS, 1)
    assert not transaction.has_written


def test_numbers_are_drawn_in_order_for_each_sequence(transaction):
    drawn = [transaction.next_id(ITEMS), transaction.next_id(ITEMS), transaction.next_id(CODES)]
    assert [*drawn, transaction.next_number("toy.invoices")] == [1, 2, 1, 1]


def test_a_removed_records_number_is_not_drawn_again(transaction):
    transaction.put(ITEMS, Item(transaction.next_id(ITEMS)))
    transaction.remove(ITEMS, 1)
    assert transaction.next_id(ITEMS) == 2


def test_a_transaction_sees_its_own_writes_and_the_state_does_not():
    state = _state(Item(1, "a"))
    transaction = Transaction(state)
    transaction.put(ITEMS, Item(1, "b"))
    transaction.put(ITEMS, Item(2))
    assert [item.name for item in transaction.all(ITEMS)] == ["b", ""]
    assert len(state.collection(ITEMS)) == 1
    assert Transaction(state).get(ITEMS, 1) == Item(1, "a")


def test_a_transaction_that_only_reads_commits_nothing():
    transaction = Transaction(_state(Item(1)))
    transaction.all(ITEMS)
    transaction.derive(ITEMS, names)
    transaction.put(ITEMS, transaction.get(ITEMS, 1))
    assert not transaction.has_written


def test_a_transaction_says_what_it_created_updated_and_removed():
    transaction = Transaction(_state(Item(1), Item(2)))
    transaction.put(ITEMS, Item(3))
    transaction.put(ITEMS, Item(1, "new"))
    transaction.remove(ITEMS, 2)
    assert transaction.committed.revision == 2
    assert transaction.changes == (
        Change("toy.items", 3, None, Item(3)),
        Change("toy.items", 1, Item(1), Item(1, "new")),
        Change("toy.items", 2, Item(2), None),
    )


def test_drawing_a_number_is_a_write():
    transaction = Transaction(State(sequences=Map({"toy.a": 3, "toy.b": 4})))
    transaction.next_number("toy.b")
    assert transaction.has_written
    assert dict(transaction.committed.sequences) == {"toy.a": 3, "toy.b": 5}


def test_what_was_derived_is_remembered_until_the_table_changes(transaction):
    transaction.put(ITEMS, Item(1, "a"))
    assert transaction.derive(ITEMS, names) is transaction.derive(ITEMS, names)
    assert len(_calls) == 1
    transaction.put(CODES, Item(9, "other table"))
    transaction.derive(ITEMS, names)
    assert len(_calls) == 1
    transaction.put(ITEMS, Item(2, "b"))
    assert transaction.derive(ITEMS, names) == ["a", "b"]
    assert len(_calls) == 2


def test_two_transactions_on_one_state_share_what_was_derived():
    state = _state(Item(1, "a"))
    assert Transaction(state).derive(ITEMS, names) is Transaction(state).derive(ITEMS, names)
    assert len(_calls) == 1


def test_a_collection_is_equal_to_another_with_the_same_records():
    one, other = (Collection(Map()).put(1, Item(1)) for _ in range(2))
    assert one == other
    assert one != one.put(2, Item(2))
    assert one.put(2, Item(2)).remove(2) == one
    assert one != {1: Item(1)}


def test_a_difference_says_what_happened_between_two_states():
    before = _state(Item(1, "a"), Item(2, "b"), Item(3, "c"))
    after = _state(Item(1, "a"), Item(2, "new"), Item(4, "d"))
    assert before.difference(after) == (
        Change("toy.items", 2, Item(2, "b"), Item(2, "new")),
        Change("toy.items", 3, Item(3, "c"), None),
        Change("toy.items", 4, None, Item(4, "d")),
    )
    assert before.difference(before) == ()
    assert State().difference(_state(Item(1))) == (Change("toy.items", 1, None, Item(1)),)


def test_a_seed_joins_a_state_without_touching_the_rest():
    seed = State(sequences=Map({"other.things": 60}))
    state = _state(Item(1)).merged_with_seed("other", seed)
    assert state.collection(ITEMS).get(1) == Item(1)
    assert (state.sequences["other.things"], state.seeded, state.revision) == (
        60,
        frozenset({"other"}),
        1,
    )


def test_only_the_newest_of_what_was_derived_is_held(monkeypatch):
    monkeypatch.setattr(collection, "_NEWEST", collection._Newest(10))
    states = [_state(Item(1, str(number)), Item(2)) for number in range(5)]
    for state in states:
        state.collection(ITEMS).derive(names)
    assert len(_calls) == 5
    assert states[-1].collection(ITEMS).derive(names) == ["4", ""]
    assert len(_calls) == 5
    assert states[0].collection(ITEMS).derive(names) == ["0", ""]
    assert len(_calls) == 6


def test_one_result_is_held_however_many_records_it_is_made_of(monkeypatch):
    monkeypatch.setattr(collection, "_NEWEST", collection._Newest(10))
    state = _state(*map(Item, range(1, 31)))
    for _ in range(2):
        assert len(state.collection(ITEMS).derive(names)) == 30
    assert len(_calls) == 1
