"""Over a real socket: the life of a product from its creation to its archiving, in order."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from mock_server.live import LiveServer


@pytest.fixture
def live(serve):
    with LiveServer(serve("cliniko")) as running:
        yield running


def test_the_life_of_a_product(live):
    key = ("test-life-au1", "")
    with httpx.Client(base_url=f"{live.url}/cliniko/v1", auth=key) as client:
        assert client.get("/products", auth=None).status_code == 401

        taxes = client.get("/taxes").json()["taxes"]
        gst = next(tax for tax in taxes if tax["name"] == "GST")
        before = client.get("/products").json()["total_entries"]

        refused = client.post("/products", json={"item_code": "MO", "stock_level": "many"})
        assert refused.status_code == 422
        assert set(refused.json()["errors"]) == {"name", "stock_level"}
        assert client.get("/products").json()["total_entries"] == before

        created = client.post(
            "/products",
            json={
                "name": "Massage Oil 500 ml",
                "item_code": "MO",
                "price": 33,
                "price_includes_tax": True,
                "tax_id": gst["id"],
                "product_supplier_name": "Kestrelby Import",
                "stock_level": 10,
                "colour": "ignored",
            },
        )
        assert created.status_code == 201
        product = created.json()
        assert (product["price_ex_tax"], product["price_including_tax"]) == ("30.0", "33.0")
        url = product["links"]["self"]
        assert url == f"{live.url}/cliniko/v1/products/{product['id']}"
        assert client.get(url).json() == product

        page = client.get("/products", params={"sort": "created_at:desc", "per_page": 5}).json()
        assert page["products"][0] == product
        assert page["total_entries"] == before + 1
        following = client.get(page["links"]["next"]).json()
        assert product["id"] not in {row["id"] for row in following["products"]}
        found = client.get(
            "/products", params={"q[]": ["name:~massage oil", f"id:={product['id']}"]}
        )
        assert [row["id"] for row in found.json()["products"]] == [product["id"]]

        assert client.get(product["tax"]["links"]["self"]).json() == gst
        supplier = client.get(product["product_supplier"]["links"]["self"]).json()
        assert supplier["name"] == "Kestrelby Import"

        changed = client.patch(url, json={"price": 44, "notes": "Fragile"}).json()
        assert changed["price_ex_tax"] == "40.0"
        assert (changed["name"], changed["notes"]) == (product["name"], "Fragile")
        changed = client.put(url, json={"cost_price": "19.50"}).json()
        assert (changed["cost_price"], changed["notes"]) == ("19.5", "Fragile")
        assert Decimal(changed["price_ex_tax"]) == 40

        for quantity, kind in ((24, "Stock Purchase"), (-3, "Item Sold"), (-1, "Damaged")):
            body = {"product_id": product["id"], "quantity": quantity, "adjustment_type": kind}
            assert client.post("/stock_adjustments", json=body).status_code == 201
        assert client.get(url).json()["stock_level"] == 30
        history = client.get(product["stock_adjustments"]["links"]["self"]).json()
        assert [row["quantity"] for row in history["stock_adjustments"]] == [24, -3, -1]

        archived = client.post(f"{url}/archive")
        assert (archived.status_code, archived.content) == (204, b"")
        assert client.get(url).status_code == 404
        assert client.get("/products").json()["total_entries"] == before
        asking = {"q[]": f"id:={product['id']}"}
        assert client.get("/products", params=asking).json()["total_entries"] == 0
        asking = {"q[]": [f"id:={product['id']}", "archived_at:?"]}
        [kept] = client.get("/products", params=asking).json()["products"]
        assert kept["archived_at"] == kept["updated_at"] >= kept["created_at"]
        assert kept["stock_level"] == 30

        assert client.patch(url, json={"name": "Too late"}).status_code == 404
        assert client.delete(url).status_code == 404
        body = {"product_id": product["id"], "quantity": 1, "adjustment_type": "Returned"}
        assert client.post("/stock_adjustments", json=body).status_code == 422
        history = client.get(product["stock_adjustments"]["links"]["self"]).json()
        assert history["total_entries"] == 3


def test_answers_over_a_socket_are_those_in_process(live, serve, client_of):
    calls = [("GET", "/products"), ("GET", "/products/3?q[]=archived_at:*"), ("GET", "/products/x"),
             ("PUT", "/products"), ("HEAD", "/taxes"), ("OPTIONS", "/taxes/1")]  # fmt: skip
    inside = client_of(serve("cliniko"), "cliniko", auth=("test", ""), headers={"Host": "h.test"})
    with httpx.Client(auth=("test", ""), headers={"Host": "h.test"}) as outside:
        for method, path in calls:
            far = outside.request(method, f"{live.url}/cliniko/v1{path}")
            near = inside.request(method, path)
            assert (far.status_code, far.content) == (near.status_code, near.content)
            del far.headers["date"]
            assert far.headers == near.headers
