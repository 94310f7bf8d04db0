"""Laws that hold for any products, filters and order of calls."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apis.skhokho import bodies
from tests.apis.skhokho.bodies import DECIMALS, PLAUSIBLE_BODY, TEXTS
from tests.apis.skhokho.inventory import Inventory

some = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def without_time(product: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in product.items() if name != "last_updated"}


@some
@given(body=PLAUSIBLE_BODY)
def test_what_is_created_is_what_was_sent(empty: Inventory, body: dict[str, Any]) -> None:
    product = empty.made(**body)
    for name, sent in body.items():
        stored = product[name]
        if name in DECIMALS:
            assert Decimal(stored) == Decimal(str(sent).strip())
            assert stored == f"{Decimal(stored):.2f}"
        elif name in TEXTS and sent is not None:
            assert stored == sent.strip()
        else:
            assert stored == sent
    assert empty.get(product["unique_id"]).json() == product
    assert empty.list().json()["results"][0]["unique_id"] == product["unique_id"]


@some
@given(body=PLAUSIBLE_BODY)
def test_sending_a_product_back_changes_nothing(empty: Inventory, body: dict[str, Any]) -> None:
    product = empty.made(**body)
    again = empty.put(product["unique_id"], json=product)
    assert without_time(again.json()) == without_time(product)
    assert again.json()["last_updated"] >= product["last_updated"]


@some
@given(body=PLAUSIBLE_BODY, data=st.data())
def test_a_form_stores_what_json_stores(
    empty: Inventory, body: dict[str, Any], data: st.DataObject
) -> None:
    # An empty form field stands for null only where text cannot be empty.
    body = {name: value for name, value in body.items() if value is not None}
    form = {name: str(value) for name, value in body.items()}
    as_json = empty.made(**body)
    if data.draw(st.booleans(), "multipart"):
        sent = empty.create(data=form, files={"unknown": ("a.txt", b"x")})
    else:
        sent = empty.create(data=form)
    assert sent.status_code == 201, sent.text
    own = ("unique_id", "date_created", "last_updated")
    assert {name: value for name, value in sent.json().items() if name not in own} == {
        name: value for name, value in as_json.items() if name not in own
    }


@some
@given(start=PLAUSIBLE_BODY, change=PLAUSIBLE_BODY, data=st.data())
def test_two_partial_updates_are_one(
    empty: Inventory, start: dict[str, Any], change: dict[str, Any], data: st.DataObject
) -> None:
    first = data.draw(st.sets(st.sampled_from(sorted(change))), "first part")
    parts = [
        {name: value for name, value in change.items() if (name in first) is wanted}
        for wanted in (True, False)
    ]
    one, two = empty.made(**start), empty.made(**start)
    for part in parts:
        empty.patch(one["unique_id"], json=part)
    whole = empty.patch(two["unique_id"], json=change)
    other = ("unique_id", "date_created", "last_updated")
    stored = empty.get(one["unique_id"]).json()
    assert {name: value for name, value in stored.items() if name not in other} == {
        name: value for name, value in whole.json().items() if name not in other
    }


@some
@given(body=PLAUSIBLE_BODY, wrong=bodies.ANY_BODY)
def test_an_update_is_whole_or_nothing(
    empty: Inventory, body: dict[str, Any], wrong: dict[str, Any]
) -> None:
    product = empty.made(**body)
    answer = empty.patch(product["unique_id"], json=wrong)
    now = empty.get(product["unique_id"]).json()
    if answer.status_code == 400:
        assert now == product
        assert set(answer.json()) <= set(wrong)
    else:
        assert now == answer.json()
        untouched = set(product) - set(wrong) - {"last_updated"}
        assert {name: now[name] for name in untouched} == {
            name: product[name] for name in untouched
        }


_WORDS = st.sampled_from(["e", "TEA", "small", "K", "Health", "Home", "Office", "", "none"])
_FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "category": _WORDS,
        "name": _WORDS,
        "search": _WORDS | st.sampled_from(["-1", "60", "9"]),
        "product_type": st.sampled_from(["buy", "manufacture", "", "other"]),
        "status": st.sampled_from(["active", "inactive", "discontinued", "out_of_stock", ""]),
        "low_stock": st.sampled_from(["true", "0", "", "Yes"]),
    },
)


@some
@given(query=_FILTERS)
def test_filters_together_leave_what_each_leaves(
    inventory: Inventory, query: dict[str, str]
) -> None:
    def ids(**filters: str) -> list[str]:
        return [product["unique_id"] for product in inventory.everything(**filters)]

    together = ids(**query)
    everything = ids()
    kept = set(everything)
    for name, value in query.items():
        kept &= set(ids(**{name: value}))
    assert together == [unique_id for unique_id in everything if unique_id in kept]
    assert inventory.list(**query).json()["count"] == len(together)


@some
@given(query=_FILTERS)
def test_what_a_filter_leaves_meets_it(inventory: Inventory, query: dict[str, str]) -> None:
    for product in inventory.everything(**query):
        if query.get("category"):
            assert product["category"] == query["category"]
        if query.get("name"):
            assert query["name"].casefold() in product["name"].casefold()
        if query.get("product_type"):
            assert product["product_type"] == query["product_type"]
        if query.get("status"):
            assert product["status"] == query["status"]
        if query.get("low_stock") in {"true", "Yes"}:
            assert Decimal(product["current_stock"]) <= Decimal(product["minimum_stock_level"])
        if query.get("search"):
            texts = (product["name"], product["product_code"], product["barcode"])
            wanted = query["search"].casefold()
            assert any(wanted in (text or "").casefold() for text in texts)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=st.lists(PLAUSIBLE_BODY, max_size=4), there=st.lists(PLAUSIBLE_BODY, max_size=4))
def test_organisations_never_meet(
    inventory_of: Any, here: list[dict[str, Any]], there: list[dict[str, Any]]
) -> None:
    one, two = inventory_of("test.empty", "one"), inventory_of("test.empty", "two")
    before = [{product["unique_id"] for product in each.everything()} for each in (one, two)]
    made = [{one.made(**body)["unique_id"] for body in here}]
    made.append({two.made(**body)["unique_id"] for body in there})
    for each, old, new, foreign in zip((one, two), before, made, made[::-1], strict=True):
        assert {product["unique_id"] for product in each.everything()} == old | new
        assert all(each.get(unique_id).status_code == 404 for unique_id in foreign)


@pytest.mark.parametrize("persona", ["typical", "large"])
def test_seed_records_are_valid_products(inventory_of: Any, persona: str) -> None:
    inventory = inventory_of(f"test.{persona}")
    counted = inventory.list().json()["count"]
    for number, listed in enumerate(inventory.everything()):
        if number >= 100:
            break
        product = inventory.get(listed["unique_id"]).json()
        again = inventory.put(product["unique_id"], json=product)
        assert without_time(again.json()) == without_time(product)
        assert product["date_created"] < product["last_updated"] < "2026-01-02"
        if product["cost_price"] and product["selling_price"]:
            assert Decimal(product["cost_price"]) < Decimal(product["selling_price"])
    assert inventory.list().json()["count"] == counted
