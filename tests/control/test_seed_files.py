"""Seed files: export, import, and every mistake with its place."""

from __future__ import annotations

import json

import pytest
import yaml

from mock_server.app import build_server
from mock_server.control.client import Control, ControlError
from mock_server.control.seed_files.files import (
    SeedFileError,
    dumped,
    read_seed_file,
)
from mock_server.control.seed_files.reading import read_records_file
from mock_server.control.seed_files.records import exported, read_records
from mock_server.discovery import tables_of
from mock_server.settings import Settings
from mock_server.state.store import State


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
    path.write_text(dumped(sandbox.export(), path.suffix[1:]), encoding="utf-8")
    seeded = build_server(vendors=server.vendors, settings=Settings(seed_file=path))
    client = client_of(seeded, "cliniko", auth=("test-y", ""))
    assert client.post("/products", json={"name": "two"}).json()["id"] == "2"
    assert seeded.sandbox("test-y").state.revision == 2


@pytest.mark.parametrize(
    ("api", "call"),
    [
        ("cliniko", {"url": "/products", "json": {"name": "x"}, "auth": ("test-last", "")}),
        (
            "built",
            {
                "url": "/api/v3/items",
                "json": {"name": "x", "type": "product", "unit_price": 5},
                "headers": {"authorization": "Bearer test-last"},
            },
        ),
        (
            "skhokho",
            {
                "url": "/api/v1.0/organisation/1/inventory/create/",
                "json": {"name": "x", "product_type": "buy"},
                "headers": {"cookie": "sessionid=test-last"},
            },
        ),
    ],
)
def test_records_can_be_created_after_the_last_number_of_a_sequence(client_of, api, call):
    server = build_server([api])
    with Control(app=server) as control:
        sandbox = control.create("test-last")
        document = sandbox.export()
        sequences = document["apis"][api]["sequences"]
        sequences.update(dict.fromkeys(sequences, 2**63 - 1))
        sandbox.seed(document)
    client = client_of(server, api)
    for name in ("first", "second"):
        answer = client.post(**{**call, "json": {**call["json"], "name": name}})
        assert answer.is_success, answer.text


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_an_export_that_is_imported_gives_an_equal_state(
    control, server, cliniko, tmp_path, suffix
):
    sandbox, client = control.create("test-one"), cliniko("test-one")
    client.patch("/products/1", json={"name": "Ünïque", "price": 0.10, "price_includes_tax": True})
    path = tmp_path / f"export.{suffix}"
    path.write_text(dumped(sandbox.export(), path.suffix[1:]), encoding="utf-8")
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
            "b.yaml:3: /apis/cliniko: occurs twice",
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


BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
)
MERGES = "\n".join(
    ["a0: &a0 {x: 1}"]
    + [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 12)]
)
PRODUCTS = '{"apis": {"cliniko": {"products": %s}}}'
UNREADABLE = [
    ("deep.json", "[" * 100_000, ":1: the JSON is nested too deeply"),
    ("deep.yaml", "[" * 100_000, ":1: the file is nested too deeply"),
    ("block.yaml", "".join(f"{' ' * n}a:\n" for n in range(70)), ":65: the file is nested"),
    ("dashes.yaml", "- " * 70 + "x", ":1: the file is nested too deeply"),
    ("bomb.yaml", BOMB, "its aliases stand for more than 1000000 values"),
    ("merges.yaml", MERGES, "its aliases stand for more than 1000000 values"),
    ("ring.yaml", "apis: &a {b: *a}", ":1: 'a' contains itself"),
    ("surrogate.json", PRODUCTS % r'["\ud800"]', ":1: a string contains a lone surrogate"),
    ("surrogate.yaml", PRODUCTS % r'[{"name": "\ud800"}]', "a string contains a lone surrogate"),
    ("key.yaml", r'{"\udc00": 1}', "a string contains a lone surrogate"),
    ("nul.yaml", r'name: "a\0b"', "a string contains a NUL character"),
    ("digits.yaml", f"apis: {'1' * 5000}", "out of range"),
    ("digits.json", f'{{"apis": {"1" * 5000}}}', "a number is out of range"),
    ("nan.json", '{"apis": NaN}', "NaN is not a JSON number"),
    ("nan.yaml", "apis: !!float .nan", "the type float is none of JSON"),
    ("set.yaml", "apis: !!set {a, b}", "the type set is none of JSON"),
    ("bytes.yaml", "apis: !!binary aGk=", "the type bytes is none of JSON"),
    ("object.yaml", "apis: !!python/object:os.system {}", "could not determine a constructor"),
    ("latin.yaml", b"apis: caf\xe9", "the file is not valid UTF-8"),
    ("latin.json", b'"caf\xe9"', "not valid UTF-8"),
    ("revision.yaml", "apis: {cliniko: {}}\nrevision: soon", ":2: /revision: must be a whole"),
    ("revision.json", '{"apis": {"cliniko": {}}, "revision": -1}', "/revision: must be a whole"),
    ("beyond.yaml", f"apis: {{}}\nrevision: {1 << 63}", ":2: /revision: must be a whole"),
    ("sequence.yaml", "apis: {cliniko: {sequences: {products: x}}}", "products: must be a whole"),
    ("table.yaml", "apis: {cliniko: {products: {name: x}}}", "must be a list of records"),
    ("none.yaml", "apis: {cliniko: {products: }}", "must be a list of records"),
    ("empty.yaml", "apis: {cliniko: {products: [null, [], 5]}}", "products/0: must be an object"),
    ("list.yaml", "apis: []", "/apis: must be an object"),
]


@pytest.mark.parametrize(("name", "content", "complaint"), UNREADABLE)
def test_what_no_body_may_have_no_file_may_have(
    server, tmp_path, monkeypatch, name, content, complaint
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SeedFileError) as caught:
        read_records_file(path, server.vendors)
    assert complaint in str(caught.value)
    assert str(caught.value).startswith(f"{name}:")


def test_a_file_that_is_too_long_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("mock_server.control.seed_files.files.LONGEST_DOCUMENT", 100)
    path = tmp_path / "long.yaml"
    path.write_text("apis: {}" + " " * 100)
    with pytest.raises(SeedFileError, match="longer than 100 bytes"):
        read_seed_file(path)


def test_aliases_and_a_byte_order_mark_are_taken(tmp_path):
    path = tmp_path / "shared.yaml"
    path.write_bytes("\ufeffa: &a {x: [1, é]}\nb: {<<: *a, y: *a}".encode())
    assert read_seed_file(path).document["b"] == {"x": [1, "é"], "y": {"x": [1, "é"]}}


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(SeedFileError, match=r"none\.yaml: No such file"):
        read_seed_file(tmp_path / "none.yaml")


def test_an_export_is_yaml_that_any_reader_takes(control, cliniko):
    sandbox = control.create("test-text", persona="empty")
    cliniko("test-text").post("/products", json={"name": "12.50", "price": 1})
    document = yaml.safe_load(dumped(sandbox.export()))
    assert document == sandbox.export()


def test_exported_leaves_out_what_was_not_asked_for(server):
    sandbox = server.sandboxes.open(server.control_context.policy.sandbox("test-o"))
    document = exported(sandbox.whole(sandbox.state, ["cliniko"]), ["cliniko"])
    assert set(document) == {"apis", "revision"}
    assert "sequences" in document["apis"]["cliniko"]
