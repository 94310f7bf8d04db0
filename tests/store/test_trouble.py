"""What a store says where it cannot be used, or not for now."""

from __future__ import annotations

import importlib.util
import json
import stat
import subprocess
import sys

import httpx
import pytest

from mock_server import cli
from mock_server.in_process import InProcessTransport
from mock_server.store.protocol import Append, Checkpoint, Create, StoreConflict, StoreError
from mock_server.store.sqlite import FILE, SqliteStore
from tests.store.keeping import keeping, restart, whole

PRODUCT = {"name": "New", "notes": "n" * 2000}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that keeps its sandboxes, with one in which nothing was done yet."""
    server = keeping(tmp_path_factory.mktemp("data"), "cliniko", "built")
    yield server
    server.close()


@pytest.fixture
def caller(server):
    """A client of a sandbox of one product more than its persona's."""
    for name in server.sandboxes.names():
        server.sandboxes.use(name)
        server.sandboxes.close(name)
    with httpx.Client(
        transport=InProcessTransport(server), base_url="http://localhost", auth=("test-a", "")
    ) as client:
        assert client.post("/cliniko/v1/products", json=PRODUCT).status_code == 201
        yield client


def fill(server):
    """Let the store have no page more."""
    server.persistence.store.limit_size(1)


def empty(server):
    """Let it have many again."""
    server.persistence.store.limit_size(1 << 40)


def test_a_full_disk_is_a_503_that_changes_nothing_and_is_over_when_there_is_room(server, caller):
    before = whole(server.sandboxes.find("test-a"))
    fill(server)
    refused = [caller.post("/cliniko/v1/products", json=PRODUCT) for _ in range(30)][-1]
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert "disk is full" in refused.headers["x-mock-unavailable"]
    created = [each for each in server.sandboxes.find("test-a").journal if each.status == 201]
    known = whole(server.sandboxes.find("test-a"))
    assert known["state"].revision == len(created) >= before["state"].revision
    # What is there can be read meanwhile, and a snapshot is as refused as a record.
    assert caller.get("/cliniko/v1/products/1").status_code == 200
    snapshot = caller.post("/_mock/sandboxes/test-a/snapshots", json={"name": "x" * 90})
    assert snapshot.status_code == 503
    assert snapshot.headers["retry-after"] == "1"
    assert server.sandboxes.find("test-a").snapshots == {}
    empty(server)
    answer = caller.post("/cliniko/v1/products", json=PRODUCT)
    assert answer.status_code == 201
    kept = whole(server.sandboxes.find("test-a"))
    restart(server)
    assert whole(server.sandboxes.find("test-a")) == kept
    assert kept["state"].revision == len(created) + 1


def test_a_sandbox_that_could_not_be_created_or_deleted_is_as_before(server, caller):
    fill(server)
    body = {"name": "test-new"}
    created = [
        caller.post("/_mock/sandboxes", json={**body, "name": f"test-new-{number}"})
        for number in range(200)
    ]
    assert created[-1].status_code == 503
    listed = caller.get("/_mock/sandboxes").json()["sandboxes"]
    names = {each["name"] for each in listed}
    assert names == {"test-a"} | {
        f"test-new-{number}" for number, answer in enumerate(created) if answer.status_code == 201
    }
    empty(server)
    assert caller.delete("/_mock/sandboxes/test-a").status_code == 204
    restart(server)
    assert "test-a" not in server.sandboxes.names()


def test_a_store_that_went_away_in_the_middle_is_a_503_for_reads_too(server, caller):
    store = server.persistence.store
    connection, store._connection = store._connection, _Gone(store._apsw)
    server.sandboxes.forget(server.sandboxes.find("test-a"), "to be read again")
    answer = caller.get("/cliniko/v1/products/1")
    store._connection = connection
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert caller.get("/cliniko/v1/products/61").status_code == 200


class _Gone:
    """A connection to a file on a disk that was pulled out."""

    def __init__(self, apsw):
        self._apsw = apsw

    def execute(self, *_):
        raise self._apsw.IOError("IOError: disk I/O error")


def test_a_folder_has_one_server_at_a_time(server):
    with pytest.raises(StoreError, match=r"is in use by another server; stop it first"):
        SqliteStore(server.settings.data)


