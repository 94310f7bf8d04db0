"""What Built's lifecycle takes for right and for wrong."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import httpx
import pytest

from contract_tests.target.mock import mock_target
from mock_server.apis.built.lifecycle import LIFECYCLE
from mock_server.apis.built.lifecycle.values import PLACEHOLDER
from mock_server.engine.replies import encode_json
from mock_server.lifecycle.model import Json, Listing, Move, Resource
from mock_server.lifecycle.pointers import Shown, filled, find
from mock_server.openapi.json_values import read_json

ITEM = LIFECYCLE.resource("item")
STOCKED = LIFECYCLE.resource("stocked item")
SUMMARIES = {each.at[1:]: each for each in ITEM.summaries}
SEARCH = LIFECYCLE.resource("imported item").lists[0]
PERIODS = {each.name: each for each in LIFECYCLE.resource("sale").lists[0].filters}
CANDLE: Json = {
    "id": 1,
    "name": "100 x 80 Altar Candle",
    "code": "5472365717",
    "type": "Product",
    "archived": False,
    "track_inventory": True,
    "quantity": 18,
    "unit_cost": Decimal("65.38"),
    "retail_item": 1,
    "buying_item": 1,
}
ADDRESSES = {"adjustStock": "adjust", "adjustStockFromProduction": "adjust/from-production"}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with mock_target("built").client() as client:
        yield client


def listed_by(resource: Resource, operation: str) -> Listing:
    return next(each for each in resource.lists if each.operation == operation)


def test_lists_know_which_items_they_have() -> None:
    offered = listed_by(STOCKED, "listInvoiceItems").shows
    tracked = listed_by(STOCKED, "listInventoryItems").shows
    assert offered is not None
    assert tracked is not None
    assert offered(CANDLE)
    assert not offered({**CANDLE, "archived": True})
    assert tracked({**CANDLE, "archived": True})
    assert not tracked({**CANDLE, "track_inventory": False})


@pytest.mark.parametrize(
    ("operation", "changes", "through"),
    [
        ("listInvoiceItems", {}, True),
        ("listBillItems", {"archived": True}, False),
        ("listPosItems", {"buying_item": 0}, None),
        ("listInventoryItems", {}, True),
        ("listInventoryItems", {"archived": True}, None),
        ("listInventoryItems", {"track_inventory": False}, False),
    ],
)
def test_what_a_list_has_of_all_items_is_told_where_the_document_tells_it(
    operation: str, changes: Json, through: bool | None
) -> None:
    (chosen,) = listed_by(LIFECYCLE.resource("listed item"), operation).filters
    assert chosen.query(True) == ()
    assert chosen.holds({**CANDLE, **changes}, True) is through


@pytest.mark.parametrize(
    ("keyword", "found"), [("altar", True), ("0 x 8", True), ("2365", True), ("brass", False)]
)
def test_a_search_finds_names_and_codes(keyword: str, found: bool) -> None:
    (search,) = SEARCH.filters
    assert search.holds(CANDLE, keyword) is found
    assert search.holds({**CANDLE, "code": None}, "2365") is False


def test_a_drawn_keyword_leaves_nothing_open() -> None:
    (search,) = SEARCH.filters
    others = [
        {**CANDLE, "id": 2, "name": "ALTAR cloth", "code": "771"},
        {**CANDLE, "id": 3, "name": "Incense", "code": None, "archived": True},
        {**CANDLE, "id": 4, "name": "茶 & more / 50%", "code": "x"},
    ]
    drawn = [search.value(Random(seed), [CANDLE, *others]) for seed in range(200)]
    keywords = [each for each in drawn if each is not None]
    assert keywords
    for keyword in keywords:
        assert keyword.isascii()
        assert keyword.lower() not in {"altar", "incense"}
        assert not search.holds(others[1], keyword)
        assert search.path is not None
        assert search.path(keyword) == {"keyword": keyword}


def test_periods_hold_what_lies_within_them_and_end_on_days_without_a_line() -> None:
    lines = [{"issue_date": day} for day in ("2024-11-01", "2024-11-02", "2024-11-12")]
    for name, within in (
        ("from", lambda line, day: line > day),
        ("to", lambda line, day: line < day),
    ):
        period = PERIODS[name]
        for seed in range(50):
            day = period.value(Random(seed), lines)
            assert day not in {line["issue_date"] for line in lines}
            assert (name, day) in period.query(day)
            for line in lines:
                assert period.holds(line, day) is within(line["issue_date"], day)
        assert period.value(Random(1), []) is None


def test_summaries_count_what_their_names_say() -> None:
    service = {**CANDLE, "type": "Service", "track_inventory": False, "quantity": 2}
    van = {**CANDLE, "type": "fixed asset", "retail_item": 0, "quantity": 1}
    items = [{**CANDLE, "buying_item": 0}, {**service, "buying_item": 0}, van]
    assert {name: summary.expected(items) for name, summary in SUMMARIES.items()} == {
        "total_count": 3,
        "total_services_count": 1,
        "total_product_count": 1,
        "total_fixed_assets_count": 1,
        "total_inventory_items_count": 2,
        "total_inventory_non_items_count": 1,
        "total_retail_items_count": 2,
        "total_buying_items_count": 1,
        "sum_of_quantities": 21,
        "sum_of_inventory_quantities": 19,
        "total_inventory_worth": 19 * Decimal("65.38"),
    }


def page_of(client: httpx.Client, number: int) -> Json:
    page: Json = read_json(client.get("/api/v3/items", params={"page": number}).content)
    return page


def test_a_page_that_tells_wrong_of_itself_is_told(client: httpx.Client) -> None:
    paging = listed_by(ITEM, "listItems").paging
    assert paging is not None
    assert paging.violation is not None
    last = page_of(client, 1)["last_page"]
    for index in {0, 1, last - 1}:
        assert paging.violation(page_of(client, index + 1), index, 20) is None
    page = page_of(client, 2)
    links = [{**link, "active": link["label"] == "1"} for link in page["links"]]
    for wrong in (
        {"current_page": 1},
        {"from": 1},
        {"to": page["to"] - 1},
        {"total": page["total"] + 20},
        {"last_page": page["last_page"] + 1},
        {"next_page_url": None},
        {"prev_page_url": None},
        {"per_page": 15},
        {"links": links},
    ):
        assert paging.violation({**page, **wrong}, 1, 20) is not None, wrong


def test_values_mean_what_the_document_shows_for_them() -> None:
    meaning = {each.name: each.kind.meaning for each in ITEM.fields}
    assert meaning["selling_price"]("") == meaning["selling_price"](0) == 0
    assert meaning["unit_price"]("100.00") == meaning["unit_price"](100)
    assert meaning["unit_price"]("100.00") != meaning["unit_price"]("100.01")
    assert meaning["photo_path"](PLACEHOLDER) is meaning["photo_path"](None) is None
    assert meaning["type"]("Fixed asset") == meaning["type"]("fixed asset")
    assert meaning["tax"](0) is meaning["tax"]("") is None
    assert meaning["tax"](3) == 3
    code = LIFECYCLE.resource("imported item").field("code").kind.meaning
    assert code("bd8U-LP45709") == code("LP45709") != code("LP45708")


def posted(client: httpx.Client, address: str, body: Any) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return client.post(f"/api/v3/items/{address}", content=encode_json(body), headers=headers)


def item(client: httpx.Client, number: int) -> Json:
    found: Json = read_json(client.get(f"/api/item/{number}").content)["item"]
    return found


def test_imports_that_must_be_refused_are_refused(client: httpx.Client) -> None:
    assert STOCKED.create is not None
    assert STOCKED.create.wrong
    for why, body in STOCKED.create.wrong.items():
        answer = posted(client, "bulk", body({"name": "Too much"}))
        assert answer.status_code in STOCKED.refused, why


@pytest.mark.parametrize("move", STOCKED.moves, ids=lambda move: move.name)
def test_a_move_does_what_it_is_said_to_do(client: httpx.Client, move: Move) -> None:
    one, other = item(client, 2), item(client, 3)
    body = filled(move.parts("2", Decimal(2)).body, one, other)
    assert posted(client, ADDRESSES[move.operation], body).status_code == 200
    assert item(client, 2)["quantity"] - one["quantity"] == move.effect(Decimal(2))
    taken = move.other(Decimal(2)) if move.other else 0
    assert item(client, 3)["quantity"] - other["quantity"] == taken
    history = read_json(client.get("/api/v3/items/2/stock-history").content)["data"]
    assert move.shows is not None
    wanted = move.shows(Decimal(2))
    assert any(all(find(entry, at) == each for at, each in wanted.items()) for entry in history)


@pytest.mark.parametrize("move", STOCKED.moves, ids=lambda move: move.name)
def test_a_wrong_quantity_is_refused_for_itself(client: httpx.Client, move: Move) -> None:
    record = item(client, 2)
    assert move.wrong
    for wrong in move.wrong:
        body = filled(move.parts("2", wrong).body, record, record)
        answer = posted(client, ADDRESSES[move.operation], body)
        assert answer.status_code in STOCKED.refused
        assert "adjustment_quantity" in answer.json()["errors"]


def test_an_adjustment_names_all_but_what_is_left_out_on_purpose() -> None:
    create = LIFECYCLE.resource("adjustment").create
    assert create is not None
    whole = create.body({"type": "increase"})
    assert {name for name, value in whole.items() if isinstance(value, Shown)} == {
        "account_id",
        "item_id",
        "quantity",
    }
    for why, body in create.wrong.items():
        assert {*whole} - {*body({"type": "increase"})} == {why.removeprefix("no ")}
