"""An account begins with records that are valid, fit together, and depend on the seed alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.apis.cliniko import API
from mock_server.apis.cliniko.models import (
    PRODUCT_SUPPLIERS,
    PRODUCTS,
    STOCK_ADJUSTMENTS,
    TAXES,
)
from mock_server.control.persona_files import load_personas
from mock_server.data import fixtures_directory
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import State, Transaction

TABLES = (TAXES, PRODUCT_SUPPLIERS, PRODUCTS, STOCK_ADJUSTMENTS)
PERSONAS = load_personas(fixtures_directory() / "personas.yaml")
COLLECTIONS = ("taxes", "product_suppliers", "products", "stock_adjustments", "users")
seeds = st.integers(0, 2**63)


def seeded(seed: int, products: int = PERSONAS["typical"].products) -> State:
    """The records that an account with so many products begins with."""
    transaction = Transaction(State())
    API.seed(transaction, Persona("any", "", products), Fake(seed))
    return transaction.state


def rows(state, table):
    return [record for _, record in state.collection(table).items()]


def check_digit_is_right(code: str) -> bool:
    digits = [int(digit) for digit in code]
    return len(digits) == 13 and (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def problems(state: State) -> list[str]:
    """What does not fit together; empty if all is well."""
    found = []
    taxes = {record.id for record in rows(state, TAXES)}
    suppliers = {record.id: record.name for record in rows(state, PRODUCT_SUPPLIERS)}
    products = {record.id: record for record in rows(state, PRODUCTS)}
    sums: dict[int, int] = defaultdict(int)
    for adjustment in rows(state, STOCK_ADJUSTMENTS):
        product = products[adjustment.product_id]
        sums[product.id] += adjustment.quantity
        if not product.created_at < adjustment.created_at <= product.updated_at:
            found.append(f"adjustment {adjustment.id} lies outside the life of its product")
        adds = adjustment.adjustment_type in {"Stock Purchase", "Returned"}
        if (adjustment.quantity > 0) != adds or not sums[product.id] >= 0:
            found.append(f"adjustment {adjustment.id} has a wrong quantity")
    for number, product in products.items():
        said = [
            (product.stock_level is None and number not in sums)
            or product.stock_level == sums.get(number, 0),
            product.tax_id is None or product.tax_id in taxes,
            product.product_supplier_name
            == (product.product_supplier_id and suppliers[product.product_supplier_id]),
            product.serial_number is None or check_digit_is_right(product.serial_number),
            product.name.strip() and len(product.name) <= 255,
            product.price > 0 and 0 <= (product.cost_price or 0) < 4 * 10**9,
            product.created_at <= product.updated_at < SEED_EPOCH,
            product.archived_at in {None, product.updated_at},
        ]  # fmt: skip
        found += [f"product {number}: rule {rule}" for rule, kept in enumerate(said) if not kept]
    for table in TABLES:
        records = rows(state, table)
        if [record.id for record in records] != list(range(1, len(records) + 1)):
            found.append(f"{table.name}: ids leave gaps")
        if state.sequences.get(table.name, 0) != len(records):
            found.append(f"{table.name}: the next id is taken")
        if any(record.created_at < SEED_EPOCH - timedelta(days=365) for record in records):
            found.append(f"{table.name}: older than the account")
    return found


@settings(max_examples=15)
@given(seed=seeds)
def test_the_records_of_any_seed_fit_together(seed):
    assert problems(seeded(seed)) == []


@pytest.fixture(scope="module")
def large(open_account):
    return open_account("large")


def test_the_large_account_fits_together_too(large):
    large.get("/taxes")
    state = large.sandbox.state
    assert problems(state) == []
    assert len(rows(state, PRODUCTS)) == 10_000
    assert len({record.item_code for record in rows(state, PRODUCTS)}) > 8_000


def test_the_check_of_records_notices_what_is_wrong():
    state = seeded(0)
    [counted, *_] = [row for row in rows(state, PRODUCTS) if row.stock_level and row.serial_number]
    for change in (
        {"stock_level": counted.stock_level + 1},
        {"tax_id": 99},
        {"serial_number": f"{(int(counted.serial_number) + 1):013}"},
        {"product_supplier_name": "Somebody else"},
        {"created_at": SEED_EPOCH},
        {"name": " "},
    ):
        transaction = Transaction(state)
        transaction.put(PRODUCTS, type(counted)(**{**fields(counted), **change}))
        assert problems(transaction.state) != [], change


def fields(record):
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__}


@pytest.mark.parametrize(
    ("persona", "totals"),
    [
        ("empty", (0, 0, 0, 0, 3)),
        ("typical", (4, 8, 60, None, 3)),
        ("long_ids", (4, 8, 60, None, 3)),
        ("large", (4, 8, 10_000, None, 3)),
    ],
)
def test_personas_have_as_much_as_they_say(open_account, persona, totals):
    account = open_account(persona)
    for collection, total in zip(COLLECTIONS, totals, strict=True):
        filters = ["archived_at:*"] if collection == "products" else []
        found = account.get(f"/{collection}", *filters, per_page=1)["total_entries"]
        assert found == total if total is not None else found > 60


@pytest.mark.parametrize("seed", [0, 1, 20260101, 2**63])
def test_every_seeded_record_is_shown_as_the_contract_says(serve, client_of, seed):
    client = client_of(serve("cliniko", seed=seed), "cliniko", auth=("test", ""))
    shown = Counter()
    for collection in COLLECTIONS:
        query = {"q[]": "archived_at:*"} if collection in {"products", "stock_adjustments"} else {}
        url = f"/{collection}"
        while url:
            answer = client.get(url, params={**query, "per_page": 100} if url[0] == "/" else None)
            assert answer.status_code == 200, answer.text
            shown[collection] += len(answer.json()[collection])
            url = answer.json()["links"].get("next")
    assert shown["products"] == 60
    assert shown["stock_adjustments"] > 60


def test_all_of_the_large_account_is_shown_as_the_contract_says(large):
    products = large.all_products()
    assert len({row["id"] for row in products}) == 10_000
    assert [row["created_at"] for row in products] == sorted(row["created_at"] for row in products)


def test_a_stock_level_is_the_sum_of_the_adjustments_that_a_client_sees(account):
    sums: dict[str, int] = defaultdict(int)
    for row in account.rows("stock_adjustments"):
        sums[row["product"]["links"]["self"]] += row["quantity"]
    products = account.all_products()
    counted = [row for row in products if row["stock_level"] is not None]
    assert {row["links"]["self"]: row["stock_level"] for row in counted if row["stock_level"]} == {
        link: total for link, total in sums.items() if total
    }
    assert len(products) > len(counted) > 40


def test_the_typical_account_has_its_odd_ones(account):
    products = account.all_products()
    names = [row["name"] for row in products]
    assert max(map(len, names)) == 255
    assert any(not name.isascii() for name in names)
    assert any(name != name.strip() for name in names)
    assert any(re.search(r'[<>&"\\]', name) for name in names)
    for field in ("archived_at", "tax", "product_supplier", "item_code", "cost_price", "notes"):
        present = sum(row.get(field) is not None for row in products)
        assert 0 < present < len(products), field
    assert any(row["stock_level"] == 0 for row in products)
    assert any(row["price_ex_tax"] != row["price_including_tax"] for row in products)


@settings(max_examples=10)
@given(seed=seeds)
def test_the_same_seed_gives_the_same_records(seed):
    assert seeded(seed) == seeded(seed)


@settings(max_examples=10)
@given(seed=seeds, other=seeds)
def test_another_seed_gives_other_records(seed, other):
    first, second = ([row.name for row in rows(seeded(one), PRODUCTS)] for one in (seed, other))
    assert (first == second) == (seed == other)


def test_a_product_is_the_same_however_many_there_are():
    few, many = seeded(7, 15), seeded(7, 300)
    kept = ("id", "name", "item_code", "serial_number", "price", "tax_id", "stock_level")
    for one, other in zip(rows(few, PRODUCTS), rows(many, PRODUCTS), strict=False):
        assert [getattr(one, name) for name in kept] == [getattr(other, name) for name in kept]


@settings(max_examples=10)
@given(seed=seeds, order=st.integers(0, 2**32))
def test_values_do_not_depend_on_the_order_in_which_they_are_drawn(seed, order):
    wanted = [
        (kind, index, field)
        for kind in ("product", "supplier")
        for index in (1, 2, 11)
        for field in ("price", "stock", "money")
    ]

    def draw(keys):
        fake = Fake(seed)
        provider = {"price": "price", "stock": "stock", "money": "sku"}
        return {key: getattr(fake(*key), provider[key[2]])() for key in keys}

    shuffled = wanted.copy()
    Random(order).shuffle(shuffled)
    assert draw(shuffled) == draw(wanted)
    assert draw(wanted[4:5]).items() <= draw(wanted).items()


@settings(max_examples=30)
@given(seed=seeds, index=st.integers(0, 10**6))
def test_drawn_codes_and_amounts_are_well_formed(seed, index):
    fake = Fake(seed)
    assert check_digit_is_right(fake("product", index, "barcode").ean13())
    assert re.fullmatch(r"[A-Z]{3}-\d{5}", fake("product", index, "code").sku())
    price = fake("product", index, "price").price()
    assert 1 <= price < 1000
    assert price == price.quantize(Decimal("0.01"))
    assert 0 <= fake("product", index, "stock").stock() <= 5000
    moment = fake("product", index, "made").moment()
    assert SEED_EPOCH - timedelta(days=365) <= moment <= SEED_EPOCH
    assert moment.microsecond == 0