def test_a_second_writer_of_a_log_is_told_so(tmp_path):
    store = SqliteStore(tmp_path)
    store.write([Create("test", b"{}"), Append("test", 1, b"{}")])
    with pytest.raises(StoreConflict):
        store.write([Append("test", 2, b"{}"), Append("test", 1, b"{}")])
    # Nothing of the batch is there.
    assert store.read("test").position == 1
    store.write([Append("test", 2, b"[2]"), Checkpoint("test", 1, b"[1]")])
    log = store.read("test")
    assert (log.base, log.checkpoint, list(log.entries)) == (1, b"[1]", [b"[2]"])
    store.close()


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_line(tmp_path):
    SqliteStore(tmp_path / "data").close()
    for path in (tmp_path / "data" / FILE, tmp_path / "data"):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o555)
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o711)
    # Root may write everywhere, so it has to be somebody else who tries.
    program = """if True:
        import os, sys
        from pathlib import Path
        from mock_server.store.protocol import StoreError
        from mock_server.store.sqlite import SqliteStore
        # All that it imports is imported while it may still be read.
        SqliteStore(Path(sys.argv[2])).close()
        if os.getuid() == 0:
            os.setuid(65534)
        try:
            SqliteStore(Path(sys.argv[1]))
        except StoreError as problem:
            sys.stdout.write(str(problem))
    """
    text = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "data"), str(tmp_path / "other")],
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    assert text.startswith(f"cannot keep data in {tmp_path / 'data'}: ")
    assert "\n" not in text
    (tmp_path / "data").chmod(0o700)


def test_what_is_no_store_is_left_alone(tmp_path, capsys):
    (tmp_path / FILE).write_text("a diary", encoding="utf-8")
    assert cli.main(["serve", "cliniko", "--port", "0", "--data", str(tmp_path)]) == 2
    assert "is not a store of this program" in capsys.readouterr().err
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "a diary"
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot keep data in"):
        SqliteStore(tmp_path / "file" / "below")


def test_a_store_of_more_apis_is_refused(tmp_path):
    keeping(tmp_path, "cliniko", "built").close()
    with pytest.raises(StoreError, match="has records of built, which this server does not serve"):
        keeping(tmp_path, "cliniko")
    keeping(tmp_path, "cliniko", "built").close()


def _with_older(folder, change):
    """Make a store look as if another version had written it, whose records were others."""
    server = keeping(folder, "cliniko")
    with httpx.Client(
        transport=InProcessTransport(server), base_url="http://localhost", auth=("test-a", "")
    ) as client:
        client.post("/cliniko/v1/products", json=PRODUCT)
    server.close()
    store = SqliteStore(folder)
    log = store.read("test-a")
    entry = change(json.loads(log.checkpoint))
    store.write([Checkpoint("test-a", log.base, json.dumps(entry).encode())])
    apis = json.loads(store.about()["apis"])
    apis["cliniko"]["records"] = "another"
    store.note({"version": "0.0.1", "apis": json.dumps(apis)})
    store.close()


def test_a_store_of_an_older_version_whose_records_fit_is_taken_over(tmp_path):
    def without_notes(entry):
        # A field that this version has added, with a default.
        for _, _, record in entry["exchanges"][0]["state"]["changes"]:
            del record["notes"]
        return entry

    _with_older(tmp_path, without_notes)
    server = keeping(tmp_path, "cliniko")
    products = server.sandboxes.find("test-a").committed.collections["cliniko.products"]
    assert products.get(61).notes is None
    server.close()
    assert SqliteStore(tmp_path).about()["version"] != "0.0.1"


def test_a_store_of_an_older_version_that_does_not_fit_is_refused_and_not_changed(tmp_path):
    def with_colour(entry):
        for _, _, record in entry["exchanges"][0]["state"]["changes"]:
            record["colour"] = "red"
        return entry

    _with_older(tmp_path, with_colour)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StoreError) as caught:
        keeping(tmp_path, "cliniko")
    text = str(caught.value)
    assert "was written by version 0.0.1" in text
    assert "/cliniko.products/colour: is no field" in text
    assert "mock-server store export" in text
    assert "\n" not in text
    assert (tmp_path / FILE).read_bytes() == before


def test_what_is_to_be_installed_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(Exception, match=r"pip install 'inventory-mock-server\[store\]'"):
        SqliteStore(tmp_path)


def test_durability_goes_with_a_folder(capsys):
    assert cli.main(["serve", "--durability", "machine"]) == 2
    assert "--durability goes with --data" in capsys.readouterr().err
