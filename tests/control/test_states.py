"""Snapshots, forks, rewinding, and differences."""

from __future__ import annotations

import pytest

from mock_server.control.client import ControlError


@pytest.fixture
def sandbox(control):
    return control.create("test-s", persona="empty")


@pytest.fixture
def client(cliniko, sandbox):
    client = cliniko(sandbox.name)
    client.post("/products", json={"name": "Balm", "stock_level": 5}).raise_for_status()
    return client


def names(client):
    return [product["name"] for product in client.get("/products").json()["products"]]


def test_restore_goes_back_as_often_as_wanted(sandbox, client):
    sandbox.snapshot("one")
    for _ in range(2):
        client.patch("/products/1", json={"name": "Salve"}).raise_for_status()
        sandbox.restore("one")
        assert names(client) == ["Balm"]
    assert sandbox.snapshots() == ["one"]
    sandbox.delete_snapshot("one")
    assert sandbox.snapshots() == []


def test_a_fork_and_its_origin_do_not_meet(cliniko, sandbox, client):
    sandbox.freeze()
    fork = sandbox.fork("test-fork")
    assert fork.look().clock.now == sandbox.clock().now
    cliniko("test-fork").patch("/products/1", json={"name": "Salve"})
    fork.advance(60)
    assert names(client) == ["Balm"]
    assert names(cliniko("test-fork")) == ["Salve"]
    assert fork.clock().now != sandbox.clock().now
    with pytest.raises(ControlError, match="there is a sandbox 'test-fork' already"):
        sandbox.fork("test-fork")


def test_fork_from_a_snapshot_or_from_before_an_exchange(cliniko, sandbox, client):
    sandbox.snapshot("one")
    client.post("/products", json={"name": "Cream"})
    sandbox.fork("test-one", snapshot="one")
    sandbox.fork("test-none", before=1)
    assert names(cliniko("test-one")) == ["Balm"]
    assert names(cliniko("test-none")) == []
    assert names(client) == ["Balm", "Cream"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"snapshot": "none"}, "snapshot"),
        ({"before": 9}, "before"),
        ({"snapshot": "a", "before": 1}, "before"),
    ],
)
@pytest.mark.usefixtures("client")
def test_a_fork_from_nowhere_is_refused(sandbox, options, field):
    with pytest.raises(ControlError) as caught:
        sandbox.fork("test-x", **options)
    assert list(caught.value.fields) == [field]


def test_rewind_undoes_an_exchange_and_all_after_it(sandbox, client):
    client.post("/products", json={"name": "Cream"})
    client.patch("/products/1", json={"name": "Salve"})
    sandbox.rewind(2)
    assert names(client) == ["Balm"]
    assert sandbox.look().exchanges == 4
    with pytest.raises(ControlError, match="there is no exchange 99"):
        sandbox.rewind(99)


def test_rewind_to_what_was_dropped_is_a_conflict(server, sandbox, client):
    journal = server.sandbox("test-s").journal
    journal.limit = 1
    client.get("/products")
    with pytest.raises(ControlError, match="no longer held") as caught:
        sandbox.rewind(1)
    assert caught.value.status == 409


def test_the_difference_tells_each_change_once(sandbox, client):
    sandbox.snapshot("one")
    client.patch("/products/1", json={"stock_level": 3, "price": 12.10, "price_includes_tax": True})
    client.post("/products", json={"name": "Cream"})
    found = sandbox.difference("snapshot:one")
    updated, created = (change for change in found.changes if change.table == "products")
    assert (updated.change, updated.key, updated.record) == ("updated", 1, None)
    assert updated.fields["stock_level"] == (5, 3)
    assert updated.fields["price"] == (None, "12.1")
    assert "name" not in updated.fields
    assert (created.change, created.record["name"]) == ("created", "Cream")
    back = sandbox.difference("now", "snapshot:one")
    assert {change.change for change in back.changes} == {"updated", "removed"}
    assert sandbox.difference("after:1", "before:2").total == 0


def test_seed_records_are_no_difference(control, cliniko):
    sandbox = control.create("test-typical")
    sandbox.snapshot("untouched")
    cliniko("test-typical").get("/products")
    assert sandbox.difference().total == 0
    assert sandbox.difference("snapshot:untouched").total == 0


def test_a_difference_is_bounded_and_says_so(sandbox, client):
    client.post("/products", json={"name": "Cream"})
    found = sandbox.difference(limit=1)
    assert len(found.changes) == 1
    assert found.total > 1


@pytest.mark.parametrize("point", ["yesterday", "before:0", "snapshot:", "after:x"])
def test_what_is_no_point_is_refused(sandbox, point):
    with pytest.raises(ControlError, match="from must be seed, now, snapshot:NAME") as caught:
        sandbox.difference(point)
    assert caught.value.status == 400
