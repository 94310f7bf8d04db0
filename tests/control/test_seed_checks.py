"""A seed file that the spec of an API does not allow is refused, with all that is wrong."""

from __future__ import annotations

import pytest

from mock_server.app import build_server
from mock_server.control.client import ControlError
from mock_server.control.seed_files.checks import mistakes_in
from mock_server.control.seed_files.files import (
    SeedFileError,
    read_seed_file,
)
from mock_server.control.seed_files.reading import read_records_file
from mock_server.control.seed_files.records import exported, read_records
from mock_server.discovery import tables_of
from mock_server.state.references import dangling
from mock_server.state.sandbox import SandboxName
from tests.control.shop import SHOP

WRONG = {
    "cliniko": {
        "products/0/tax_id": 99,
        "products/1/name": "n" * 256,
        "products/2/cost_price": "4000000000.00",
        "products/3/stock_level": 4_000_000_000,
        "stock_adjustments/0/adjustment_type": "Lost",
        "stock_adjustments/1/product_id": 1_000_000,
    },
    "built": {"items/0/category_id": 99, "items/1/purchase_account_id": 77},
    "exsited": {
        "items/1/type": "NONE",
        "items/2/sale/tax_code": "nope",
        "items/3/currencies/0/name": "ZZZ",
        "items/4/uuid": "no uuid",
        "warehouses/0/uuid": "none either",
        "notes/0/item_id": "gone",
    },
    "skhokho": {
        "products/0/name": "n" * 301,
        "products/1/status": "gone",
        "products/2/image": "none.png",
        "products/3/cost_price": "12345678901234567.001",
    },
}


@pytest.fixture(scope="module")
def typical(vendors):
    """A function from an API to what its typical persona exports, with the tables."""
    server, tables = build_server(vendors=vendors), tables_of(vendors)
    sandbox = server.sandboxes.open(SandboxName("test", "typical"))
    return lambda api: exported(sandbox.whole(sandbox.state, [api]), [api]), tables


@pytest.mark.parametrize("api", WRONG)
def test_what_the_spec_does_not_allow_is_told_at_its_place_and_all_at_once(vendors, typical, api):
    document, tables = typical[0](api), typical[1]
    for place, value in WRONG[api].items():
        *way, last = (int(part) if part.isdigit() else part for part in place.split("/"))
        node = document["apis"][api]
        for part in way:
            node = node[part]
        node[last] = value
    records, problems = read_records(document, tables)
    assert problems == []
    found = mistakes_in(records, vendors, tables)
    assert sorted(place for place, _ in found) == sorted(
        f"/apis/{api}/{each}" for each in WRONG[api]
    )
    assert all(len(text) < 400 for _, text in found)


@pytest.mark.parametrize("persona", ["empty", "typical"])
def test_the_personas_of_every_api_are_as_their_specs_allow(vendors, persona):
    server, tables = build_server(vendors=vendors), tables_of(vendors)
    sandbox = server.sandboxes.open(SandboxName("test", persona))
    records, problems = read_records(exported(sandbox.whole(sandbox.state, tables), tables), tables)
    assert problems + mistakes_in(records, vendors, tables) == []


@pytest.mark.parametrize("api", WRONG)
def test_everything_that_a_large_persona_names_is_there(vendors, api):
    server, tables = build_server(vendors=vendors), tables_of(vendors)[api].values()
    sandbox = server.sandboxes.open(SandboxName("test", "large"))
    state = sandbox.whole(sandbox.state, [api])
    assert any(table.references for table in tables)
    assert list(dangling(state, tables)) == []


def test_a_wrong_form_and_a_wrong_value_are_told_together_with_their_lines(shop):
    text = SHOP.replace("rate: 10", "rate: ten").replace("Cedar Balm", "n" * 300)
    shop.write_text(text.replace("tax_id: 1", "tax_id: 2"), encoding="utf-8")
    with pytest.raises(SeedFileError) as caught:
        read_records_file(shop, build_server(["cliniko"]).vendors)
    lines = [line.split(": ")[:2] for line in str(caught.value).splitlines()]
    # Whether a tax is there cannot be said of taxes that could not be read.
    assert [(place.rpartition(":")[2], pointer) for place, pointer in lines] == [
        ("6", "/apis/cliniko/taxes/0/rate"),
        ("11", "/apis/cliniko/products/0/name"),
    ]


def test_a_file_that_the_spec_does_not_allow_changes_nothing(control, cliniko, shop):
    sandbox = control.create("test-shop")
    before = cliniko("test-shop").get("/products").json()
    shop.write_text(SHOP.replace("tax_id: 1", "tax_id: 2"), encoding="utf-8")
    with pytest.raises(ControlError) as caught:
        sandbox.seed(read_seed_file(shop).document)
    assert caught.value.problems == (
        ("/apis/cliniko/products/0/tax_id", "names 2, which is no record of taxes"),
    )
    assert cliniko("test-shop").get("/products").json() == before
