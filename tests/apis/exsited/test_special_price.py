"""A special price follows its dates on the sandbox's clock, and what is available its settings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.apis.exsited.organisation import refusal

JUNE = {
    "use_on_sale_price": "true",
    "sale_price": "89",
    "start_date": "2026-06-01",
    "end_date": "2026-06-30",
}


def sale_on(organisation, item_id, day):
    organisation.sandbox.clock.freeze(datetime.fromisoformat(day).replace(tzinfo=UTC))
    organisation.sign_in()
    return organisation.get(f"/items/{item_id}/sale")["item"]["sale"]


def configure(organisation, item_id, **sale):
    return organisation.send(f"/items/{item_id}/sale", {"items": {"sale": sale}})


@pytest.mark.parametrize(
    ("day", "price"),
    [
        ("2026-05-31T23:59:59", ""),
        ("2026-06-01T00:00:00", "89.000000"),
        ("2026-06-30T23:59:59", "89.000000"),
        ("2026-07-01T00:00:00", ""),
    ],
)
def test_a_special_price_is_shown_from_its_first_day_to_its_last(empty, day, price):
    item_id = empty.item()["id"]
    configure(empty, item_id, **JUNE)
    shown = sale_on(empty, item_id, day)
    assert shown["sale_price"] == price
    assert (shown["start_date"], shown["end_date"]) == ("2026-06-01", "2026-06-30")
    assert shown["use_on_sale_price"] == "true"


def test_a_special_price_without_dates_always_applies(empty):
    item_id = empty.item()["id"]
    configure(empty, item_id, use_on_sale_price="true", sale_price="89")
    assert sale_on(empty, item_id, "2050-01-01")["sale_price"] == "89.000000"
    configure(empty, item_id, use_on_sale_price="false")
    assert sale_on(empty, item_id, "2050-01-02")["sale_price"] == ""


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({}, {"start_date": "2026-06-02", "end_date": "2026-06-01"}),
        (JUNE, {"end_date": "2026-05-31"}),
        (JUNE, {"start_date": "2026-07-01"}),
    ],
)
def test_an_end_before_the_start_is_refused(empty, first, then):
    item_id = empty.item()["id"]
    if first:
        configure(empty, item_id, **first)
    before = empty.get(f"/items/{item_id}")
    answer = configure(empty, item_id, **then)
    assert refusal(answer) == (400, "validation_error", [("items.sale.end_date", "invalid")])
    assert empty.get(f"/items/{item_id}") == before


def test_a_preorder_period_that_ends_before_it_starts_is_refused(empty):
    item_id = empty.item()["id"]
    period = {"name": "Spring", "start_date": "2026-03-02", "end_date": "2026-03-01"}
    body = {"item": {"inventories": {"inventory_properties": {"preorder_configuration": [period]}}}}
    status, code, [(field, _)] = refusal(empty.send(f"/items/{item_id}/inventory", body))
    assert (status, code) == (400, "validation_error")
    assert field.endswith("preorder_configuration.0.end_date")


def test_what_is_available_follows_the_determination(organisation):
    items = [item for page in organisation.pages("/items", "items", limit=100) for item in page]
    item = next(
        item
        for item in items
        for stock in item["inventories"]["warehouses"]
        if stock["quantity_promised"] != "0" and item["status"] == "ACTIVE"
    )

    def available(words):
        properties = {"quantity_available_for_sale_determination": words}
        body = {"item": {"inventories": {"inventory_properties": properties}}}
        organisation.done(f"/items/{item['id']}/inventory", body)
        return [
            (float(stock["quantity_available"]), float(stock["quantity_on_hand"]))
            for stock in organisation.stock(item["id"]).values()
        ]

    on_hand = available("QUANTITY_ON_HAND")
    assert all(one == other for one, other in on_hand)
    assert sum(one for one, _ in available("QUANTITY_ON_HAND,QUANTITY_PROMISED")) < sum(
        one for one, _ in on_hand
    )
    assert all(one == 0 for one, _ in available("QUANTITY_PROMISED"))


@pytest.mark.parametrize(
    ("warehouse", "currency", "code"), [("Main", "GBP", "INVENTORY"), ("Boston", "BDT", "Sales")]
)
def test_names_in_common_use_are_known(empty, warehouse, currency, code):
    item_id = empty.item(currencies=[{"name": currency}])["id"]
    entry = {"name": warehouse, "quantity_available": "1", "accounting_code": code}
    stocked = empty.item(inventories={"warehouses": [entry]})["id"]
    assert empty.stock(stocked)[warehouse]["quantity_on_hand"] == "1.000000"
    assert item_id != stocked


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"inventories": {"warehouses": [{"name": "Nowhere"}]}}, "warehouses"),
        ({"currencies": [{"name": "ZZZ"}]}, "currencies"),
        ({"sale": {"accounting_code": "None of it"}}, "accounting_codes"),
        ({"sale": {"tax_configuration": {"tax_code": {"code": "NONE"}}}}, "taxes"),
    ],
)
def test_an_unknown_name_says_where_the_known_ones_are(empty, body, path):
    answer = empty.send("/items", {"items": {"type": "STANDARD", "name": "x", **body}})
    [entry] = answer.json()["errors"]
    assert f"GET /api/v3/settings/{path} lists the known ones" in entry["message"]
    assert empty.client.get(f"/api/v3/settings/{path}").status_code == 200
