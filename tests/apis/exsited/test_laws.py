"""Laws that hold for any data, tried by Hypothesis."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.apis.exsited.values import amount_of, amount_text, quantity_text
from tests.apis.exsited.organisation import STANDARD

WAREHOUSES = ("Default Warehouse", "North Depot", "Harbour Store")
COLUMNS = ("id", "name", "display_name", "type", "status", "created_on", "last_updated_on")
amounts = st.decimals(0, 10**9, places=6, allow_nan=False)


@pytest.fixture(scope="module")
def shop(open_organisation):
    return open_organisation()


@settings(max_examples=30)
@given(
    limit=st.integers(1, 100),
    column=st.sampled_from(COLUMNS),
    direction=st.sampled_from(["asc", "desc"]),
    kind=st.sampled_from([None, "STANDARD", "BUNDLE", "RECURRING"]),
)
def test_the_pages_of_a_list_are_the_whole_list(shop, limit, column, direction, kind):
    query = {"order_by": column, "direction": direction, **({"type": kind} if kind else {})}
    whole = [
        item["id"] for page in shop.pages("/items", "items", limit=100, **query) for item in page
    ]
    pages = list(shop.pages("/items", "items", limit=limit, **query))
    assert [item["id"] for page in pages for item in page] == whole
    assert len(set(whole)) == len(whole)
    assert all(len(page) == limit for page in pages[:-1])
    backwards, answer = [], shop.get("/items", limit=limit, offset=len(whole), **query)
    while answer["pagination"]["previous_page"] != "NULL":
        url = answer["pagination"]["previous_page"]
        answer = shop.client.get(url).raise_for_status().json()
        backwards.append(answer["pagination"]["offset"])
    assert backwards == sorted(backwards, reverse=True)


@given(amount=amounts)
def test_amounts_keep_every_digit(amount):
    text = amount_text(amount_of(f"{amount:f}"))
    assert Decimal(text) == amount
    assert len(text.rpartition(".")[2]) == 6
    assert amount_text(amount_of(text)) == text


@given(amount=st.decimals(0, 10**6, places=9, allow_nan=False))
def test_more_digits_are_rounded_half_up(amount):
    expected = amount.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    assert amount_text(amount_of(amount)) == f"{expected:f}"


moves = st.lists(
    st.lists(
        st.tuples(st.sampled_from(WAREHOUSES), st.decimals(-50, 100, places=2, allow_nan=False)),
        min_size=1,
        max_size=4,
    ),
    max_size=6,
)


@settings(max_examples=40)
@given(requests=moves, linked=st.integers(1, 3))
def test_stock_is_what_went_in_without_what_went_out(shop, requests, linked):
    item_id = shop.stocked(*WAREHOUSES[:linked])
    model = dict.fromkeys(WAREHOUSES[:linked], Decimal(0))
    for request in requests:
        after: dict[str, Decimal] | None = dict(model)
        for name, quantity in request:
            if after is None or name not in after or after[name] + quantity < 0:
                after = None
                break
            after[name] += quantity
        entries = [{"name": name, "quantity": f"{quantity:f}"} for name, quantity in request]
        answer = shop.move(item_id, *entries)
        assert answer.status_code == (409 if after is None else 200), answer.text
        model = model if after is None else after
    stock = shop.stock(item_id)
    assert {name: each["quantity_on_hand"] for name, each in stock.items()} == {
        name: quantity_text(quantity) for name, quantity in model.items()
    }
    assert all(each["quantity_available"] == each["quantity_on_hand"] for each in stock.values())


serial_moves = st.lists(
    st.tuples(
        st.sampled_from(WAREHOUSES[:2]),
        st.sampled_from([1, -1]),
        st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=3),
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(requests=serial_moves)
def test_each_unit_has_one_serial_number_in_one_place(shop, requests):
    item_id = shop.stocked(*WAREHOUSES[:2], enable_serialization="true")
    model: dict[str, set[str]] = {name: set() for name in WAREHOUSES[:2]}
    for name, sign, serials in requests:
        chosen = set(serials)
        once = len(chosen) == len(serials)
        if sign > 0:
            fits = once and not chosen & (model[WAREHOUSES[0]] | model[WAREHOUSES[1]])
        else:
            fits = once and chosen <= model[name]
        listed = ",".join(serials)
        entry = {"name": name, "quantity": sign * len(serials), "serial_number": listed}
        assert shop.move(item_id, entry).is_success == fits
        if fits:
            model[name] = model[name] | chosen if sign > 0 else model[name] - chosen
    for name, stock in shop.stock(item_id).items():
        assert set(stock["serial_numbers"]) == model[name]
        assert Decimal(stock["quantity_on_hand"]) == len(model[name])


bad_requests = st.one_of(
    st.tuples(st.just("/items"), st.just({"items": {**STANDARD, "id": "ITEM-0001"}})),
    st.tuples(st.just("/items"), st.just({"items": {"type": "STANDARD"}})),
    st.tuples(
        st.sampled_from(
            [f"/items/ITEM-000{n}/{part}" for n in (1, 2) for part in ("sale", "purchase")]
        ),
        st.dictionaries(st.sampled_from(["items", "other"]), st.none() | st.integers()),
    ),
    st.tuples(
        st.just("/items/ITEM-0001/inventory/add"),
        st.lists(st.sampled_from([*WAREHOUSES, "Nowhere"]), max_size=3).map(
            lambda names: {
                "item": {
                    "inventories": {
                        "warehouses": [
                            *({"name": name, "quantity": "1"} for name in names),
                            {"name": WAREHOUSES[0], "quantity": "-999999"},
                        ]
                    }
                }
            }
        ),
    ),
    st.tuples(
        st.sampled_from(["/items/NONE/deactivate", "/items/ITEM-0001/reactivate"]), st.none()
    ),
)


@settings(max_examples=60)
@given(request=bad_requests, key=st.none() | st.text("abc", min_size=1, max_size=2))
def test_a_refused_request_leaves_the_state_as_it_was(shop, request, key):
    path, body = request
    before = shop.sandbox.state
    headers = {"X-Idempotency-Key": key} if key else {}
    answer = shop.send(path, body, headers=headers)
    assert answer.is_client_error, answer.text
    assert shop.sandbox.state is before


sale_changes = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "enabled": st.sampled_from(["true", "false"]),
            "invoice_note": st.text(
                st.characters(codec="utf-8", exclude_characters="\0"), max_size=9
            ),
            "default_sale_price": amounts.map(lambda amount: f"{amount:f}"),
            "pricing_method": st.sampled_from(["STANDARD", "OTHER"]),
            "accounting_code": st.sampled_from(["Sales Revenue", "Other Income", ""]),
        },
    ),
    max_size=5,
)


@settings(max_examples=30)
@given(changes=sale_changes)
def test_many_changes_are_one_change_with_the_last_of_each(shop, changes):
    one, other = shop.item()["id"], shop.item()["id"]
    merged: dict[str, str] = {}
    for change in changes:
        shop.done(f"/items/{one}/sale", {"items": {"sale": change}})
        merged |= change
    shop.done(f"/items/{other}/sale", {"items": {"sale": merged}})
    assert shop.get(f"/items/{one}/sale") == shop.get(f"/items/{other}/sale")
