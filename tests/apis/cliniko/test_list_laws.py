"""Laws of the lists: filters, orders and pages against a model that reads the wire alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.apis.cliniko.model import ordered, selected

START = datetime(2026, 3, 1, tzinfo=UTC)
ODD_NAMES = ["100% Öl", "OIL", "oil", "öl 100%", "a%b", "%", "~x", "=y", "?", "!?", "a\nb", "a,b:c"]
#: Short names in which beginnings, middles and ends overlap.
SHORT_NAMES = ["a", "A", "b", "aa", "aB", "ba", "aba", "ABBA", "bab", "abab", "aabb", "b a"]
SORTABLE = (
    "archived_at",
    "cost_price",
    "created_at",
    "id",
    "item_code",
    "name",
    "product_supplier_name",
    "serial_number",
    "stock_level",
    "updated_at",
)


@pytest.fixture(scope="module")
def shop(open_account):
    """A typical account with rows that tie, rows without values, and odd names; never changed."""
    account = open_account()
    clock = account.sandbox.clock
    for number, name in enumerate(ODD_NAMES + SHORT_NAMES):
        clock.freeze(START + timedelta(seconds=number // 3))
        product = account.product(
            name=name,
            item_code=[None, "same", "Same"][number % 3],
            stock_level=[None, -5, 0, 5][number % 4],
            cost_price=[None, "9.5", "10.25"][number % 3],
            **({"tax_id": "1"} if number % 2 else {}),
        )
        if number % 4 == 1:
            clock.advance(timedelta(days=number))
            account.client.delete(f"/products/{product['id']}")
    return account


@pytest.fixture(scope="module")
def everything(shop):
    rows = shop.all_products()
    assert len(rows) == 60 + len(ODD_NAMES) + len(SHORT_NAMES)
    return rows


def shifted(text, seconds):
    moment = datetime.fromisoformat(text) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@st.composite
def filters(draw, rows, fields):
    """One filter that is valid, mostly near a value that some row has."""
    field = draw(st.sampled_from(fields))
    row = draw(st.sampled_from(rows))
    if field == "name":
        operator = draw(st.sampled_from(["?", "!?", "=", "!=", "~", "~~"]))
        return f"name:{operator}{'' if '?' in operator else draw(name_operands(row['name']))}"
    if field.endswith("_at"):
        operator = draw(st.sampled_from(["*", "?", "!?", ">=", ">", "<=", "<"]))
        moment = shifted(row[field] or row["created_at"], draw(st.integers(-1, 1)))
        return f"{field}:{operator}{moment if operator[0] in '<>' else ''}"
    operator = draw(st.sampled_from(["?", "!?", "=", "!=", ">=", ">", "<=", "<"]))
    numbers = st.sampled_from([row["id"], "1", "2", "3", "-1", "0", "999999999999999999"])
    operand = {
        "?": st.just(""),
        "!?": st.just(""),
        "=": st.lists(numbers, min_size=1).map(",".join),
    }
    return f"{field}:{operator}{draw(operand.get(operator, numbers))}"


@st.composite
def name_operands(draw, name):
    """The name, a part of it, either in another case, with wildcards in places; or anything."""
    start = draw(st.integers(0, len(name)))
    part = name[start : draw(st.integers(start, len(name)))]
    text = draw(st.sampled_from([name, part, part.swapcase(), "", "%"]) | st.text(max_size=3))
    for position in draw(st.lists(st.integers(0, len(text)), max_size=2)):
        width = draw(st.integers(0, 2))
        text = f"{text[:position]}%{text[position + width :]}"
    return text.replace("\0", "")


PRODUCT_FIELDS = ("archived_at", "created_at", "updated_at", "id", "tax_id", "name")


@given(data=st.data())
def test_filters_let_through_what_the_model_says(shop, everything, data):
    chosen = data.draw(st.lists(filters(everything, PRODUCT_FIELDS), max_size=3))
    expected = ordered(selected(everything, chosen), "created_at")
    assert shop.rows("products", *chosen) == expected
    assert shop.get("/products", *chosen, per_page=1)["total_entries"] == len(expected)


@pytest.mark.parametrize("field", PRODUCT_FIELDS)
def test_each_filter_alone_lets_through_what_the_model_says(shop, everything, field):
    @settings(max_examples=40)
    @given(data=st.data())
    def check(data):
        chosen = data.draw(filters(everything, [field]))
        assert shop.rows("products", chosen) == ordered(selected(everything, [chosen]), "")

    check()


@given(
    operator=st.sampled_from(["~", "~~", "~~", "=", "!="]),
    operand=st.text("abAB%", max_size=6) | st.sampled_from(SHORT_NAMES),
)
@example(operator="~~", operand="aba%ba")
@example(operator="~~", operand="a%b%ba")
@example(operator="~~", operand="a%a")
def test_parts_and_wildcards_of_names_match_what_the_model_says(
    shop, everything, operator, operand
):
    chosen = ["archived_at:*", f"name:{operator}{operand}"]
    expected = [row["name"] for row in selected(everything, chosen)]
    assert [row["name"] for row in shop.rows("products", *chosen)] == expected


@settings(max_examples=50)
@given(data=st.data())
def test_one_product_passes_its_filters_as_it_does_in_the_list(shop, everything, data):
    row = data.draw(st.sampled_from(everything))
    chosen = data.draw(st.lists(filters([row], ["archived_at"]), max_size=2))
    answer = shop.client.get(f"/products/{row['id']}", params={"q[]": chosen})
    assert answer.status_code == (200 if selected([row], chosen) else 404)
    if answer.status_code == 200:
        assert answer.json() == row


@pytest.mark.parametrize(
    ("collection", "fields"),
    [
        ("taxes", ("created_at", "updated_at", "id")),
        ("users", ("created_at", "updated_at", "id")),
        ("product_suppliers", ("created_at", "updated_at", "id", "name")),
        ("stock_adjustments", ("archived_at", "created_at", "updated_at", "id", "product_id")),
    ],
)
def test_the_linked_pages_are_filtered_in_the_same_way(shop, collection, fields):
    rows = shop.rows(collection)

    @settings(max_examples=40)
    @given(data=st.data())
    def check(data):
        chosen = data.draw(st.lists(filters(rows, fields), max_size=2))
        assert shop.rows(collection, *chosen) == ordered(selected(rows, chosen), "")

    check()


sorts = st.lists(
    st.tuples(st.sampled_from(SORTABLE), st.sampled_from(["", ":asc", ":desc"])).map("".join),
    max_size=4,
).map(",".join)
orders = st.sampled_from(["asc", "desc"])


@given(sort=sorts, order=orders)
def test_lists_are_in_the_order_that_the_model_says(shop, everything, sort, order):
    expected = ordered(everything, sort, order)
    found = shop.rows("products", "archived_at:*", sort=sort, order=order)
    assert [row["id"] for row in found] == [row["id"] for row in expected]


@settings(max_examples=50)
@given(
    per_page=st.integers(1, 100),
    sort=sorts,
    order=orders,
    chosen=st.sampled_from([[], ["archived_at:*"], ["archived_at:?"], ["tax_id:?", "id:>20"]]),
)
def test_all_pages_together_are_the_whole_list_once(
    shop, everything, per_page, sort, order, chosen
):
    expected = [row["id"] for row in ordered(selected(everything, chosen), sort, order)]
    pages = list(shop.pages("/products", *chosen, per_page=per_page, sort=sort, order=order))
    assert [row["id"] for page in pages for row in page["products"]] == expected
    assert {page["total_entries"] for page in pages} == {len(expected)}
    assert all(len(page["products"]) == per_page for page in pages[:-1])
    assert len(pages) == max(1, -(-len(expected) // per_page))
    assert all("previous" in page["links"] for page in pages[1:])


@settings(max_examples=25)
@given(per_page=st.integers(1, 20), chosen=st.sampled_from(["id:?", "product_id:<=9", "id:!?"]))
def test_all_pages_of_adjustments_together_are_the_whole_list_once(shop, per_page, chosen):
    expected = selected(shop.rows("stock_adjustments"), [chosen])
    pages = shop.pages("/stock_adjustments", chosen, per_page=per_page)
    assert [row for page in pages for row in page["stock_adjustments"]] == expected


def test_filters_may_come_encoded_or_not(shop, everything):
    wanted = [row["id"] for row in everything if row["name"] == "100% Öl"]
    text = quote("name:=100% Öl")
    for name in ("q[]", "q%5B%5D", "q%5b]"):
        page = shop.client.get(f"/products?{name}={text}&{name}=archived_at:*").json()
        assert [row["id"] for row in page["products"]] == wanted


def test_days_that_a_month_has_not_run_over_into_the_next(shop, everything):
    over, exact = "created_at:<2025-02-31T00:00:00Z", "created_at:<2025-03-03T00:00:00Z"
    assert shop.rows("products", over) == shop.rows("products", exact)
    assert 0 < len(shop.rows("products", exact)) < len(everything)
    for year in ("0000", "9999"):
        assert shop.get("/products", f"created_at:>={year}-12-31T23:59:59Z") is not None
