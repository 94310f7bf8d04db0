"""What Exsited's lifecycle takes for right and for wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Any

import httpx
import pytest

from contract_tests.exchange.bodies import URLENCODED
from contract_tests.properties.actions import Actions
from contract_tests.target.mock import mock_target
from contract_tests.target.session import Session
from mock_server.apis.exsited.lifecycle import ITEM, LIFECYCLE, SPELLED_OTHERWISE
from mock_server.apis.exsited.lifecycle.bodies import (
    configured,
    configured_otherwise,
    created_otherwise,
    placed,
)
from mock_server.apis.exsited.lifecycle.lists import ITEM_LIST, paging
from mock_server.engine.replies import encode_json
from mock_server.lifecycle.model import Field, Json, Parts, Update
from mock_server.lifecycle.pointers import ABSENT, filled
from mock_server.lifecycle.values import UnparsableValue

RELATIONS = {each.name: each for each in ITEM.relations}
SORTS = {each.name: each for each in ITEM_LIST.sorts}
NUMBER = "codes/name=ITEM-NUMBER/value"


@pytest.fixture(scope="module")
def world() -> Iterator[Actions]:
    session = Session(mock_target("exsited"), LIFECYCLE)
    yield Actions(session, Random(7))
    session.close()


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with mock_target("exsited").client() as client:
        yield client


@pytest.fixture(scope="module")
def item(world: Actions) -> Json:
    record = world.create(ITEM, full=True)
    for update in ITEM.updates:
        named = [field for field in ITEM.fields if field.name in (update.fields or ())]
        world.update(record, update, world.values(named, full=True))
    note = Parts(record.path, (), {"content-type": URLENCODED}, {"note": "Keep dry"})
    world.do("createItemNote", note)
    shown: Json = world.at(world.show(record), "/item")
    return shown


@pytest.fixture
def look(world: Actions) -> Any:
    def look(operation: str, path: Mapping[str, str]) -> Any:
        return world.trace.answer(world.do(operation, Parts(path=path))).body

    return look


def test_a_field_goes_where_its_name_says() -> None:
    assert placed({"name": "a", "sale/charge/type": "b", "sale/enabled": "true"}) == {
        "name": "a",
        "sale": {"charge": {"type": "b"}, "enabled": "true"},
    }
    assert placed({"codes/name=UPC-CODE/value": "1", NUMBER: "2"}) == {
        "codes": [{"name": "UPC-CODE", "value": "1"}, {"name": "ITEM-NUMBER", "value": "2"}]
    }
    assert placed({"w/0/name": "a", "w/0/quantity": "1"}) == {"w": [{"name": "a", "quantity": "1"}]}


def test_an_update_takes_a_warehouse_and_a_currency_of_the_item(item: Json) -> None:
    threshold = "inventories/inventory_properties/low_stock_threshold_for_individual_warehouses"
    body = configured("item", "inventories")({f"{threshold}/0/low_stock_threshold": "5"})
    settings = filled(body, item)["item"]["inventories"]["inventory_properties"]
    [entry] = settings["low_stock_threshold_for_individual_warehouses"]
    assert entry == {
        "warehouse": item["inventories"]["warehouses"][0]["name"],
        "low_stock_threshold": "5",
    }


def test_the_other_spelling_sends_booleans_and_numbers_as_such() -> None:
    values = {"sale/isTaxExemptWhenSold": "true", "sale/default_sale_price": "1.50"}
    assert configured_otherwise("item", "sale")(values) == {
        "item": {"sale": {"tax_exempt_when_sold": True, "default_sale_price": Decimal("1.50")}}
    }
    assert created_otherwise({"name": "true story"})["item"]["name"] == "true story"
    assert created_otherwise({"name": "x"})["item"]["inventories"] == {
        "enabled": True,
        "enable_warehouse_management": True,
    }


def _wrong() -> Iterator[Any]:
    for field in ITEM.fields:
        for value in field.wrong:
            for update in ITEM.updates:
                if field.update and field.name in (update.fields or ()):
                    yield pytest.param(update, field, value, id=f"{field.name}={value!r:.20}")
            if field.create:
                yield pytest.param(None, field, value, id=f"new {field.name}={value!r:.20}")


@pytest.mark.parametrize(("update", "field", "value"), list(_wrong()))
def test_what_is_declared_wrong_is_refused_and_named(
    client: httpx.Client, item: Json, update: Update | None, field: Field, value: Any
) -> None:
    if update is None:
        path, values = "/api/v3/items", {"type": "STANDARD", "name": "a", field.name: value}
        body = ITEM.create.body(values) if ITEM.create else {}
    else:
        path = f"/api/v3/items/ITEM-0001/{update.operation.removeprefix('configureItem').lower()}"
        body = filled(update.body({field.name: value}), item)
    content = encode_json(body)
    answer = client.post(path, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    last = field.name.rpartition("/")[2]
    assert any(last in str(each.get("field")) for each in answer.json()["errors"])


def test_both_resources_of_an_item_can_be_created_and_changed_in_full(world: Actions) -> None:
    for resource in (ITEM, SPELLED_OTHERWISE):
        record = world.create(resource, full=True)
        for update in resource.updates:
            named = [field for field in resource.fields if field.name in (update.fields or ())]
            world.update(record, update, world.values(named, full=True))
        assert world.at(world.show(record), "/item/version") == str(1 + len(resource.updates))


@pytest.mark.parametrize("name", RELATIONS)
def test_a_relation_holds_for_what_the_mock_shows(name: str, item: Json, look: Any) -> None:
    assert RELATIONS[name].violation(item, look) is None


def _first(record: Json) -> Json:
    stock: Json = record["inventories"]["warehouses"][0]
    return stock


#: What is done to a right item, so that a relation must say that it is wrong.
_SPOILT: list[tuple[str, Any]] = [
    (
        "each part on its own shows what the item shows",
        lambda item: item["sale"].update(invoice_note="!"),
    ),
    (
        "each part on its own shows what the item shows",
        lambda item: item["inventories"].update(enable_warehouse_management="perhaps"),
    ),
    (
        "without orders all that is on hand is available",
        lambda item: (
            _first(item).update(quantity_on_hand="7.000000", quantity_available="6.000000"),
            item["inventories"]["inventory_properties"].update(
                quantity_available_for_sale="QTY_AVAILABLE",
                quantity_available_for_sale_determination=["QUANTITY_ON_HAND"],
            ),
        ),
    ),
    ("indicators agree", lambda item: item["kpis"].update(active_orders="1", total_orders="0")),
    ("indicators agree", lambda item: item["kpis"].update(total_overdue="0.010000")),
    (
        "a special price that does not apply is empty",
        lambda item: item["sale"].update(use_on_sale_price="false", sale_price="1.000000"),
    ),
    (
        "a use has one default currency",
        lambda item: item["currencies"].append(
            {"name": "ZZZ", "default_for_sale": "true", "default_for_purchase": "false"}
        ),
    ),
    (
        "a use has one default currency",
        lambda item: item["currencies"].append(item["currencies"][0]),
    ),
    ("an update has a time and somebody", lambda item: item.update(last_updated_by="")),
    (
        "an update has a time and somebody",
        lambda item: item.update(last_updated_on="2001-01-01T00:00:00Z"),
    ),
    ("what an item refers to is listed", lambda item: item["currencies"][0].update(name="ZZZ")),
    (
        "what an item refers to is listed",
        lambda item: item["sale"]["accounting_code"].update(sales_revenue="None such"),
    ),
    (
        "what an item refers to is listed",
        lambda item: item["purchase"]["suppliers"][0].update(default_purchase_currency="ZZZ"),
    ),
    ("each warehouse is the one of its uuid", lambda item: _first(item).update(name="Elsewhere")),
    ("each warehouse is the one of its uuid", lambda item: _first(item).update(link="http://a/b")),
    (
        "the tax code is the one of the settings",
        lambda item: item["sale"]["tax_configuration"]["tax_code"].update(rate="99.000000"),
    ),
]


@pytest.mark.parametrize(("name", "spoil"), _SPOILT)
def test_a_relation_says_how_it_is_broken(name: str, spoil: Any, item: Json, look: Any) -> None:
    spoilt = copy.deepcopy(item)
    spoil(spoilt)
    assert RELATIONS[name].violation(spoilt, look)


def test_relations_to_other_answers_say_how_they_are_broken(item: Json, look: Any) -> None:
    stock = {"serial_numbers": ["A", "B"]}
    twice = {"item": {"inventories": {"warehouses": [stock, {"serial_numbers": ["B"]}]}}}
    assert RELATIONS["serial numbers are unique"].violation(item, lambda *_: twice)

    def trimmed(operation: str, path: Mapping[str, str]) -> Any:
        answer = copy.deepcopy(look(operation, path))
        if operation == "getItemNote":
            answer["note"]["content"] = ""
        return answer

    assert RELATIONS["notes read as they are listed"].violation(item, trimmed)
    assert RELATIONS["notes read as they are listed"].violation(item, lambda *_: ABSENT) is None


def test_a_sort_keeps_to_what_every_collation_agrees_on() -> None:
    record = {"id": "ITEM-0007", "name": "Oak chair", "last_updated_on": "", "version": "10"}
    assert SORTS["id"].key(record) == "ITEM-0007"
    assert SORTS["id"].key({"id": "ITEM-10000"}) is None
    assert SORTS["name"].key(record) == "Oak"
    assert SORTS["name"].key({"name": "oak chair"}) is None
    assert SORTS["last_updated_on"].key(record) is None
    assert SORTS["version"].key(record) > SORTS["version"].key({"version": "9"})
    assert SORTS["name desc"].query == (("order_by", "name"), ("direction", "desc"))
    assert SORTS["name desc"].descending


def test_a_page_says_which_one_it_is() -> None:
    shown = {"limit": 7, "offset": 0, "previous_page": "NULL", "next_page": "http://a/b?offset=7"}
    pages: Any = paging()
    assert pages.page(2, 7) == (("offset", "14"), ("limit", "7"))
    assert pages.violation({"pagination": shown}, 0, 7) is None
    assert pages.next({"pagination": shown}) == "http://a/b?offset=7"
    assert pages.more({"pagination": shown})
    assert pages.previous({"pagination": shown}) is None
    assert not pages.more({"pagination": {**shown, "next_page": "NULL"}})
    assert pages.violation({"pagination": shown}, 1, 7)
    assert pages.violation({"pagination": shown}, 0, 10)
    assert pages.violation({"pagination": {**shown, "previous_page": "http://a/b"}}, 0, 7)


def test_the_filter_by_type_keeps_items_of_the_type() -> None:
    [filtered] = ITEM_LIST.filters
    assert filtered.query("BUNDLE") == (("type", "BUNDLE"),)
    assert filtered.holds({"type": "BUNDLE"}, "BUNDLE") is True
    assert filtered.holds({"type": "FAMILY"}, "BUNDLE") is False
    drawn = {filtered.value(Random(seed), [{"type": "FAMILY"}]) for seed in range(40)}
    assert "FAMILY" in drawn
    assert len(drawn) > 2


def test_determinants_mean_the_same_in_any_order_and_form() -> None:
    place = "inventories/inventory_properties/quantity_available_for_sale_determination"
    kind = ITEM.field(place).kind
    words = ["QUANTITY_ON_HAND", "QUANTITY_PROMISED"]
    assert kind.meaning(",".join(words)) == kind.meaning(words[::-1])
    assert kind.meaning(words) != kind.meaning(words[:1])
    with pytest.raises(UnparsableValue):
        kind.meaning(5)


def test_moves_send_what_the_document_has(item: Json) -> None:
    moves = {move.name: move for move in ITEM.moves}
    name = item["inventories"]["warehouses"][0]["name"]

    def sent(move: str, quantity: Any) -> Any:
        return filled(moves[move].parts("ITEM-0001", quantity).body, item)

    def body(wrapper: str, quantity: Any) -> Any:
        return {wrapper: {"inventories": {"warehouses": [{"name": name, "quantity": quantity}]}}}

    assert sent("add", Decimal("7.5")) == body("item", "7.5")
    assert sent("add", Decimal("0.000001")) == body("item", "0.000001")
    assert sent("take out", Decimal(2)) == body("item", "-2")
    assert sent("add, spelled otherwise", Decimal(1)) == body("items", "1")
    assert moves["take out"].effect(Decimal(2)) == -2


def test_outcomes_say_what_a_new_item_and_a_currency_lack(item: Json) -> None:
    new, currency = ITEM.outcomes
    assert new.violation({}, item) is None
    assert new.violation({}, {**item, "status": "DRAFT"})
    assert new.violation({}, {**item, "base_uom": "BOX"})
    assert currency.violation({}, item) is None
    assert currency.violation({}, {"purchase": {"suppliers": [{"default_purchase_currency": ""}]}})
