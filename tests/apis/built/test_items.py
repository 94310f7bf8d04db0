"""What the lists show: order, filters, archive, categories, figures, and the page to print."""

from __future__ import annotations

from decimal import Decimal
from html.parser import HTMLParser
from json import dumps, loads

import pytest

OFFERS = ("/api/v3/invoice-items", "/api/v3/bill-items")
ALL_LISTS = ("/api/v3/items", *OFFERS, "/api/v3/pos-items", "/api/v3/inventory-items")


def listed(client):
    """Every item, from all pages."""
    pages = client.get("/api/v3/items").json()["last_page"]
    return [
        item
        for number in range(1, pages + 1)
        for item in client.get(f"/api/v3/items?page={number}").json()["data"]
    ]


def imported(client, *entries):
    """The items that an import of the entries creates."""
    answer = client.post("/api/v3/items/bulk", json={"items": dumps(entries)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_both_addresses_answer_alike(client):
    assert client.get("/api/v3/items").json() == client.get("/api/v2/items").json()
    assert client.get("/api/v3/pos-items").json() == client.get("/api/post-items").json()
    first = client.get("/api/v3/items/14/stock-history").json()
    assert first == client.get("/api/v2/item/adjustments/14").json()
    assert client.get("/api/v3/items/?page=2").json() == client.get("/api/v2/items?page=2").json()


def test_lists_are_in_the_order_of_names(client):
    names = [item["name"].casefold() for item in listed(client)]
    assert names == sorted(names)


def test_inventory_items_are_those_with_tracked_stock(client):
    tracked = [item for item in listed(client) if item["track_inventory"]]
    assert client.get("/api/v3/inventory-items").json() == tracked
    assert 0 < len(tracked) < 60


def test_invoices_offer_what_is_sold_and_bills_what_is_bought(client):
    made = imported(
        client,
        {"name": "Only sold", "buying_item": "NO"},
        {"name": "Only bought", "selling_item": "NO"},
    )
    sold, bought = (item["id"] for item in made)
    ids = {path: {item["id"] for item in client.get(path).json()} for path in OFFERS}
    assert sold in ids["/api/v3/invoice-items"]
    assert bought not in ids["/api/v3/invoice-items"]
    assert sold not in ids["/api/v3/bill-items"]
    assert bought in ids["/api/v3/bill-items"]


def test_an_archived_item_leaves_invoices_bills_and_counter_and_comes_back(client):
    def shown():
        pos = client.get("/api/v3/pos-items").json()
        places = {path: client.get(path).json() for path in OFFERS}
        places["counter"] = pos["all"]
        places["categories"] = [item for part in pos["categories"] for item in part["items"]]
        return {name for name, items in places.items() if any(item["id"] == 1 for item in items)}

    everywhere = shown()
    assert everywhere == {*OFFERS, "counter", "categories"}
    assert client.post("/api/v3/items/1/archive", json={}).json()["archived"] is True
    assert shown() == set()
    assert any(item["id"] == 1 and item["archived"] for item in listed(client))
    assert client.post("/api/v3/items/1/archive").json()["archived"] is False
    assert shown() == everywhere


def test_the_counter_groups_by_category_with_counts(client):
    pos = client.get("/api/v3/pos-items").json()
    grouped = [item["id"] for category in pos["categories"] for item in category["items"]]
    assert sorted(grouped) == sorted(item["id"] for item in pos["all"])
    for category in pos["categories"]:
        assert category["item_count"] == len(category["items"])
        assert {item["category"] for item in category["items"]} <= {category["name"]}
        assert {item["category_id"] for item in category["items"]} <= {category["id"]}
    assert pos["categories"][0]["name"] == "Uncategorised"


def test_search_looks_at_names_and_codes(client):
    by_id = {item["id"]: item for item in listed(client)}
    code = by_id[1]["code"]
    assert [item["id"] for item in client.get(f"/api/v3/items/search/{code}").json()] == [1]
    keyword = by_id[1]["name"].split()[0].upper()
    found = client.get(f"/api/v3/items/search/{keyword}").json()
    assert found == [
        item
        for item in by_id.values()
        if keyword.casefold() in item["name"].casefold()
        or keyword.casefold() in (item["code"] or "").casefold()
    ]
    assert client.get("/api/v3/items/search/no such thing").json() == []


def test_search_finds_marks_that_mean_something_in_a_url(client):
    imported(client, {"name": "50% off & more? #1 ü"})
    found = client.get("/api/v3/items/search/50%25 off %26 more%3F %231 %C3%BC").json()
    assert [item["name"] for item in found] == ["50% off & more? #1 ü"]


def test_the_summary_is_computed_from_the_items(client):
    def expected():
        items = loads(dumps(listed(client)), parse_float=Decimal)
        tracked = [item for item in items if item["track_inventory"]]
        kinds = [item["type"].lower() for item in items]
        return {
            "total_count": len(items),
            "total_services_count": kinds.count("service"),
            "total_product_count": kinds.count("product"),
            "total_fixed_assets_count": kinds.count("fixed asset"),
            "total_inventory_items_count": len(tracked),
            "total_inventory_non_items_count": len(items) - len(tracked),
            "total_retail_items_count": sum(item["retail_item"] for item in items),
            "total_buying_items_count": sum(item["buying_item"] for item in items),
            "sum_of_quantities": sum(item["quantity"] for item in items),
            "sum_of_inventory_quantities": sum(item["quantity"] for item in tracked),
            "total_inventory_worth": sum(
                item["quantity"] * Decimal(item["unit_price"]) for item in tracked
            ),
        }

    def summary():
        return loads(client.get("/api/v2/items/summary").text, parse_float=Decimal)

    before = summary()
    assert before == expected()
    assert before["total_services_count"] > 0
    assert before["total_fixed_assets_count"] > 0
    imported(client, {"name": "Third", "unit_cost": "0.10", "quantity": "0.3", "type": "PRODUCT"})
    after = summary()
    assert after == expected()
    assert after["total_inventory_worth"] - before["total_inventory_worth"] == Decimal("0.03")


class _Cells(HTMLParser):
    """Collects the text of each cell of a page's table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag, _):
        if tag == "tr":
            self.rows.append([])
        self._inside = tag in {"td", "th"}
        if self._inside:
            self.rows[-1].append("")

    def handle_endtag(self, _):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.rows[-1][-1] += data


def test_the_printable_list_is_a_page_of_the_state(client, word):
    imported(client, {"name": "<script>alert('x')</script>", "unit_cost": 1234.5, "quantity": 7})
    client.post("/api/v3/items/1/archive", json={})
    # A browser sends no token; the business is in the address.
    answer = client.get(f"/printallpitems?bid={word}", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script>" not in answer.text
    page = _Cells()
    page.feed(answer.text)
    heading, *rows = page.rows
    items = listed(client)
    assert [row[heading.index("Name")] for row in rows] == [item["name"] for item in items]
    assert [row[heading.index("Code")] for row in rows] == [item["code"] or "" for item in items]
    assert [Decimal(row[heading.index("Quantity")]) for row in rows] == [
        Decimal(str(item["quantity"])) for item in items
    ]
    made = next(row for row in rows if row[heading.index("Name")].startswith("<script>"))
    assert made[heading.index("Unit price")] == "1,234.50"
    archived = [row[heading.index("State")] for row in rows]
    assert archived == ["archived" if item["archived"] else "" for item in items]


def test_the_printable_list_is_of_the_business_in_its_address(client):
    other = client.get("/printallpitems?bid=test.empty-other")
    assert "<td>" not in other.text
    assert client.get("/printallpitems").status_code == 401
    assert client.get("/printallpitems?bid=somebody").status_code == 401


@pytest.mark.parametrize("path", ALL_LISTS)
def test_an_empty_business_has_empty_lists(client, path):
    answer = client.get(path, headers={"Authorization": "Bearer test.empty-built"}).json()
    rows = answer if isinstance(answer, list) else answer.get("data", answer.get("all"))
    assert rows == []
