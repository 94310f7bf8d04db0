"""A fifth API is one spec and one folder, and nothing else."""

from __future__ import annotations

import shutil
import sys

import pytest

import mock_server.apis
from contract_tests.fuzzing.run import run_conformance
from contract_tests.target.mock import mock_target
from mock_server import discovery
from mock_server.app import build_server
from mock_server.check import check
from mock_server.control.seed_files.checks import mistakes_in
from mock_server.control.seed_files.records import read_records
from mock_server.data import specs_directory
from mock_server.discovery import api_names, load_vendor, load_vendors, tables_of
from mock_server.engine.messages import Reply
from tests.conftest import ROOT
from tests.test_layers import layer_breaches

SOURCES = ROOT / "tests" / "fifth_api"
KEY = {"X-Larder-Key": "test"}
FORGOTTEN = {
    "id": "jar-0", "label": "Air", "grams": 0, "next_to": None,
    "filled_at": "2025-01-01T00:00:00Z",
}  # fmt: skip


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A temporary place for APIs, and one for specs that has those of the real APIs."""
    packages, specs = tmp_path / "apis", tmp_path / "specs"
    packages.mkdir()
    shutil.copytree(specs_directory(), specs)
    monkeypatch.setattr(mock_server.apis, "__path__", [*mock_server.apis.__path__, str(packages)])
    monkeypatch.setattr(discovery, "specs_directory", lambda: specs)
    yield packages, specs
    for name in [name for name in sys.modules if name.startswith("mock_server.apis.larder")]:
        del sys.modules[name]


@pytest.fixture
def larder(folders):
    """The fifth API, put where the others are."""
    packages, specs = folders
    shutil.copytree(SOURCES / "larder", packages / "larder")
    shutil.copy(SOURCES / "larder.yaml", specs)


@pytest.mark.usefixtures("larder")
def test_it_is_found_beside_the_others():
    assert api_names() == sorted(["built", "cliniko", "exsited", "larder", "skhokho"])
    assert [vendor.api.name for vendor in load_vendors()] == api_names()


@pytest.mark.usefixtures("larder")
def test_it_is_served_beside_the_others_and_shares_their_sandboxes(client_of):
    server = build_server()
    larder = client_of(server, "larder", headers=KEY)
    cliniko = client_of(server, "cliniko", auth=("test", ""))
    assert larder.get("/jars").headers["x-total"] == "60"
    filled = larder.post("/jars", json={"label": "Plum jam", "grams": 340.5})
    assert filled.status_code == 201
    assert larder.get(f"/jars/{filled.json()['id']}").json() == filled.json()
    assert cliniko.get("/products").json()["total_entries"] > 0
    assert server.sandbox("test").state.seeded == {"cliniko", "larder"}
    assert len(server.sandboxes) == 1


@pytest.mark.usefixtures("larder")
def test_its_spec_and_its_pages_are_served_with_the_others(client_of):
    server = build_server(["larder"])
    client = client_of(server, "larder")
    spec = client.get("http://mock.test/larder/openapi.json").json()
    assert spec["servers"][0]["url"] == "http://mock.test/larder/v1"
    assert "Larder" in client.get("http://mock.test/_mock/console/").text


@pytest.mark.usefixtures("larder")
def test_the_contract_suite_finds_nothing_in_it():
    run = run_conformance(mock_target("larder"), max_examples=3)
    assert run.findings == []
    assert run.checks > run.requests > 50


@pytest.mark.usefixtures("larder")
@pytest.mark.parametrize(
    ("operation", "reply", "named", "phase"),
    [
        ("readJar", Reply(200, {"id": 1}), "not_a_server_error", "fuzzing"),
        ("fillJar", Reply(201, FORGOTTEN), "ensure_resource_availability", "stateful"),
    ],
)
def test_the_contract_suite_finds_what_was_broken_in_it(
    monkeypatch, operation, reply, named, phase
):
    target = mock_target("larder")
    compiled = target.transport.app.applications["larder"].operations[operation]
    monkeypatch.setattr(compiled, "handler", lambda *_: reply)
    run = run_conformance(target, max_examples=5, phases=[phase])
    assert named in {finding.check for finding in run.findings}
    assert not run.ok


def test_its_folder_keeps_to_the_layers():
    for path in (SOURCES / "larder").glob("*.py"):
        module = f"mock_server.apis.larder.{path.stem}"
        assert layer_breaches(module, path.read_text(encoding="utf-8")) == []


@pytest.mark.usefixtures("larder")
def test_its_spec_passes_the_checks():
    assert check(load_vendor("larder")) == []


@pytest.mark.usefixtures("larder")
def test_its_seed_files_are_held_to_its_spec(folders):
    spec = folders[1] / "larder.yaml"
    text = spec.read_text(encoding="utf-8")
    assert "label: {type: string}" in text
    spec.write_text(text.replace("label: {type: string}", "label: {type: string, maxLength: 9}"))
    vendors = load_vendors(["larder"])
    jars = [
        {"id": f"jar-{number:08}", "label": label, "grams": "1", "next_to": None,
         "filled_at": "2025-01-01T00:00:00Z"}
        for number, label in enumerate(["Salt", "n" * 10, "Honey", "m" * 10], 1)
    ]  # fmt: skip
    tables = tables_of(vendors)
    records, problems = read_records({"apis": {"larder": {"jars": jars}}}, tables)
    found = problems + mistakes_in(records, vendors, tables)
    assert [place for place, _ in found] == [f"/apis/larder/jars/{each}/label" for each in (1, 3)]
    assert all("is longer than 9 characters" in text for _, text in found)
