"""Seed files: export, import, and every mistake with its place."""

from __future__ import annotations

import json

import pytest
import yaml

from mock_server.app import build_server
from mock_server.control.client import Control, ControlError
from mock_server.control.seed_checks import mistakes_in
from mock_server.control.seed_files import (
    SeedFileError,
    dumped,
    read_records_file,
    read_seed_file,
)
from mock_server.control.seed_records import exported, read_records, tables_of
from mock_server.settings import Settings
from mock_server.state.references import dangling
from mock_server.state.sandbox import SandboxName
from mock_server.state.store import State

SHOP = """\
apis:
  cliniko:
    taxes:
      - id: 1
        name: GST
        rate: 10
        created_at: 2026-01-01T00:00:00Z
        updated_at: 2026-01-01T00:00:00Z
    products:
      - id: 12
        name: Cedar Balm
        price: 12.10
        price_includes_tax: true
        tax_id: 1
        stock_level: 5
        created_at: 2026-01-02T00:00:00Z
        updated_at: 2026-01-02T00:00:00Z
"""


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


def test_records_of_a_file_replace_those_of_the_apis_it_names(control, cliniko, shop):
    sandbox = control.create("test-shop")
    sandbox.seed(read_seed_file(shop).document)
    (product,) = cliniko("test-shop").get("/products").json()["products"]
    assert (product["name"], product["price_ex_tax"]) == ("Cedar Balm", "11.0")
    # Numbers go on after the highest that is used.
    assert cliniko("test-shop").post("/products", json={"name": "x"}).json()["id"] == "13"


def test_a_server_starts_with_a_seed_file_and_reset_brings_it_back(server, shop, client_of):
    settings = Settings(seed_file=shop)
    seeded = build_server(vendors=server.vendors, settings=settings)
    client = client_of(seeded, "cliniko", auth=("test-a", ""))
    assert client.get("/products").json()["total_entries"] == 1
    client.delete("/products/12")
    with Control(app=seeded) as control:
        control.sandbox("test-a").reset()
        assert client.get("/products").json()["total_entries"] == 1
        assert control.sandbox("test-a").difference().total == 0
    empty = client_of(seeded, "cliniko", auth=("test.empty-a", ""))
    assert empty.get("/products").json()["total_entries"] == 0


def test_a_server_that_starts_with_an_export_draws_no_number_twice(
    control, cliniko, server, tmp_path, client_of
):
    sandbox = control.create("test-x", persona="empty")
    cliniko("test-x").post("/products", json={"name": "one"})
    path = tmp_path / "export.json"
    path.write_text(dumped(sandbox.export(), str(path)), encoding="utf-8")
    seeded = build_server(vendors=server.vendors, settings=Settings(seed_file=path))
    client = client_of(seeded, "cliniko", auth=("test-y", ""))
    assert client.post("/products", json={"name": "two"}).json()["id"] == "2"
    assert seeded.sandbox("test-y").state.revision == 2


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_an_export_that_is_imported_gives_an_equal_state(
    control, server, cliniko, tmp_path, suffix
):
    sandbox, client = control.create("test-one"), cliniko("test-one")
    client.patch("/products/1", json={"name": "Ünïque", "price": 0.10, "price_includes_tax": True})
    path = tmp_path / f"export.{suffix}"
    path.write_text(dumped(sandbox.export(), str(path)), encoding="utf-8")
    other = control.create("test-two", persona="empty")
    other.seed(read_seed_file(path).document)
    one, two = server.sandbox("test-one").state, server.sandbox("test-two").state
    assert one.difference(two) == ()
    assert one.sequences == two.sequences
    assert one.revision == two.revision


def test_every_api_of_the_real_vendors_survives_the_round_trip(vendors):
    server = build_server(vendors=vendors)
    tables = tables_of(vendors)
    with Control(app=server) as control:
        sandbox = control.create("test-all")
        document = json.loads(json.dumps(sandbox.export()))
    whole = server.sandbox("test-all").whole(State(), tables)
    records, problems = read_records(document, tables)
    assert problems == []
    assert records.put_into(State()).difference(whole) == ()
    assert records.put_into(State()).sequences == whole.sequences
    assert set(document["apis"]) == {vendor.api.name for vendor in vendors}


