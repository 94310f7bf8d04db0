"""Pages, orders and filters beyond what the probes ask."""

from __future__ import annotations

import pytest

from tests.lab.standin.probes.lists import make_all


@pytest.fixture
def shelf(world):
    """Five products a second apart, `a` to `e`: `c` is archived, `b` and `d` have a tax."""
    for name in "abcde":
        tax = {"tax_id": "1"} if name in "bd" else {}
        product = world.make(name, **tax)
        if name == "c":
            world.archive(product)
        world.now += 1
    return world


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], "abde"),
        (["archived_at:*"], "abcde"),
        (["archived_at:?"], "c"),
        (["archived_at:!?"], "abde"),
        (["archived_at:<2026-01-01T00:00:03Z"], "c"),
        (["archived_at:>2026-01-01T00:00:02Z"], ""),
        (["created_at:>2026-01-01T00:00:01Z"], "de"),
        (["created_at:>=2026-01-01T00:00:01Z"], "bde"),
        (["created_at:<2026-01-01T00:00:01Z"], "a"),
        (["created_at:<=2026-01-01T00:00:01Z"], "ab"),
        (["created_at:>=2024-02-31T00:00:00Z"], "abde"),
        (["updated_at:*"], "abde"),
        (["id:=2,4,77"], "bd"),
        (["id:=-1"], ""),
        (["id:!=2"], "ade"),
        (["id:>2"], "de"),
        (["id:>=2"], "bde"),
        (["id:<2"], "a"),
        (["id:<=2"], "ab"),
        (["id:?"], "abde"),
        (["tax_id:=1"], "bd"),
        (["tax_id:?"], "bd"),
        (["tax_id:!?"], "ae"),
        (["tax_id:!=1"], ""),
        (["name:=b"], "b"),
        (["name:!=b"], "ade"),
        (["name:~"], "abde"),
        (["name:~~%"], "abde"),
        (["name:~~%%%d"], "d"),
        (["name:!?"], ""),
        (["id:" + "=1" + ",2" * 3000], "ab"),
        (["id:>1", "name:!=d", "archived_at:*"], "bce"),
    ],
)
def test_a_filter_lets_through_what_it_says(shelf, filters, names):
    page = shelf.page(*filters)
    assert "".join(product["name"] for product in page["products"]) == names
    assert page["total_entries"] == len(names)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"order": "desc"}, "edba"),
        ({"sort": "name", "order": "desc"}, "edba"),
        ({"sort": "name:asc", "order": "desc"}, "abde"),
        ({"sort": "created_at:desc"}, "edba"),
        ({"sort": ""}, "abde"),
        ({"sort": ["id", "id:desc"]}, "edba"),
        ({"sort": ",".join(["id:desc"] * 3000)}, "edba"),
    ],
)
def test_a_list_is_sorted_as_asked(shelf, query, names):
    assert "".join(shelf.names(**query)) == names


def test_costs_sort_by_value(world):
    for cost in ("10", "9.5", "3999999999.0000000001", "3999999999"):
        world.make(cost, cost_price=cost)
    assert world.names(sort="cost_price") == ["9.5", "10", "3999999999", "3999999999.0000000001"]


def test_a_client_follows_the_links_through_a_filtered_and_sorted_list(shelf):
    page = shelf.page("id:>1", sort="name:desc", order="asc", per_page=2, page=1, colour="red")
    seen = []
    while True:
        seen.append([product["name"] for product in page["products"]])
        if "next" not in page["links"]:
            break
        page = shelf.client.get(page["links"]["next"]).json()
    assert seen == [["e", "d"], ["b"]]
    assert page["links"] == {
        "self": "http://standin.test/v1/products"
        "?order=asc&page=2&per_page=2&q%5B%5D=id%3A%3E1&sort=name%3Adesc",
        "previous": "http://standin.test/v1/products"
        "?order=asc&page=1&per_page=2&q%5B%5D=id%3A%3E1&sort=name%3Adesc",
    }


def test_a_page_has_fifty_unless_asked_and_a_hundred_at_most(standin):
    world = standin(products=130)
    assert [len(world.names("archived_at:*", per_page=size)) for size in (1, 100)] == [1, 100]
    assert len(world.names("archived_at:*")) == 50
    assert len(world.names("archived_at:*", page=3)) == 30
    assert world.names("archived_at:*", page="9" * 900) == []


def test_one_product_is_shown_as_its_filter_says(shelf):
    def status(product, asked):
        return shelf.client.get(f"/products/{product}", params={"q[]": asked}).status_code

    assert [status(3, each) for each in ("archived_at:*", "archived_at:?")] == [200, 200]
    assert [status(3, each) for each in ("archived_at:!?", [])] == [404, 404]
    assert [status(1, each) for each in ("archived_at:!?", "archived_at:?")] == [200, 404]


def test_the_linked_pages_are_filtered_and_sorted_too(world):
    make_all(world, "a")
    first = world.page(path="/taxes")["taxes"][0]
    free = world.page(f"id:={first['id']}", path="/taxes")
    assert [(tax["name"], tax["rate"]) for tax in free["taxes"]] == [("Tax free", "0.0")]
    suppliers = world.page(path="/product_suppliers", sort="name:desc")["product_suppliers"]
    names = [supplier["name"] for supplier in suppliers]
    assert names == sorted(names, reverse=True)


def test_adjustments_are_found_by_their_product(world):
    one, two = world.make("one"), world.make("two")
    for product, quantity in ((one, 5), (two, 1), (one, -2)):
        world.adjust(product, quantity)
    link = one["stock_adjustments"]["links"]["self"]
    found = world.client.get(link).json()["stock_adjustments"]
    assert [each["quantity"] for each in found] == [5, -2]
    assert found[0]["product"] == {"links": one["links"]}
    everything = world.page(path="/stock_adjustments", sort="quantity")["stock_adjustments"]
    assert [each["quantity"] for each in everything] == [-2, 1, 5]
