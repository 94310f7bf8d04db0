"""Several processes on one store are one server: nobody sees which one answered."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import build_server
from mock_server.control.api import seeds
from mock_server.settings import Settings
from mock_server.store import shared_sqlite
from mock_server.store.protocol import StoreError
from tests.store.keeping import keeping, whole
from tests.store.test_restarts import STEPS, client, outcome

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Servers(tuple):
    """Servers that share a store, and one that is alone."""

    __slots__ = ()

    def __repr__(self):
        """Short, as Hypothesis shows it."""
        return "servers"


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Two servers that share a folder, and one that is alone and keeps nothing."""
    folder = tmp_path_factory.mktemp("data")
    shared = [
        keeping(folder, "cliniko", clock=AT, journal_bytes=40_000, workers=2) for _ in range(2)
    ]
    plain = build_server(["cliniko"], Settings(clock=AT, journal_bytes=40_000))
    yield Servers((shared, plain))
    for server in shared:
        server.close()


def seen(caller, step, *rest):
    """What a caller sees, but for the order in which sandboxes are suggested: of their last use."""
    found = outcome(caller, step, *rest)
    if b"did you mean" in found[2]:
        return *found[:2], sorted(found[2])
    return found


@given(st.lists(st.tuples(STEPS, st.integers(0, 1)), max_size=30))
@settings(max_examples=40, deadline=None)
def test_two_processes_answer_byte_for_byte_as_one(servers, steps):
    answer_as_one(servers, steps)


def answer_as_one(servers, steps):
    """Let two servers take the steps by turns, and hold them to one that is alone."""
    shared, plain = servers
    with client(plain) as alone, client(shared[0]) as first, client(shared[1]) as second:
        for server, caller in ((plain, alone), (shared[0], first)):
            for name in server.sandboxes.names():
                caller.delete(f"/_mock/sandboxes/{name}")
        for (step, *rest), which in steps:
            if step != "restart":
                expected = seen(alone, step, *rest)
                assert seen((first, second)[which], step, *rest) == expected, (step, rest)
        for name in plain.sandboxes.names():
            for caller in (first, second):
                assert caller.get(f"/_mock/sandboxes/{name}").status_code == 200
            found = [whole(server.sandboxes.find(name)) for server in (plain, *shared)]
            assert found[0] == found[1] == found[2]


@pytest.fixture
def callers(servers):
    """A client of each of the two, and a sandbox of one product more than its persona's."""
    with client(servers[0][0]) as first, client(servers[0][1]) as second:
        first.delete("/_mock/sandboxes/test-a")
        assert outcome(first, "create", "test-a", "1")[0] == 201
        yield first, second


def test_a_turn_that_cannot_be_committed_is_a_503_and_leaves_nothing(servers, callers):
    (server, _), (first, second) = servers[0], callers
    before = second.get("/_mock/sandboxes/test-a").json()
    server.persistence.store.limit_size(1)
    body = {"name": "New", "notes": "n" * 2000}
    answers = [
        first.post("/cliniko/v1/products", json=body, auth=("test-a", "")) for _ in range(30)
    ]
    created = sum(each.status_code == 201 for each in answers)
    assert answers[-1].status_code == 503
    assert answers[-1].headers["retry-after"] == "1"
    assert "disk is full" in answers[-1].headers["x-mock-unavailable"]
    # A refused call is in no journal, for nothing of it was kept.
    after = second.get("/_mock/sandboxes/test-a").json()
    assert after["revision"] == before["revision"] + created
    assert after["exchanges"] == before["exchanges"] + created
    server.persistence.store.limit_size(1 << 40)
    assert outcome(first, "create", "test-a", "2")[0] == 201
    assert second.get("/_mock/sandboxes/test-a").json()["revision"] == after["revision"] + 1


def test_a_process_that_keeps_its_turn_is_waited_for_and_then_others_get_503(
    servers, callers, monkeypatch
):
    (server, _), (_, second) = servers[0], callers
    monkeypatch.setattr(shared_sqlite, "PATIENCE", 0.05)
    server.persistence.store.begin(wait=True)
    status, headers, _ = outcome(second, "get", "test-a", 1)
    assert status == 503
    assert (b"retry-after", b"1") in [(name.lower(), value) for name, value in headers]
    server.persistence.store.rollback()
    assert outcome(second, "get", "test-a", 1)[0] == 200


def test_a_worker_that_begins_while_others_write_waits_for_its_turn(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_sqlite, "_BUSY_MILLISECONDS", 20)
    first = shared_sqlite.SharedSqliteStore(tmp_path, "process")
    first.begin(wait=True)
    end_of_turn = threading.Timer(0.3, first.commit)
    end_of_turn.start()
    second = shared_sqlite.SharedSqliteStore(tmp_path, "process")
    end_of_turn.join()
    assert second.begin(wait=False) is False
    second.rollback()
    second.close()
    first.close()


def test_a_worker_that_gets_no_turn_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_sqlite, "PATIENCE", 0.05)
    first = shared_sqlite.SharedSqliteStore(tmp_path, "process")
    first.begin(wait=True)
    with pytest.raises(StoreError, match="is busy: no turn in 0 seconds"):
        shared_sqlite.SharedSqliteStore(tmp_path, "process")
    first.rollback()
    first.close()


def test_long_calls_change_the_newest_state_and_others_see_what_they_did(callers):
    first, second = callers
    exported = first.get("/_mock/sandboxes/test-a/export").json()
    assert outcome(second, "create", "test-a", "2")[0] == 201
    url = "/_mock/sandboxes/test-a/seed"
    assert first.post(url, json=exported).status_code == 200
    assert outcome(second, "get", "test-a", 61)[0] == 200
    assert outcome(second, "get", "test-a", 62)[0] == 404


def test_a_long_call_whose_sandbox_another_process_deletes_meanwhile_is_a_503(callers, monkeypatch):
    first, second = callers
    exported = first.get("/_mock/sandboxes/test-a/export").json()
    read = seeds.read_records

    def reading(*arguments, **options):
        found = read(*arguments, **options)
        assert second.delete("/_mock/sandboxes/test-a").status_code == 204
        return found

    monkeypatch.setattr(seeds, "read_records", reading)
    answer = first.post("/_mock/sandboxes/test-a/seed", json=exported)
    assert answer.status_code == 503
    assert second.get("/_mock/sandboxes/test-a").status_code == 404