def test_one_api_can_be_exported_and_others_stay(control):
    sandbox = control.create("test-part")
    assert list(sandbox.export(["cliniko"])["apis"]) == ["cliniko"]
    with pytest.raises(ControlError, match="there is no API 'nope'"):
        sandbox.export(["nope"])
    assert sandbox.seed({"apis": {}}).revision == 0


MISTAKES = """\
apis:
  clinico: {}
  cliniko:
    product: []
    taxes: 5
    products:
      - id: 1
        name: 7
        price: a lot
        stock_level: 1.5
        created_at: yesterday
        updated_at: 2026-01-02T00:00:00
        colour: red
      - id: 2
        created_at: 2026-01-02T00:00:00Z
        updated_at: 2026-01-02T00:00:00Z
    sequences: {products: -1}
revisions: 1
"""


def test_every_mistake_is_told_with_its_line(vendors, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bad.yaml"
    path.write_text(MISTAKES, encoding="utf-8")
    with pytest.raises(SeedFileError) as caught:
        read_records_file(path, [each for each in vendors if each.api.name == "cliniko"])
    lines = [line.split(": ", 2) for line in str(caught.value).splitlines()]
    assert [(place, pointer.removeprefix("/apis/cliniko")) for place, pointer, _ in lines] == [
        ("bad.yaml:2", "/apis/clinico"),
        ("bad.yaml:4", "/product"),
        ("bad.yaml:5", "/taxes"),
        ("bad.yaml:8", "/products/0/name"),
        ("bad.yaml:9", "/products/0/price"),
        ("bad.yaml:10", "/products/0/stock_level"),
        ("bad.yaml:11", "/products/0/created_at"),
        ("bad.yaml:12", "/products/0/updated_at"),
        ("bad.yaml:13", "/products/0/colour"),
        ("bad.yaml:14", "/products/1/name"),
        ("bad.yaml:17", "/sequences/products"),
        ("bad.yaml:18", "/revisions"),
    ]


def test_a_seed_with_a_mistake_changes_nothing(control, cliniko):
    sandbox = control.create("test-safe", persona="empty")
    cliniko("test-safe").post("/products", json={"name": "Balm"})
    document = sandbox.export()
    good = document["apis"]["cliniko"]["products"][0]
    document["apis"]["cliniko"]["products"] = [{**good, "id": 5}, good, good, {**good, "id": "x"}]
    with pytest.raises(ControlError) as caught:
        sandbox.seed(document)
    assert caught.value.status == 422
    assert [pointer for pointer, _ in caught.value.problems] == [
        "/apis/cliniko/products/2",
        "/apis/cliniko/products/3/id",
    ]
    assert len(str(caught.value).splitlines()) == 1
    assert sandbox.export()["apis"]["cliniko"]["products"] == [good]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.yaml", "apis: [", "a.yaml:1: "),
        (
            "b.yaml",
            "apis:\n  cliniko: {}\n  cliniko: {}\n",
            "b.yaml:3: /apis/cliniko: stands twice",
        ),
        ("c.json", '{"apis":\n {"cliniko" {}}}', "c.json:"),
        ("d.yaml", "- 1\n", "d.yaml:1: /apis: must be an object"),
        ("e.yaml", "", "e.yaml:1: /apis: must be an object"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    server, tmp_path, monkeypatch, name, text, complaint
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SeedFileError) as caught:
        read_records_file(path, server.vendors)
    assert str(caught.value).startswith(complaint)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(SeedFileError, match=r"none\.yaml: No such file"):
        read_seed_file(tmp_path / "none.yaml")


def test_an_export_is_yaml_that_any_reader_takes(control, cliniko):
    sandbox = control.create("test-text", persona="empty")
    cliniko("test-text").post("/products", json={"name": "12.50", "price": 1})
    document = yaml.safe_load(dumped(sandbox.export()))
    assert document == sandbox.export()


def test_exported_leaves_out_what_was_not_asked_for(server):
    sandbox = server.sandboxes.open(server.world.policy.sandbox("test-o"))
    document = exported(sandbox.whole(sandbox.state, ["cliniko"]), ["cliniko"])
    assert set(document) == {"apis", "revision"}
    assert "sequences" in document["apis"]["cliniko"]


WRONG = {
    "cliniko": {
        "products/0/tax_id": 99,
        "products/1/name": "n" * 256,
        "products/2/cost_price": "4000000000.00",
        "products/3/stock_level": 4_000_000_000,
        "stock_adjustments/0/adjustment_type": "Lost",
        "stock_adjustments/1/product_id": 1_000_000,
    },
    "built": {"items/0/category_id": 99, "items/1/purchase_account_id": 77},
    "exsited": {
        "items/1/type": "NONE",
        "items/2/sale/tax_code": "nope",
        "items/3/currencies/0/name": "XXX",
        "items/4/uuid": "no uuid",
        "warehouses/0/uuid": "none either",
        "notes/0/item_id": "gone",
    },
    "skhokho": {
        "products/0/name": "n" * 301,
        "products/1/status": "gone",
        "products/2/image": "none.png",
        "products/3/cost_price": "12345678901234567.001",
    },
}


@pytest.fixture(scope="module")
def typical(vendors):
    """A function from an API to what its typical persona exports, with the tables."""
    server, tables = build_server(vendors=vendors), tables_of(vendors)
    sandbox = server.sandboxes.open(SandboxName("test", "typical"))
    return lambda api: exported(sandbox.whole(sandbox.state, [api]), [api]), tables


@pytest.mark.parametrize("api", WRONG)
def test_what_the_spec_does_not_allow_is_told_at_its_place_and_all_at_once(vendors, typical, api):
    document, tables = typical[0](api), typical[1]
    for place, value in WRONG[api].items():
        *way, last = (int(part) if part.isdigit() else part for part in place.split("/"))
        node = document["apis"][api]
        for part in way:
            node = node[part]
        node[last] = value
    records, problems = read_records(document, tables)
    assert problems == []
    found = mistakes_in(records, vendors, tables)
    assert sorted(place for place, _ in found) == sorted(
        f"/apis/{api}/{each}" for each in WRONG[api]
    )
    assert all(len(text) < 400 for _, text in found)


@pytest.mark.parametrize("persona", ["empty", "typical"])
def test_the_personas_of_every_api_are_as_their_specs_allow(vendors, persona):
    server, tables = build_server(vendors=vendors), tables_of(vendors)
    sandbox = server.sandboxes.open(SandboxName("test", persona))
    records, problems = read_records(exported(sandbox.whole(sandbox.state, tables), tables), tables)
    assert problems + mistakes_in(records, vendors, tables) == []


@pytest.mark.parametrize("api", WRONG)
def test_everything_that_a_large_persona_names_is_there(vendors, api):
    server, tables = build_server(vendors=vendors), tables_of(vendors)[api].values()
    sandbox = server.sandboxes.open(SandboxName("test", "large"))
    state = sandbox.whole(sandbox.state, [api])
    assert any(table.references for table in tables)
    assert list(dangling(state, tables)) == []


def test_a_wrong_form_and_a_wrong_value_are_told_together_with_their_lines(shop):
    text = SHOP.replace("rate: 10", "rate: ten").replace("Cedar Balm", "n" * 300)
    shop.write_text(text.replace("tax_id: 1", "tax_id: 2"), encoding="utf-8")
    with pytest.raises(SeedFileError) as caught:
        read_records_file(shop, build_server(["cliniko"]).vendors)
    lines = [line.split(": ")[:2] for line in str(caught.value).splitlines()]
    # Whether a tax is there cannot be said of taxes that could not be read.
    assert [(place.rpartition(":")[2], pointer) for place, pointer in lines] == [
        ("6", "/apis/cliniko/taxes/0/rate"),
        ("11", "/apis/cliniko/products/0/name"),
    ]


def test_a_file_that_the_spec_does_not_allow_changes_nothing(control, cliniko, shop):
    sandbox = control.create("test-shop")
    before = cliniko("test-shop").get("/products").json()
    shop.write_text(SHOP.replace("tax_id: 1", "tax_id: 2"), encoding="utf-8")
    with pytest.raises(ControlError) as caught:
        sandbox.seed(read_seed_file(shop).document)
    assert caught.value.problems == (
        ("/apis/cliniko/products/0/tax_id", "names 2, which is no record of taxes"),
    )
    assert cliniko("test-shop").get("/products").json() == before
