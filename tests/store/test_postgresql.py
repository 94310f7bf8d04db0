"""Servers that share a PostgreSQL database are one server."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import cli
from mock_server.app import build_server
from mock_server.settings import Settings
from mock_server.store.postgresql import PostgresStore
from mock_server.store.protocol import (
    Append,
    Checkpoint,
    Create,
    Delete,
    PutSeed,
    StoreConflict,
    StoreError,
)
from tests.store.keeping import keeping
from tests.store.postgresql import database
from tests.store.test_restarts import STEPS, client, outcome
from tests.store.test_shared import AT, Servers, answer_as_one

HOW_TO = Path(__file__).parents[2] / "docs/how-to/replicas.md"


@pytest.fixture(scope="module")
def postgresql():
    with database() as found:
        yield found


@pytest.fixture(scope="module")
def servers(postgresql):
    """Two servers that share a database, and one that is alone and keeps nothing."""
    options = {"clock": AT, "journal_bytes": 40_000}
    shared = [keeping(postgresql.url, "cliniko", **options) for _ in range(2)]
    yield Servers((shared, build_server(["cliniko"], Settings(**options))))
    for server in shared:
        server.close()


@pytest.fixture
def callers(servers):
    """A client of each of the two, and a sandbox of one product more than its persona's."""
    with client(servers[0][0]) as first, client(servers[0][1]) as second:
        first.delete("/_mock/sandboxes/test-a")
        assert outcome(first, "create", "test-a", "1")[0] == 201
        yield first, second


@given(st.lists(st.tuples(STEPS, st.integers(0, 1)), max_size=20))
@settings(max_examples=10, deadline=None)
def test_two_servers_answer_byte_for_byte_as_one(servers, steps):
    answer_as_one(servers, steps)


def test_a_restart_of_postgresql_is_a_503_that_changes_nothing_and_is_over(postgresql, callers):
    first, second = callers
    postgresql.stop()
    refused = first.post("/cliniko/v1/products", json={"name": "New"}, auth=("test-a", ""))
    assert refused.status_code == 503
    assert refused.json() == {"message": "Service unavailable"}
    assert refused.headers["retry-after"] == "1"
    assert "cannot be used" in refused.headers["x-mock-unavailable"]
    assert outcome(second, "get", "test-a", 1)[0] == 503
    assert second.get("/_mock/sandboxes/test-a").status_code == 503
    postgresql.start()
    assert second.get("/_mock/sandboxes/test-a").json()["revision"] == 1
    assert outcome(first, "create", "test-a", "2")[0] == 201
    assert outcome(second, "get", "test-a", 62)[0] == 200


def test_a_server_that_keeps_its_turn_is_waited_for_and_then_others_get_503(servers, callers):
    (server, other), (_, second) = servers[0], callers
    other.persistence.store._connection.execute("SET lock_timeout = '50ms'")
    server.persistence.store.begin(wait=True)
    assert outcome(second, "get", "test-a", 1)[0] == 503
    server.persistence.store.rollback()
    assert outcome(second, "get", "test-a", 1)[0] == 200


def test_a_log_is_written_as_a_whole_by_one_at_a_time(postgresql):
    store, other = PostgresStore(postgresql.url), PostgresStore(postgresql.url)
    store.write([PutSeed("0123456789abcdef", b"s"), Create("test", b"{}"), Append("test", 1, b"1")])
    with pytest.raises(StoreConflict):
        other.write([Append("test", 2, b"2"), Append("test", 1, b"1")])
    assert other.read("test").position == 1
    other.write([Append("test", 2, b"2"), Checkpoint("test", 1, b"[1]")])
    log = store.read("test")
    assert (log.base, log.checkpoint, list(log.entries)) == (1, b"[1]", [b"2"])
    before = store.identity("test")
    assert list(store.tail(before, 1).entries) == [b"2"]
    other.write([Delete("test"), Create("test", b"{}")])
    assert store.begin(wait=True)
    assert store.tail(before, 1) is None
    assert store.identity("test") != before
    store.rollback()
    assert store.seed("0123456789abcdef") == b"s"
    store.write([Delete("test")])
    store.compact()
    assert store.seed("0123456789abcdef") is None
    assert store.size() > 0
    store.close()
    other.close()


@contextmanager
def served(url, *options):
    process = subprocess.Popen(
        [sys.executable, "-m", "mock_server", "serve", "cliniko", "--port", "0", "-q",
         "--data", url, *options],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        with httpx.Client(
            base_url=process.stdout.readline().strip(), auth=("test-r", ""), timeout=60
        ) as caller:
            yield caller, process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_one_of_two_replicas_is_killed_and_the_other_one_knows_all(postgresql):
    with (
        served(postgresql.url) as (first, process),
        served(postgresql.url, "--workers", "2") as (
            second,
            _,
        ),
    ):
        made = []
        for _ in range(5):
            made += [
                each.post("/v1/products", json={"name": "New"}).json() for each in (first, second)
            ]
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        numbers = {each["id"] for each in made}
        assert len(numbers) == 10
        assert {second.get(f"/v1/products/{each}").status_code for each in numbers} == {200}
        assert second.get("/_mock/sandboxes/test-r").json()["exchanges"] == 20


def test_a_database_that_cannot_be_reached_is_said_in_one_line_without_the_password(capsys):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as caught:
        PostgresStore("postgresql://mock:secret@127.0.0.1:1/mock")
    text = str(caught.value)
    assert text.startswith("cannot keep data in postgresql://127.0.0.1:1/mock: ")
    assert "secret" not in text
    assert "\n" not in text
    url = "postgresql://mock:secret@127.0.0.1:1/mock"
    assert cli.main(["serve", "--data", url, "--durability", "machine"]) == 2
    assert "--durability goes with a folder" in capsys.readouterr().err
    assert cli.main(["store", "info", url]) == 2
    assert "these commands are for folders" in capsys.readouterr().err


def test_the_compose_file_of_the_how_to_serves_what_the_program_takes():
    text = HOW_TO.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    services = yaml.safe_load(text)["services"]
    command = services["mock-inventory"]["command"]
    assert cli.main([*command, "--help"]) == 0
    assert {"postgresql", "balancer"} < services.keys()
