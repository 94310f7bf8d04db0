"""What Skhokho's lifecycle takes for right and for wrong."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest

from contract_tests.exchange.bodies import MULTIPART, encoded
from contract_tests.target.mock import mock_target
from mock_server.apis.skhokho.lifecycle import LIFECYCLE
from mock_server.engine.replies import encode_json
from mock_server.lifecycle.files import File
from mock_server.lifecycle.model import Field, Json, Removal

PRODUCT = LIFECYCLE.resource("product")
LISTING = PRODUCT.lists[0]
FILTERS = {each.name: each for each in LISTING.filters}
PATH = "/api/v1.0/organisation/organisation-1/inventory/"
TEA: Json = {
    "name": "Rooibos Tea",
    "product_code": "RB-040",
    "barcode": None,
    "category": "Tea",
    "product_type": "buy",
    "status": "active",
    "current_stock": "5.00",
    "minimum_stock_level": "5.00",
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with mock_target("skhokho").client() as client:
        yield client


@pytest.mark.parametrize(
    ("name", "value", "record", "through"),
    [
        ("name", "BOS t", TEA, True),
        ("name", "bos  t", TEA, False),
        ("name", "%", TEA, False),
        ("name", "%", {**TEA, "name": "50% off"}, True),
        ("name", "rb-040", TEA, False),
        ("name", "strasse", {**TEA, "name": "Straße"}, None),
        ("name", "str", {**TEA, "name": "Straße"}, True),
        ("search", "rb-04", TEA, True),
        ("search", "600", {**TEA, "barcode": "6001234500017"}, True),
        ("search", "Cederberg", {**TEA, "brand": "Cederberg"}, False),
        ("category", "Tea", TEA, True),
        ("category", "Te", TEA, False),
        ("category", "Tea", {**TEA, "category": None}, False),
        ("product_type", "buy", TEA, True),
        ("product_type", "manufacture", TEA, False),
        ("status", "active", TEA, True),
        ("status", "inactive", TEA, False),
        ("low_stock", "true", TEA, True),
        ("low_stock", "true", {**TEA, "current_stock": "5.01"}, False),
        ("low_stock", "true", {**TEA, "current_stock": "-7.00"}, True),
        ("low_stock", "true", {**TEA, "status": "inactive"}, True),
        ("low_stock, not asked for", "false", {**TEA, "current_stock": "9.00"}, True),
    ],
)
def test_a_filter_lets_through_what_the_documents_say(
    name: str, value: str, record: Json, through: bool | None
) -> None:
    assert FILTERS[name].holds(record, value) is through


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_draws_values_that_let_some_through_and_leave_some_out(name: str) -> None:
    other = {**TEA, "name": "Salt", "product_code": None, "category": "Food", "status": "inactive"}
    records = [TEA, {**other, "product_type": "manufacture", "minimum_stock_level": "1.00"}]
    random = Random(name)
    drawn = [FILTERS[name].value(random, records) for _ in range(60)]
    judged = {FILTERS[name].holds(each, value) for each in records for value in drawn if value}
    assert True in judged
    assert False in judged or name == "low_stock, not asked for"
    assert {key for value in drawn if value for key, _ in FILTERS[name].query(value)} <= {
        *("category", "product_type", "status", "name", "search", "low_stock")
    }


@pytest.mark.parametrize("name", ["name", "search", "category"])
def test_a_filter_has_no_value_where_there_are_no_texts(name: str) -> None:
    assert FILTERS[name].value(Random(0), []) is None


@pytest.mark.parametrize(
    ("record", "right"),
    [
        ({"selling_price": "12.50", "cost_price": None}, True),
        ({"selling_price": "-0.05"}, True),
        ({"selling_price": "12.5"}, False),
        ({"selling_price": "12"}, False),
        ({"current_stock": 12.5}, False),
    ],
)
def test_amounts_are_texts_with_two_places(record: Json, right: bool) -> None:
    relation = PRODUCT.relations[0]
    assert (relation.violation(record, lambda *_: None) is None) is right


def test_each_action_has_a_mark_of_its_own() -> None:
    deactivate, out = (_removal(name) for name in ("deactivate", "mark out of stock"))
    assert deactivate.marked("inactive")
    assert not deactivate.marked("discontinued")
    assert out.marked({"status": "out_of_stock", "current_stock": "0.00"})
    assert not out.marked({"status": "out_of_stock", "current_stock": "5.00"})
    assert not out.marked({"status": "active", "current_stock": "0.00"})


@pytest.mark.parametrize("field", PRODUCT.fields, ids=lambda field: field.name)
def test_every_wrong_value_is_refused_by_its_field(client: httpx.Client, field: Field) -> None:
    assert field.wrong
    for value in field.wrong:
        body = {"name": "Tea", "product_type": "buy", field.name: value}
        answer = _created(client, body)
        assert answer.status_code == 400, value
        assert list(answer.json()) == [field.name], value


@pytest.mark.parametrize("field", PRODUCT.fields, ids=lambda field: field.name)
def test_every_other_spelling_is_shown_as_it_says(client: httpx.Client, field: Field) -> None:
    for sent, kept in field.kept:
        answer = _created(client, {"name": "Tea", "product_type": "buy", field.name: sent})
        assert answer.status_code == 201, sent
        assert answer.json()[field.name] == kept


def test_pictures_are_taken_and_other_files_are_not(client: httpx.Client) -> None:
    image = PRODUCT.attachments[0]
    right = [_sent(client, image.draw(Random(seed))).status_code for seed in range(4)]
    wrong = [_sent(client, file).status_code for file in image.wrong]
    assert (set(right), set(wrong)) == ({201}, {400})


def test_drawn_amounts_reach_the_bounds_and_below_zero() -> None:
    kind = PRODUCT.field("current_stock").kind
    random = Random(1)
    drawn = {kind.meaning(kind.draw(random)) for _ in range(400)}
    assert kind.meaning("9999999999999.99") in drawn
    assert kind.meaning("-9999999999999.99") in drawn
    assert kind.meaning("0.01") in drawn
    assert kind.meaning(" 12.5 ") == kind.meaning("12.50") != kind.meaning("12.05")


def _removal(name: str) -> Removal:
    return next(each for each in PRODUCT.removals if each.name == name)


def _created(client: httpx.Client, body: Any) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return client.post(f"{PATH}create/", content=encode_json(body), headers=headers)


def _sent(client: httpx.Client, file: File) -> httpx.Response:
    content, media_type = encoded({"name": "Tea", "product_type": "buy", "image": file}, MULTIPART)
    return client.post(f"{PATH}create/", content=content, headers={"content-type": media_type})
