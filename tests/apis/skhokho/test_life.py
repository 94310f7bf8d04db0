"""The life of one product, over HTTP, from its first delivery to its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from mock_server.app import build_server
from mock_server.live import LiveServer
from tests.apis.skhokho.bodies import png

PATH = "/api/v1.0/organisation/tea-house/inventory/"


@pytest.fixture(params=["its own path", "beside others"])
def url(request: pytest.FixtureRequest) -> Any:
    native = request.param == "its own path"
    server = build_server(["skhokho"] if native else ["cliniko", "skhokho"], at_native_path=native)
    with LiveServer(server) as live:
        yield live.url + server.base_path("skhokho")


def test_a_product_from_its_first_delivery_to_its_end(url: str) -> None:
    with httpx.Client(base_url=url, auth=("test.empty", "secret")) as client:

        def get(path: str = "", **query: str) -> Any:
            response = client.get(f"{PATH}{path}", params=query)
            assert response.status_code == 200, response.text
            return response.json()

        assert get() == {"count": 0, "next": None, "previous": None, "results": []}

        picture = png(8, 8)
        created = client.post(
            f"{PATH}create/",
            data={
                "name": " Rooibos tea ",
                "product_type": "buy",
                "category": "Tea",
                "product_code": "RB-040",
                "unit_of_measure": "box",
                "cost_price": "21.4",
                "selling_price": "34.90",
                "minimum_stock_level": "24",
                "maximum_stock_level": "",
                "supplier_name": "Cederberg Growers",
            },
            files={"image": ("rooibos.png", picture, "image/png")},
        )
        assert created.status_code == 201
        product = created.json()
        unique_id = product["unique_id"]
        assert product["name"] == "Rooibos tea"
        assert (product["cost_price"], product["maximum_stock_level"]) == ("21.40", None)
        assert client.get(product["image"]).content == picture
        assert get(f"{unique_id}/") == product
        born = datetime.fromisoformat(product["date_created"])

        # Nothing is on the shelf yet, so it is low on stock until the delivery is booked.
        assert get(low_stock="true", category="Tea")["count"] == 1
        booked = client.patch(f"{PATH}{unique_id}/update/", json={"current_stock": 120})
        assert booked.json()["current_stock"] == "120.00"
        assert get(low_stock="true")["count"] == 0
        assert get(search="rb-04")["results"][0]["current_stock"] == "120.00"

        # A slip of the keyboard: nothing of it is kept.
        slip = client.patch(
            f"{PATH}{unique_id}/update/", json={"selling_price": "39.999", "status": "actve"}
        )
        assert slip.status_code == 400
        assert slip.json() == {
            "selling_price": ["Ensure that there are no more than 2 decimal places."],
            "status": ['"actve" is not a valid choice.'],
        }
        assert get(f"{unique_id}/") == booked.json()

        renamed = client.put(
            f"{PATH}{unique_id}/update/",
            data={"name": "Rooibos tea, organic", "product_type": "manufacture", "image": ""},
        ).json()
        assert renamed["image"] is None
        assert renamed["current_stock"] == "120.00"
        assert get(name="ORGANIC", product_type="manufacture")["count"] == 1

        sold_out = get(f"{unique_id}/action/", action="mark_out_of_stock")
        assert (sold_out["status"], sold_out["current_stock"]) == ("out_of_stock", "0.00")
        assert get(low_stock="true")["count"] == 1
        assert get(status="out_of_stock")["count"] == 1

        closed = get(f"{unique_id}/action/", action="deactivate")
        assert get(f"{unique_id}/action/", action="deactivate") == closed
        assert get(status="inactive")["results"][0]["unique_id"] == unique_id
        assert get(status="active")["count"] == 0
        assert datetime.fromisoformat(closed["last_updated"]) >= born
        assert closed["date_created"] == product["date_created"]

        # A client that forgets the last slash, and follows where it is sent.
        moved = client.get(f"{PATH}{unique_id}", follow_redirects=True)
        assert moved.json() == closed
