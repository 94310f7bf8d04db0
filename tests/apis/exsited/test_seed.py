"""Seed records refer to each other rightly, and their numbers add up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mock_server.apis.exsited.models import (
    ACCOUNTING_CODES,
    CURRENCIES,
    ITEMS,
    NOTES,
    SUPPLIERS,
    TAX_CODES,
    WAREHOUSES,
)
from mock_server.apis.exsited.seed import seed
from mock_server.control.persona_files import load_personas
from mock_server.data import fixtures_directory
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.state.store import State, Transaction

PERSONAS = load_personas(fixtures_directory() / "personas.yaml")


def seeded(persona: str, number: int) -> Transaction:
    transaction = Transaction(State())
    seed(transaction, PERSONAS[persona], Fake(number))
    return transaction


@pytest.fixture(scope="module", params=[("typical", 0), ("typical", 7), ("large", 1)], ids=str)
def state(request) -> Transaction:
    return seeded(*request.param)


def test_an_empty_organisation_has_its_settings_all_the_same():
    state = seeded("empty", 0)
    assert state.count(ITEMS) == state.count(NOTES) == 0
    for table in (WAREHOUSES, CURRENCIES, TAX_CODES, ACCOUNTING_CODES, SUPPLIERS):
        assert state.count(table) >= 3
    for table in (WAREHOUSES, CURRENCIES, SUPPLIERS):
        assert sum(record.default for record in state.all(table)) == 1


def test_there_are_items_of_each_type_and_status(state):
    items = state.all(ITEMS)
    assert {item.type for item in items} == {
        "STANDARD",
        "GIFT_CERTIFICATE",
        "DIRECT_COST",
        "VARIATION",
        "BUNDLE",
        "FAMILY",
        "RECURRING",
    }
    assert {item.status for item in items} == {"ACTIVE", "INACTIVE", "DRAFT", "DELETED"}
    assert len({item.uuid for item in items}) == len(items)


def test_what_an_item_names_exists(state):
    for item in state.all(ITEMS):
        for currency in item.currencies:
            assert state.get(CURRENCIES, currency.name)
        assert state.get(TAX_CODES, item.sale.tax_code)
        assert state.get(ACCOUNTING_CODES, item.sale.accounting_code)
        for link in item.purchase.suppliers:
            supplier = state.get(SUPPLIERS, link.id)
            assert supplier
            assert supplier.name == link.name
            assert state.get(CURRENCIES, link.currency)
            assert state.get(ACCOUNTING_CODES, link.accounting_code)
        names = {stock.warehouse for stock in item.inventory.stock}
        for name in names:
            assert state.get(WAREHOUSES, name)
        assert item.inventory.default_warehouse in names or not names
        for threshold in (
            *item.inventory.low_stock_thresholds,
            *item.inventory.reordering_thresholds,
        ):
            assert threshold.warehouse in names
        for level in item.inventory.reordering_thresholds:
            assert state.get(SUPPLIERS, level.preferred_supplier)


def test_stock_adds_up(state):
    tracked = {"serials": 0, "batches": 0}
    for item in state.all(ITEMS):
        serials = [each for stock in item.inventory.stock for each in stock.serial_numbers]
        assert len(serials) == len(set(serials))
        for stock in item.inventory.stock:
            assert item.inventory.available(stock) == stock.on_hand - stock.promised >= 0
            if item.inventory.serialization:
                assert len(stock.serial_numbers) == stock.on_hand
                tracked["serials"] += len(stock.serial_numbers)
            if item.inventory.batch_tracking:
                assert sum(batch.quantity for batch in stock.batches) == stock.on_hand
                tracked["batches"] += len(stock.batches)
    assert min(tracked.values()) > 0


def test_money_and_times_are_in_order(state):
    for item in state.all(ITEMS):
        kpis = item.kpis
        assert 0 <= kpis.active_orders <= kpis.total_orders
        assert Decimal(0) <= kpis.overdue <= kpis.outstanding
        assert item.created_on < SEED_EPOCH
        changed = item.last_updated_on is not None
        assert changed == (item.version > 1) == bool(item.last_updated_by)
        if item.last_updated_on is not None:
            assert item.created_on < item.last_updated_on < SEED_EPOCH


def test_notes_belong_to_items(state):
    assert state.count(NOTES) > 0
    for note in state.all(NOTES):
        item = state.get(ITEMS, note.item_id)
        assert item
        assert item.created_on < note.created_on < SEED_EPOCH


def test_the_same_seed_makes_the_same_records():
    assert seeded("typical", 3).all(ITEMS) == seeded("typical", 3).all(ITEMS)
    assert seeded("typical", 3).all(ITEMS) != seeded("typical", 4).all(ITEMS)
