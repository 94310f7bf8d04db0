"""The vendor's own SDK, unmodified and over HTTP, does everything that the document describes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from exsited import AuthConfig, ExsitedClient, SdkConfig, iter_records
from exsited.errors import SdkAuthError, SdkError
from exsited.resources.items import items_urls
from exsited.resources.items.items_dto import (
    InventoryAdd,
    ItemCreate,
    ItemInventoriesWrite,
    ItemPurchaseWrite,
    ItemSaleWrite,
)

from mock_server.app import MockServer, build_server
from mock_server.live import LiveServer

_numbers = count(1)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[MockServer, str]]:
    server = build_server(["exsited"])
    with LiveServer(server) as live:
        yield server, f"{live.url}/exsited"


def client_for(url: str, client_id: str) -> ExsitedClient:
    auth = AuthConfig(
        client_name="mock",
        base_url=url,
        client_id=client_id,
        client_secret="any",
        redirect_uri="https://example.com/",
        token_cache_path=None,
    )
    return ExsitedClient(SdkConfig(auth, api_version="v3", raise_on_error=True))


@pytest.fixture
def client_id() -> str:
    """The client of an organisation without items that no other test uses."""
    return f"test.empty-sdk-{next(_numbers)}"


@pytest.fixture
def client(served: tuple[MockServer, str], client_id: str) -> Iterator[ExsitedClient]:
    with client_for(served[1], client_id) as sdk:
        yield sdk


def test_a_whole_life_with_the_documents_own_bodies(client: ExsitedClient) -> None:
    created = client.items.create_item(
        {
            "items": {
                "id": "CHAIR-9",
                "type": "STANDARD",
                "name": "Oak chair",
                "codes": [{"name": "UPC-CODE", "value": "036000291452"}],
                "sale": {"enabled": "true", "default_sale_price": "149.90"},
                "inventories": {
                    "enabled": "true",
                    "warehouse_isEnabled": "true",
                    "warehouses": [{"name": "Default Warehouse", "quantity_available": "12"}],
                },
            }
        }
    )
    assert created.status_code == 201
    assert created.map["item"]["id"] == "CHAIR-9"
    assert created.dto.name == "Oak chair"

    sale = client.items.create_item_sale(
        "CHAIR-9",
        {
            "items": {
                "currencies": [{"name": "AUD", "used_for_sale": "true"}],
                "sale": {"enabled": "true", "default_sale_price": "99.00"},
            }
        },
    )
    assert sale.map["item"]["sale"]["default_sale_price"] == "99.000000"
    assert client.items.get_item_sale("CHAIR-9").map == sale.map

    purchase = client.items.create_item_purchase(
        "CHAIR-9",
        {
            "items": {
                "purchase": {
                    "enabled": "true",
                    "suppliers": [{"id": "", "default_purchase_price": "60.00"}],
                }
            }
        },
    )
    assert purchase.map["item"]["purchase"]["suppliers"][0]["id"] == "SUPPLIER-0001"
    assert client.items.get_item_purchase("CHAIR-9").map == purchase.map

    inventory = client.items.create_item_inventory(
        "CHAIR-9",
        {
            "item": {
                "inventories": {
                    "isEnabled": "true",
                    "warehouses": [{"name": "North Depot"}],
                    "inventory_properties": {"enable_serialization": "true"},
                }
            }
        },
    )
    assert [each["name"] for each in inventory.map["item"]["inventories"]["warehouses"]] == [
        "Default Warehouse",
        "North Depot",
    ]
    assert client.items.get_item_inventories("CHAIR-9").map == inventory.map

    stock = client.items.add_item_inventory(
        "CHAIR-9",
        {
            "item": {
                "inventories": {
                    "warehouses": [
                        {"name": "North Depot", "quantity": "2", "serial_number": "SN-1,SN-2"}
                    ]
                }
            }
        },
    )
    assert [
        each["quantity_on_hand"] for each in stock.map["item"]["inventories"]["warehouses"]
    ] == ["12.000000", "2.000000"]

    assert client.items.deactivate_item("CHAIR-9").status_code == 204
    assert client.items.get_item("CHAIR-9").dto.status == "INACTIVE"
    assert client.items.reactivate_item("CHAIR-9").status_code == 204
    assert client.items.get_item_information("CHAIR-9").dto.status == "ACTIVE"
    assert client.items.get_item_kpis("CHAIR-9").map["item"]["kpis"]["total_orders"] == "0"

    plain = client.items.create_item_note("CHAIR-9", "without a file")
    assert plain.status_code == 201
    noted = client.items.create_item_note(
        "CHAIR-9", "with a file", files={"file": ("care.txt", b"wipe with a damp cloth")}
    )
    notes = client.items.get_item_notes("CHAIR-9").map["item"]["notes"]
    assert [note["content"] for note in notes["notes"]] == ["without a file", "with a file"]
    uuid = noted.map["item"]["notes"]["uuid"]
    note = client.items.get_item_note("CHAIR-9", uuid)
    assert note.dto.content == "with a file"
    [file] = note.map["note"]["files"]
    described = client.items.get_item_note_file("CHAIR-9", uuid, file["uuid"]).dto
    assert (described.filename, described.size) == ("care.txt", 22)
    assert client.send_get_request(described.href).map == b"wipe with a damp cloth"


def test_the_typed_bodies_of_the_sdk_are_taken(client: ExsitedClient) -> None:
    created = client.items.create_item(
        ItemCreate(name="Oak chair", type="STANDARD", description="Sturdy", sale={"enabled": True})
    )
    item_id = created.dto.id
    assert created.map["item"]["sale"]["enabled"] == "true"
    sale = client.items.create_item_sale(item_id, ItemSaleWrite(sale={"default_sale_price": 9.5}))
    assert sale.map["item"]["sale"]["default_sale_price"] == "9.500000"
    purchase = client.items.create_item_purchase(
        item_id, ItemPurchaseWrite(purchase={"enabled": True})
    )
    assert purchase.map["item"]["purchase"]["enabled"] == "true"
    inventories = {"enabled": True, "warehouses": [{"name": "North Depot"}]}
    client.items.create_item_inventory(item_id, ItemInventoriesWrite(inventories=inventories))
    moved = client.items.add_item_inventory(
        item_id, InventoryAdd(inventories={"warehouses": [{"name": "North Depot", "quantity": 3}]})
    )
    [stock] = moved.map["item"]["inventories"]["warehouses"]
    assert stock["quantity_available"] == "3.000000"


def test_lists_are_paged_by_offset(served: tuple[MockServer, str]) -> None:
    with client_for(served[1], "test-pages") as client:
        seen: list[str] = []
        offset = 0
        while True:
            page = client.items.get_items({"limit": 25, "offset": offset, "order_by": "name"}).map
            seen += [item["id"] for item in page["items"]]
            if page["pagination"]["next_page"] == "NULL":
                break
            offset += 25
        assert len(seen) == len(set(seen)) == page["pagination"]["records"] == 60


def test_the_pager_of_the_sdk_walks_the_list(served: tuple[MockServer, str]) -> None:
    with client_for(served[1], "test-pager") as client:
        items = iter_records(client, items_urls.ITEMS, "items", query_params={"limit": 25})
        assert len({item["id"] for item in items}) == 60


@pytest.mark.parametrize("spoil", ["expired", "revoked", "forgotten"])
def test_a_token_that_went_bad_is_renewed_and_the_call_made_once(
    served: tuple[MockServer, str], client: ExsitedClient, client_id: str, spoil: str
) -> None:
    server, url = served
    client.items.create_item({"items": {"type": "STANDARD", "name": "First"}})
    sandbox = server.sandbox(client_id)
    assert sandbox is not None
    if spoil == "expired":
        sandbox.clock.advance(timedelta(hours=2))
    elif spoil == "revoked":
        with client_for(url, client_id) as other:
            other.items.get_items()
    else:
        server.sandboxes.close(client_id)
    client.items.create_item({"items": {"type": "STANDARD", "name": "Second"}})
    names = [item["name"] for item in client.items.get_items().map["items"]]
    assert names.count("Second") == 1


def test_a_create_resumed_with_its_key_makes_one_item(client: ExsitedClient) -> None:
    for _ in range(2):
        client.send_post_request(
            items_urls.ITEMS,
            json_body={"items": {"type": "STANDARD", "name": "Once"}},
            headers={"X-Idempotency-Key": "saved"},
        )
    assert len(client.items.get_items().map["items"]) == 1


def test_errors_are_read_as_the_sdk_reads_them(client: ExsitedClient) -> None:
    with pytest.raises(SdkError) as missing:
        client.items.get_item("NONE")
    assert (missing.value.status_code, missing.value.error_code) == (404, "resource_not_found")
    assert missing.value.request_id
    with pytest.raises(SdkError) as invalid:
        client.items.create_item({"items": {"type": "STANDARD"}})
    assert (invalid.value.status_code, invalid.value.error_code) == (400, "validation_error")
    assert invalid.value.field_errors == [
        {"field": "items.name", "code": "required", "message": "items.name is required"}
    ]
    client.items.create_item({"items": {"id": "A", "type": "STANDARD", "name": "x"}})
    with pytest.raises(SdkError) as taken:
        client.items.create_item({"items": {"id": "A", "type": "STANDARD", "name": "x"}})
    assert (taken.value.status_code, taken.value.error_code) == (409, "already_exists")


def test_a_client_that_is_none_is_an_authentication_error(served: tuple[MockServer, str]) -> None:
    with client_for(served[1], "nobody") as client, pytest.raises(SdkAuthError) as refused:
        client.items.get_items()
    assert refused.value.status_code == 302
    assert "redirecting to its sign-in page" in str(refused.value)
