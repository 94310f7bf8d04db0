"""`mock-server store …`, on a folder that no server has."""

from __future__ import annotations

import json

import httpx
import pytest

from mock_server import cli
from mock_server.control.seed_files.records import exported
from mock_server.in_process import InProcessTransport
from mock_server.store.protocol import Checkpoint
from mock_server.store.sqlite import SqliteStore
from tests.store.keeping import keeping, whole


@pytest.fixture
def folder(tmp_path):
    """A folder with two sandboxes, and what they and one's records are."""
    server = keeping(tmp_path / "data", "cliniko")
    for name in ("test-a", "test-b"):
        with httpx.Client(
            transport=InProcessTransport(server), base_url="http://localhost", auth=(name, "")
        ) as client:
            for number in range(5):
                client.post("/cliniko/v1/products", json={"name": f"{name} {number}"})
            client.post(f"/_mock/sandboxes/{name}/snapshots", json={"name": "five"})
            client.delete("/cliniko/v1/products/1")
            client.post(f"/_mock/sandboxes/{name}/rewind", json={"before": 3})
    found = {each.name: whole(each) for each in server.sandboxes.held_in_memory()}
    records = exported(found["test-a"]["state"], ["cliniko"])
    server.close()
    return tmp_path / "data", found, records


def run(capsys, *arguments):
    status = cli.main(["store", *map(str, arguments)])
    return status, capsys.readouterr()


def test_a_folder_is_looked_at_checked_and_made_smaller_without_a_change(folder, capsys):
    path, before, _ = folder
    status, printed = run(capsys, "info", path, "--json")
    shown = json.loads(printed.out)
    assert status == 0
    assert {each["name"] for each in shown["sandboxes"]} == before.keys()
    assert run(capsys, "verify", path)[0] == 0
    assert run(capsys, "compact", path)[0] == 0
    assert run(capsys, "info", path)[1].out.startswith(f"{path}: ")
    server = keeping(path, "cliniko")
    assert {name: whole(server.sandboxes.find(name)) for name in server.sandboxes.names()} == before
    server.close()


def test_what_is_exported_are_the_records_and_it_can_be_imported(folder, capsys, tmp_path):
    path, before, records = folder
    file = tmp_path / "a.json"
    assert run(capsys, "export", path, "test-a", "--output", file)[0] == 0
    document = json.loads(file.read_text())
    assert document["apis"]["cliniko"].keys() == records["apis"]["cliniko"].keys()
    assert document == json.loads(json.dumps(records))
    assert run(capsys, "import", path, "test-new", file)[0] == 0
    status, printed = run(capsys, "import", path, "test-new", file)
    assert status == 2
    assert "has a sandbox 'test-new' already" in printed.err
    assert run(capsys, "export", path, "test-new")[0] == 0
    server = keeping(path, "cliniko")
    made = server.sandboxes.find("test-new").committed
    assert made.collections == before["test-a"]["state"].collections
    server.close()


def test_what_cannot_be_read_is_told(folder, capsys):
    path, _, _ = folder
    store = SqliteStore(path)
    store.write([Checkpoint("test-b", 0, b'{"persona": "typical"}')])
    store.close()
    status, printed = run(capsys, "verify", path)
    assert status == 1
    assert "sandbox test-b cannot be read" in printed.out
    status, printed = run(capsys, "export", path, "test-c")
    assert status == 2
    assert "has no sandbox 'test-c'" in printed.err
    status, printed = run(capsys, "info", path / "nowhere")
    assert status == 2
    assert "has no store" in printed.err
