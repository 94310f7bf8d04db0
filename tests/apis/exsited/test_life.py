"""A life of an item over HTTP, in order, as an integration would live it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from mock_server.app import build_server
from mock_server.live import LiveServer
from tests.apis.exsited.organisation import Organisation


@pytest.fixture
def organisation() -> Iterator[Organisation]:
    server = build_server(["exsited"], at_native_path=True)
    with LiveServer(server) as live, httpx.Client(base_url=live.url) as client:
        organisation = Organisation(server, "test.empty-life", "empty", client)
        organisation.sign_in()
        yield organisation


def test_the_life_of_an_item(organisation: Organisation) -> None:
    item = organisation.item(
        name="Espresso machine",
        codes=[{"name": "UPC-CODE", "value": "036000291452"}],
        sale={"enabled": "true", "default_sale_price": "899"},
    )
    path = f"/items/{item['id']}"
    assert organisation.get(path)["item"]["sale"] == item["sale"]

    # It gets a price with tax, and somebody to buy it from.
    organisation.done(
        f"{path}/sale",
        {
            "items": {
                "sale": {
                    "accounting_code": "Sales Revenue",
                    "tax_configuration": {
                        "sale_price_entered_is_inclusive_of_tax": "true",
                        "tax_code": {"code": "GST"},
                    },
                    "pricing": {"pricing_module": [{"price": "949", "currency": "AUD"}]},
                }
            }
        },
    )
    organisation.done(
        f"{path}/purchase",
        {
            "items": {
                "purchase": {
                    "enabled": "true",
                    "suppliers": [{"id": "SUPPLIER-0002", "default_purchase_price": "520"}],
                }
            }
        },
    )
    whole = organisation.get(path)["item"]
    assert whole["sale"]["default_sale_price"] == "899.000000"
    assert whole["sale"]["tax_configuration"]["tax_code"]["rate"] == "10.000000"
    assert whole["purchase"]["suppliers"][0]["default_purchase_price"] == "520.000000"

    # Its stock is tracked by serial number in two places; three units come in, one is sold.
    organisation.done(
        f"{path}/inventory",
        {
            "item": {
                "inventories": {
                    "isEnabled": "true",
                    "warehouse_isEnabled": "true",
                    "warehouses": [{"name": "Default Warehouse"}, {"name": "North Depot"}],
                    "inventory_properties": {"enable_serialization": "true"},
                }
            }
        },
    )
    arrivals = [
        {"name": "Default Warehouse", "quantity": "2", "serial_number": "E-1,E-2"},
        {"name": "North Depot", "quantity": "1", "serial_number": "E-3"},
    ]
    first = organisation.move(item["id"], *arrivals, headers={"X-Idempotency-Key": "arrival"})
    again = organisation.move(item["id"], *arrivals, headers={"X-Idempotency-Key": "arrival"})
    assert again.content == first.content
    sold = {"name": "Default Warehouse", "quantity": "-1", "serial_number": "E-1"}
    assert organisation.move(item["id"], sold).is_success
    stock = organisation.stock(item["id"])
    assert {
        name: (each["quantity_on_hand"], each["serial_numbers"]) for name, each in stock.items()
    } == {
        "Default Warehouse": ("1.000000", ["E-2"]),
        "North Depot": ("1.000000", ["E-3"]),
    }

    # The manual goes into a note; then the item is taken off the shelves and put back.
    answer = organisation.client.post(
        f"/api/v3{path}/notes",
        data={"note": "Manual"},
        files={"file": ("manual.pdf", b"%PDF-1.7", "application/pdf")},
    )
    uuid = answer.json()["item"]["notes"]["uuid"]
    [file] = organisation.get(f"{path}/notes/{uuid}")["note"]["files"]
    described = organisation.get(f"{path}/notes/{uuid}/files/{file['uuid']}")["file"]
    assert organisation.client.get(described["href"]).content == b"%PDF-1.7"
    organisation.done(f"{path}/deactivate")
    assert organisation.move(item["id"], {**sold, "serial_number": "E-2"}).status_code == 409
    organisation.done(f"{path}/reactivate")
    assert organisation.move(item["id"], {**sold, "serial_number": "E-2"}).is_success

    end = organisation.get(path)["item"]
    assert (end["status"], end["version"]) == ("ACTIVE", "9")
    assert end["uuid"] == item["uuid"]
    assert [each["id"] for each in organisation.get("/items")["items"]] == [item["id"]]
