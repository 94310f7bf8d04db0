"""One catalogue in the dialects of all APIs, and where they differ."""

from __future__ import annotations

import json

import httpx
import pytest

from mock_server.app import build_server
from mock_server.cli import main
from mock_server.control.client import Control
from mock_server.in_process import InProcessTransport
from mock_server.live import LiveServer
from mock_server.seeding.catalogue import PARTS


@pytest.fixture(scope="module")
def server():
    return build_server()


@pytest.fixture
def sandbox(server):
    """The control of a sandbox in which all APIs sell the same."""
    for name in server.sandboxes.names():
        server.sandboxes.close(name)
    with Control(app=server) as control:
        yield control.create("test-sync", catalogue="shared")


@pytest.fixture
def cliniko(server):
    with httpx.Client(
        transport=InProcessTransport(server),
        base_url="http://localhost/cliniko/v1",
        auth=("test-sync", ""),
    ) as client:
        yield client


def test_all_apis_begin_with_the_same_goods(sandbox):
    found = sandbox.compare()
    assert found.same
    assert found.goods == 60
    assert len(found.apis) == 4
    assert found.differences == ()


@pytest.mark.usefixtures("sandbox")
def test_the_goods_of_each_api_are_in_its_answers_where_the_table_says(server):
    with httpx.Client(transport=InProcessTransport(server), base_url="http://localhost") as client:
        basic = ("test-sync", "x")
        one = client.get("/cliniko/v1/products/1", auth=basic).json()
        key = {"Authorization": "Bearer test-sync"}
        built = [
            item
            for page in (1, 2, 3)
            for item in client.get(f"/built/api/v3/items?page={page}", headers=key).json()["data"]
        ]
        url = "/skhokho/api/v1.0/organisation/organisation-1/inventory/"
        shown = client.get(url, auth=basic, params={"search": one["item_code"]}).json()["results"]
    skhokho = next(each for each in shown if each["product_code"] == one["item_code"])
    assert skhokho["name"] == one["name"]
    assert skhokho["barcode"] == one["serial_number"]
    assert float(skhokho["selling_price"]) == float(one["price_including_tax"])
    assert float(skhokho["current_stock"]) == one["stock_level"]
    item = next(each for each in built if each["code"] == one["item_code"])
    assert item["name"] == one["name"]
    assert item["description"] == f"EAN {one['serial_number']}"
    assert item["selling_price"] == float(one["price_including_tax"])
    assert item["quantity"] == one["stock_level"]


def test_what_is_changed_in_one_api_is_a_difference(sandbox, cliniko):
    code = cliniko.get("/products/1").json()["item_code"]
    cliniko.patch("/products/1", json={"name": "Renamed", "price": 1.5})
    cliniko.delete("/products/2")
    cliniko.post("/products", json={"name": "New", "item_code": "NEW-1"})
    cliniko.post("/products", json={"name": "Uncoded"})
    found = sandbox.compare()
    assert not found.same
    parts = {(each.code, each.part): each.values for each in found.differences}
    assert parts[code, "name"]["cliniko"] == "Renamed"
    assert parts[code, "price"]["cliniko"] == "1.5"
    assert parts["NEW-1", "code"] == {"built": 0, "cliniko": 1, "exsited": 0, "skhokho": 0}
    assert sum(part == "code" for _, part in parts) == 2
    assert found.without_code == {"built": 0, "cliniko": 1, "exsited": 0, "skhokho": 0}


def test_another_seed_gives_other_goods_and_the_usual_catalogues_differ(server):
    for name in server.sandboxes.names():
        server.sandboxes.close(name)
    with Control(app=server) as control:
        control.create("test-a", catalogue="shared", seed=5)
        control.create("test-b", catalogue="shared", seed=6)
        first, second = (control.sandbox(name).export(["cliniko"]) for name in ("test-a", "test-b"))
        assert first["apis"]["cliniko"]["products"] != second["apis"]["cliniko"]["products"]
        assert control.sandbox("test-a").compare().same
        assert not control.create("test-c").compare().same


@pytest.mark.usefixtures("sandbox")
def test_the_command_lists_differences_and_ends_with_1(cliniko, server, monkeypatch, capsys):
    with LiveServer(server) as live:
        monkeypatch.setenv("MOCK_SERVER_URL", live.url)
        assert main(["compare", "test-sync"]) == 0
        assert capsys.readouterr().out.splitlines() == ["60 goods, 0 differences"]
        code = cliniko.get("/products/1").json()["item_code"]
        cliniko.patch("/products/1", json={"name": "Renamed"})
        assert main(["compare", "test-sync"]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["CODE", "PART", "BUILT", "CLINIKO", "EXSITED", "SKHOKHO"]
        assert lines[1].startswith(code)
        assert main(["compare", "test-sync", "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["same"] is False


def test_every_api_says_where_each_part_is(server):
    for vendor in server.vendors:
        assert vendor.api.catalogue is not None
        assert tuple(vendor.api.catalogue.fields) == PARTS
