"""Orders: sorted once, and right after every change."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from mock_server.state import order as orders
from mock_server.state.collection import Collection
from mock_server.state.order import Column, Ordered, order_by
from mock_server.state.store import State, Table, Transaction


@dataclass(frozen=True, slots=True)
class Item:
    """A record."""

    id: int
    name: str | None = None
    shown: bool = True


ITEMS = Table("toy.items", Item)
_looks: list[Item] = []


def _is_shown(item):
    return item.shown


def _name(item):
    _looks.append(item)
    return item.name


UP = order_by("name", "id")
DOWN = order_by(Column("name", descending=True), "id")
SHOWN = order_by("name", Column("id", descending=True), where=_is_shown)
LOOKED_AT = order_by(_name, "id")

_texts = st.none() | st.sampled_from(["a", "b", "c", "d"])
_items = st.builds(Item, st.integers(1, 30), _texts, st.booleans())
#: A record that is put, or the number of one that is removed.
_changes = st.lists(_items | st.integers(1, 30), max_size=40)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(orders, "_PIECE", 3)
    monkeypatch.setattr(orders, "_LARGEST", 4)
    _looks.clear()


def _null_last(item):
    return item.name is None, item.name or "", item.id


def _by_definition(order, items):
    if order is UP:
        return sorted(items, key=_null_last)
    if order is SHOWN:
        shown = sorted(filter(_is_shown, items), key=lambda item: -item.id)
        return sorted(shown, key=lambda item: _null_last(item)[:2])
    by_id = sorted(items, key=lambda item: item.id)
    return sorted(by_id, key=lambda item: _null_last(item)[:2], reverse=True)


def _collection(items):
    return Collection(Map({item.id: item for item in items}))


@settings(max_examples=150)
@given(st.lists(_items, max_size=25), _changes, st.booleans())
def test_an_order_is_right_after_any_changes(items, changes, together):
    collection = _collection(items)
    model = {item.id: item for item in items}
    for order in (UP, DOWN, SHOWN):
        collection.ordered(order)
    if together:
        pairs = [(c, None) if isinstance(c, int) else (c.id, c) for c in changes]
        collection = collection.update(pairs)
    for change in changes:
        if not isinstance(change, int):
            model[change.id] = change
            collection = collection if together else collection.put(change.id, change)
        elif model.pop(change, None) is not None and not together:
            collection = collection.remove(change)
    for order in (UP, DOWN, SHOWN):
        found = collection.ordered(order)
        assert list(found) == _by_definition(order, model.values())
        assert len(found) == len(list(found))


@settings(max_examples=100)
@given(st.lists(_items, max_size=25), st.integers(-30, 30), st.integers(-30, 30))
def test_pages_of_an_order_are_slices_of_its_list(items, start, stop):
    found = Ordered.of(UP, _collection(items)._records.values())
    assert found[start:stop] == list(found)[start:stop]
    assert found[start:stop:2] == list(found)[start:stop:2]
    if -len(found) <= start < len(found):
        assert found[start] == list(found)[start]
    else:
        with pytest.raises(IndexError):
            found[start]


@settings(max_examples=100)
@given(st.lists(_items, max_size=25), _texts, _texts, st.integers(0, 5))
def test_a_range_has_what_is_between_its_bounds(items, low, high, start):
    found = Ordered.of(UP, _collection(items)._records.values())
    within = found.within(low, high)
    expected = [
        item
        for item in found
        if item.name is not None
        and (low is None or low <= item.name)
        and (high is None or item.name <= high)
    ]
    assert list(within) == expected
    assert (len(within), within[start : start + 2]) == (len(expected), expected[start : start + 2])
    assert list(found.of_value("b")) == [item for item in found if item.name == "b"]


def test_a_list_after_a_change_does_not_look_at_all_records():
    state = Transaction(State())
    state.put_all(ITEMS, [Item(number, f"{number % 7}") for number in range(1, 2001)])
    state.ordered(ITEMS, LOOKED_AT)
    assert len(_looks) >= 2000
    _looks.clear()
    state.put(ITEMS, Item(3000, "3"))
    state.put(ITEMS, replace(state.get(ITEMS, 5), name="1"))
    state.remove(ITEMS, 6)
    page = state.ordered(ITEMS, LOOKED_AT)[100:120]
    assert len(page) == 20
    assert len(_looks) < 150


def test_an_old_state_keeps_its_order():
    before = _collection([Item(1, "b"), Item(2, "a")])
    first = before.ordered(UP)
    after = before.put(3, Item(3, "0"))
    assert [item.id for item in after.ordered(UP)] == [3, 2, 1]
    assert [item.id for item in before.ordered(UP)] == [2, 1]
    assert before.ordered(UP) is first


def test_an_order_of_an_empty_table_is_not_that_of_another_table():
    transaction = Transaction(State())
    assert list(transaction.ordered(ITEMS, UP)) == []
    transaction.put(Table("toy.names", str, key=str), "a text, which has no name")
    assert list(transaction.ordered(ITEMS, UP)) == []


def test_no_more_orders_follow_than_are_allowed():
    collection = _collection([Item(1, "b"), Item(2, "a")])
    for number in range(20):
        collection.ordered(order_by(*["name"] * number, "id"))
    assert len(collection.put(3, Item(3))._orders) <= 8
