"""The books of a seeded business agree."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from mock_server.apis.built.models import (
    ACCOUNTS,
    ADJUSTMENTS,
    BUSINESSES,
    CATEGORIES,
    ITEMS,
    PURCHASES,
    SALES,
)
from mock_server.apis.built.seed import seed
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import State, Transaction


def books(products: int, number: int) -> Transaction:
    transaction = Transaction(State())
    seed(transaction, Persona("any", "any", products), Fake(number))
    return transaction


@pytest.fixture(scope="module", params=[(60, 0), (60, 7), (500, 3)], ids=str)
def seeded(request) -> Transaction:
    return books(*request.param)


def test_quantities_add_up(seeded):
    moved: dict[int, Decimal] = defaultdict(Decimal)
    for record in seeded.all(ADJUSTMENTS):
        moved[record.item_id] += record.quantity if record.type == "increase" else -record.quantity
    for sale in seeded.all(SALES):
        moved[sale.item_id] -= sale.quantity
    for purchase in seeded.all(PURCHASES):
        moved[purchase.item_id] += purchase.quantity
    for item in seeded.all(ITEMS):
        assert item.quantity == item.opening + moved[item.id], item
        assert item.quantity >= 0
    assert len(moved) > len(seeded.all(ITEMS)) / 3


def test_debits_and_credits_add_up(seeded):
    debit: dict[int, Decimal] = defaultdict(Decimal)
    credit: dict[int, Decimal] = defaultdict(Decimal)
    for item in seeded.all(ITEMS):
        debit[item.id] += item.opening * item.unit_price
    for record in seeded.all(ADJUSTMENTS):
        side = debit if record.type == "increase" else credit
        assert record.amount == record.quantity * record.unit_price
        side[record.item_id] += record.amount
    for sale in seeded.all(SALES):
        credit[sale.item_id] += sale.quantity * sale.unit_cost
    for purchase in seeded.all(PURCHASES):
        debit[purchase.item_id] += purchase.quantity * purchase.unit_price
    for item in seeded.all(ITEMS):
        assert (item.debit, item.credit) == (debit[item.id], credit[item.id])
        assert item.debit - item.credit == item.quantity * item.unit_price


def test_everything_named_exists(seeded):
    accounts = {account.id for account in seeded.all(ACCOUNTS)}
    categories = {category.id for category in seeded.all(CATEGORIES)}
    items = {item.id: item for item in seeded.all(ITEMS)}
    business = seeded.all(BUSINESSES)[0]
    assert business.category_id in categories
    for item in items.values():
        named = {item.account_id, item.purchase_account_id, item.inventory_account_id} - {None}
        assert named <= accounts
        assert item.category_id in categories
        assert item.track_inventory == (item.inventory_account_id is not None)
    for record in seeded.all(ADJUSTMENTS):
        assert record.account_id in accounts
        assert {record.item_id, *(used.item_id for used in record.materials)} <= items.keys()
    for line in (*seeded.all(SALES), *seeded.all(PURCHASES)):
        assert items[line.item_id].track_inventory


def test_nothing_happens_before_it_can(seeded):
    items = {item.id: item for item in seeded.all(ITEMS)}
    for item in items.values():
        assert item.created_at <= item.updated_at < SEED_EPOCH
    for record in seeded.all(ADJUSTMENTS):
        item = items[record.item_id]
        assert item.created_at < record.created_at <= item.updated_at
        assert record.date == record.created_at.date()
    for line in (*seeded.all(SALES), *seeded.all(PURCHASES)):
        item = items[line.item_id]
        assert item.created_at.date() <= line.issue_date <= item.updated_at.date()


def test_productions_are_whole(seeded):
    records = seeded.all(ADJUSTMENTS)
    made = [record for record in records if record.origin == "production"]
    used = [record for record in records if record.origin == "material"]
    assert len(made) == len(used) > 0
    for product, material in zip(made, used, strict=True):
        assert product.materials[0].item_id == material.item_id
        assert product.materials[0].quantity == material.quantity


def test_a_business_has_something_of_everything():
    typical = books(60, 0)
    items = typical.all(ITEMS)
    assert {item.kind for item in items} == {"product", "service", "fixed asset"}
    assert any(item.archived for item in items)
    assert any(item.code is None for item in items)
    assert any(item.quantity == 0 and item.track_inventory for item in items)
    assert any(not item.track_inventory and item.quantity for item in items)
    assert any("<" in item.name for item in items)
    assert any(not item.name.isascii() for item in items)
    assert any(sale.currency != "GHS" for sale in typical.all(SALES))
    assert all(item.kind != "service" or not item.quantity for item in items)


@pytest.mark.parametrize("number", range(5))
def test_the_item_of_the_documents_calls_has_a_past(number):
    seeded = books(60, number)
    assert any(sale.item_id == 1 for sale in seeded.all(SALES))
    assert any(purchase.item_id == 1 for purchase in seeded.all(PURCHASES))
    assert seeded.all(ITEMS)[0].track_inventory


def test_an_empty_business_has_its_accounts_and_a_category():
    empty = books(0, 0)
    assert len(empty.all(ACCOUNTS)) == 5
    assert [category.name for category in empty.all(CATEGORIES)] == ["Uncategorised"]
    assert empty.all(ITEMS) == ()


def test_another_seed_is_another_business():
    first, again, other = books(60, 1), books(60, 1), books(60, 2)
    assert first.all(ITEMS) == again.all(ITEMS)
    assert first.all(ITEMS) != other.all(ITEMS)
