"""Links are absolute, on the caller's host, and can be followed."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from mock_server.app import build_server
from mock_server.in_process import InProcessTransport
from tests.apis.cliniko.accounts import ORIGIN


def query_of(url):
    return sorted(pair for pair in parse_qsl(urlsplit(url).query) if pair[0] != "page")


def page_of(url):
    return dict(parse_qsl(urlsplit(url).query))["page"]


def test_a_product_links_to_its_tax_supplier_and_adjustments(account):
    product = account.product(tax_id="2", product_supplier_name="Marrowfield Trading")
    other = account.product()
    for one, quantity in ((product, 5), (other, 7), (product, -2)):
        assert account.adjust(one["id"], quantity).status_code == 201
    tax = account.client.get(product["tax"]["links"]["self"]).json()
    assert (tax["id"], tax["name"], tax["rate"]) == ("2", "VAT", "15.0")
    supplier = account.client.get(product["product_supplier"]["links"]["self"]).json()
    assert supplier["name"] == "Marrowfield Trading"
    adjustments = account.client.get(product["stock_adjustments"]["links"]["self"]).json()
    assert [row["quantity"] for row in adjustments["stock_adjustments"]] == [5, -2]
    assert adjustments["total_entries"] == 2
    for row in adjustments["stock_adjustments"]:
        back = account.client.get(row["product"]["links"]["self"]).json()
        assert back["id"] == product["id"]


@pytest.mark.parametrize(
    "collection", ["products", "taxes", "product_suppliers", "stock_adjustments", "users"]
)
def test_every_row_of_every_list_is_what_its_own_link_gives(account, collection):
    rows = account.rows(collection)
    assert rows
    for row in rows:
        assert account.client.get(row["links"]["self"]).json() == row


def test_every_link_of_every_seeded_product_leads_somewhere(account):
    for row in account.rows("products"):
        for name in ("product_supplier", "stock_adjustments", "tax"):
            if name in row:
                answer = account.client.get(row[name]["links"]["self"])
                assert answer.status_code == 200, row[name]


def test_links_have_the_forms_of_the_document(account):
    product = account.product(tax_id="1", product_supplier_name="Oakhurst Import")
    number, base = product["id"], f"{ORIGIN}/cliniko/v1"
    supplier = account.rows("product_suppliers")[-1]["id"]
    assert product["links"] == {"self": f"{base}/products/{number}"}
    assert product["tax"] == {"links": {"self": f"{base}/taxes/1"}}
    assert product["product_supplier"] == {
        "links": {"self": f"{base}/product_suppliers/{supplier}"}
    }
    assert product["stock_adjustments"] == {
        "links": {"self": f"{base}/stock_adjustments?q%5B%5D=product_id%3A%3D{number}"}
    }


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("http://mock.test", "shop.example:9000", "http://shop.example:9000"),
        ("https://mock.test", "api.au1.cliniko.com", "https://api.au1.cliniko.com"),
        ("http://mock.test", "[::1]:8080", "http://[::1]:8080"),
        ("http://mock.test:81", 'x"><script>', "http://mock.test:81"),
        ("http://mock.test", "[nonsense]", "http://mock.test:80"),
    ],
)
def test_links_are_on_the_host_that_the_caller_called(account, url, host, origin):
    answer = account.client.get(
        f"{url}/cliniko/v1/products?per_page=1", headers={"Host": host}
    ).json()
    product = answer["products"][0]
    links = [*answer["links"].values(), product["links"]["self"]]
    assert len(links) == 3
    assert all(link.startswith(f"{origin}/cliniko/v1/products") for link in links)


def test_a_server_of_this_api_alone_links_at_the_native_path(vendors):

    server = build_server(vendors=vendors, at_native_path=True)
    with httpx.Client(transport=InProcessTransport(server), auth=("test", "")) as client:
        answer = client.get("http://mock.test/v1/products").json()
        assert answer["links"]["self"].startswith("http://mock.test/v1/products?")
        assert client.get(answer["products"][3]["links"]["self"]).json() == answer["products"][3]


def test_a_list_on_one_page_links_to_itself_alone(empty):
    assert empty.get("/products") == {
        "products": [],
        "total_entries": 0,
        "links": {"self": f"{ORIGIN}/cliniko/v1/products?page=1"},
    }


def test_pages_link_to_those_before_and_after_them(account):
    total = account.get("/products")["total_entries"]
    assert 50 < total < 60
    pages = list(account.pages("/products"))
    assert [len(page["products"]) for page in pages] == [50, total - 50]
    assert [sorted(page["links"]) for page in pages] == [["next", "self"], ["previous", "self"]]
    assert [page_of(page["links"]["self"]) for page in pages] == ["1", "2"]
    back = account.client.get(pages[1]["links"]["previous"]).json()
    assert back == pages[0]
    for page in pages:
        assert account.client.get(page["links"]["self"]).json() == page


def test_a_last_page_that_is_full_has_no_next_one(empty):
    for _ in range(4):
        empty.product()
    page = empty.get("/products", per_page=2, page=2)
    assert len(page["products"]) == 2
    assert sorted(page["links"]) == ["previous", "self"]


def test_past_the_end_the_list_is_empty_and_the_total_right(account):
    total = account.get("/products")["total_entries"]
    page = account.get("/products", page=9)
    assert (page["products"], page["total_entries"]) == ([], total)
    assert sorted(page["links"]) == ["previous", "self"]
    assert account.get("/products", page=10**30)["products"] == []


def test_links_keep_the_size_the_filters_and_the_order(account):
    filters = ["archived_at:*", "name:!=a b&c=d%+é"]
    query = {"per_page": 7, "sort": "name:desc,id", "order": "desc", "page": 2}
    page = account.get("/products", *filters, **query)
    assert sorted(page["links"]) == ["next", "previous", "self"]
    expected = sorted(
        [
            ("order", "desc"),
            ("per_page", "7"),
            ("q[]", filters[0]),
            ("q[]", filters[1]),
            ("sort", "name:desc,id"),
        ]
    )
    for name, number in (("previous", "1"), ("self", "2"), ("next", "3")):
        assert query_of(page["links"][name]) == expected
        assert page_of(page["links"][name]) == number
        assert "q%5B%5D=" in page["links"][name]
    assert account.client.get(page["links"]["self"]).json() == page


def test_lists_are_sorted_by_their_creation_unless_told_otherwise(empty):
    for day in (3, 1, 2):
        empty.sandbox.clock.freeze(datetime(2026, 3, day, tzinfo=UTC))
        empty.product(name=f"day {day}")
    names = [row["name"] for row in empty.rows("products")]
    assert names == ["day 1", "day 2", "day 3"]
    names = [row["name"] for row in empty.rows("products", order="desc")]
    assert names == ["day 3", "day 2", "day 1"]
