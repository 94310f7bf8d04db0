"""Amounts are shown with six decimals, in whichever way of JSON or the document they came."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

PLACES = Decimal("0.000001")

#: A path, a body with `AMOUNT` in it, and where the answer shows the amount.
Place = tuple[str, dict[str, Any], Callable[[Any], str]]


def _sale(**sale: Any) -> dict[str, Any]:
    return {"items": {"sale": sale}}


def _purchase(**purchase: Any) -> dict[str, Any]:
    return {"items": {"purchase": purchase}}


def _inventory(**properties: Any) -> dict[str, Any]:
    return {"item": {"inventories": {"inventory_properties": properties}}}


_MODULE = {"pricing_module": [{"price": "AMOUNT", "currency": "AUD"}]}
SHOWN: dict[str, Place] = {
    "sale price": (
        "sale",
        _sale(default_sale_price="AMOUNT"),
        lambda item: item["sale"]["default_sale_price"],
    ),
    "special price": (
        "sale",
        _sale(sale_price="AMOUNT", use_on_sale_price=True),
        lambda item: item["sale"]["sale_price"],
    ),
    "price of a sale": (
        "sale",
        _sale(pricing=_MODULE),
        lambda item: item["sale"]["pricing"]["pricing_module"][0]["price"],
    ),
    "purchase price": (
        "purchase",
        _purchase(default_purchase_price="AMOUNT"),
        lambda item: item["purchase"]["default_purchase_price"],
    ),
    "supplier's price": (
        "purchase",
        _purchase(suppliers=[{"id": "", "default_purchase_price": "AMOUNT", "pricing": _MODULE}]),
        lambda item: item["purchase"]["suppliers"][0]["pricing"]["pricing_module"][0]["price"],
    ),
    "threshold": (
        "inventory",
        _inventory(low_stock_threshold="AMOUNT"),
        lambda item: item["inventories"]["inventory_properties"]["low_stock_threshold"],
    ),
    "threshold of a warehouse": (
        "inventory",
        _inventory(
            low_stock_threshold_for_individual_warehouses=[
                {"warehouse": "Main", "low_stock_threshold": "AMOUNT"}
            ]
        ),
        lambda item: item["inventories"]["inventory_properties"][
            "low_stock_threshold_for_individual_warehouses"
        ][0]["low_stock_threshold"],
    ),
}


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Decimal]:
    """A JSON value that stands for an amount, in some writing of it, and the amount."""
    whole, fraction = (
        draw(st.integers(0, 10**9)),
        draw(st.from_regex(r"[0-9]{0,6}", fullmatch=True)),
    )
    number = f"{whole}.{fraction}" if fraction else str(whole)
    writing = draw(st.sampled_from(["number", "text", "zeros", "exponent", "negative zero"]))
    if writing == "text":
        return json.dumps(number), Decimal(number)
    if writing == "zeros":
        return json.dumps(f"00{number}"), Decimal(number)
    if writing == "exponent":
        exponent = draw(st.integers(-7, 2))
        return f"{whole}e{exponent}", Decimal(whole).scaleb(exponent)
    if writing == "negative zero":
        return draw(st.sampled_from(["-0", "-0.0", "-0e0", "-0.000000", "0e-9"])), Decimal(0)
    return number, Decimal(number)


@pytest.mark.parametrize("name", SHOWN)
def test_an_amount_is_shown_with_six_decimals_however_it_was_written(empty, name):
    path, body, shown = SHOWN[name]
    item_id = empty.item()["id"]
    text = json.dumps(body)

    @settings(max_examples=25)
    @given(value=written())
    def check(value):
        sent, amount = value
        answer = empty.client.post(
            f"/api/v3/items/{item_id}/{path}",
            content=text.replace('"AMOUNT"', sent),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        expected = amount.quantize(PLACES, ROUND_HALF_UP)
        assert shown(answer.json()["item"]) == f"{expected:.6f}"

    check()


@pytest.mark.parametrize("sent", ["-0.0", '"0"', "0"])
@pytest.mark.parametrize("name", ["saleConversionRate", "purchaseConversionRate"])
def test_conversion_rates_have_no_negative_zero_either(empty, name, sent):
    item_id = empty.item()["id"]
    body = json.dumps({"items": {"sale": {}, "uoms": [{"name": "Gram", name: "AMOUNT"}]}})
    answer = empty.client.post(
        f"/api/v3/items/{item_id}/sale",
        content=body.replace('"AMOUNT"', sent),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    [unit] = empty.get(f"/items/{item_id}")["item"]["uoms"]
    assert unit[name] == "0.000000"


@pytest.mark.parametrize("sent", ["-0.0", "-0", "1e0", "0.5e1", '"-0"', '"-1"', "-1.0"])
def test_quantities_have_their_signs_and_zero_has_none(empty, sent):
    item_id = empty.stocked("Main")
    assert empty.move(item_id, {"name": "Main", "quantity": "10"}).status_code == 200
    body = json.dumps({"item": {"inventories": {"warehouses": [{"name": "Main", "quantity": 7}]}}})
    answer = empty.client.post(
        f"/api/v3/items/{item_id}/inventory/add",
        content=body.replace("7", sent),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    shown = empty.stock(item_id)["Main"]["quantity_on_hand"]
    assert re.fullmatch(r"[0-9]+\.[0-9]{6}", shown)
    assert Decimal(shown) == 10 + Decimal(json.loads(sent))
