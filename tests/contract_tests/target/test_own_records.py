"""In the profile `writes`, a run reaches its own records and no others."""

from __future__ import annotations

import json

import pytest

from contract_tests.target.guard import BlockedByGuard, guarded
from contract_tests.target.ledger import Ledger, Made
from contract_tests.target.mock import mock_target
from contract_tests.target.profiles import WRITES
from contract_tests.target.run_tag import RunTag
from contract_tests.target.write_policy import OwnRecords
from mock_server.discovery import load_lifecycle


@pytest.fixture
def opened():
    """A function (api) → its client behind the guard, its ledger, and an unguarded client."""
    clients = []

    def make(api, account="first"):
        target = mock_target(api)
        ledger = Ledger()
        lifecycle = load_lifecycle(target.vendor)
        policy = OwnRecords(lifecycle, ledger, RunTag("me"), target.parameters)
        held, _ = guarded(target, WRITES, policy=policy)
        clients.extend((held.client(account), target.client(account)))
        return clients[-2], ledger, clients[-1]

    yield make
    for client in clients:
        client.close()


def refused(client, method, path, **options):
    with pytest.raises(BlockedByGuard) as caught:
        client.request(method, path, **options)
    return str(caught.value)


def test_a_record_with_the_runs_tag_may_be_made_changed_and_removed(opened):
    client, ledger, free = opened("cliniko")
    others = free.post("/products", json={"name": "Hand Balm"}).json()["id"]
    own = client.post("/products", json={"name": "ct-me-1"}).json()["id"]
    assert ledger.left() == [Made("products", "first", own, {"id": own}, "ct-me-1")]
    assert client.patch(f"/products/{own}", json={"notes": "x"}).status_code == 200
    move = {"product_id": own, "quantity": 1, "adjustment_type": "Returned"}
    assert client.post("/stock_adjustments", json=move).status_code == 201
    for method, path in (("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/archive")):
        body = {"json": {"name": "ct-me-2"}} if method.startswith("P") and not path else {}
        assert "is no record of this run" in refused(
            client, method, f"/products/{others}{path}", **body
        )
    assert "is no record of this run" in refused(
        client, "POST", "/stock_adjustments", json={**move, "product_id": others}
    )
    assert client.post(f"/products/{own}/archive").status_code == 204
    assert [made.resource for made in ledger.left()] == ["stock_adjustments"]
    assert free.get(f"/products/{others}").json()["archived_at"] is None


@pytest.mark.parametrize("body", [{"name": "Hand Balm"}, {"name": "ct-you-1"}, {}, {"name": None}])
def test_nothing_is_made_without_the_runs_tag(opened, body):
    client, ledger, _ = opened("cliniko")
    assert "would not carry the tag ct-me" in refused(client, "POST", "/products", json=body)
    assert ledger.left() == []


def test_ids_of_one_kind_are_not_those_of_another(opened):
    client, ledger, _ = opened("cliniko")
    ledger.has_made(Made("stock_adjustments", "first", "1", {"id": "1"}))
    assert "is no record of this run" in refused(client, "DELETE", "/products/1")


def test_what_one_account_has_made_is_not_the_others(opened):
    client, ledger, _ = opened("cliniko", "other")
    ledger.has_made(Made("products", "first", "1", {"id": "1"}))
    assert "is no record of this run" in refused(client, "DELETE", "/products/1")


def test_each_row_of_a_bulk_carries_the_tag(opened):
    client, ledger, _ = opened("built")
    lifecycle = load_lifecycle(mock_target("built").vendor)
    create = lifecycle.resource("stocked item").create
    path = "/api/v3/items/bulk"
    values = {"name": "ct-me-1", "unit_cost": "1", "selling_price": "2", "quantity": "3"}
    body = create.body(values)
    rows = json.loads(body["items"])
    untagged = {**body, "items": json.dumps([*rows, {**rows[0], "name": "Soap"}])}
    assert "would not carry the tag" in refused(client, "POST", path, json=untagged)
    nameless = {**body, "items": json.dumps([*rows, {"quantity": "1"}])}
    assert "would not carry the tag" in refused(client, "POST", path, json=nameless)
    twice = {**body, "items": json.dumps([rows[0], {**rows[0], "name": "ct-me-2"}])}
    made = client.post(path, json=twice).json()
    assert [each.id for each in reversed(ledger.left())] == [str(each["id"]) for each in made]


def test_a_get_that_acts_is_a_write(opened):
    client, _, free = opened("skhokho")
    base = "/api/v1.0/organisation/organisation-1/inventory"
    others = free.get(f"{base}/").json()["results"][0]["unique_id"]
    own = client.post(f"{base}/create/", json={"name": "ct-me-1", "product_type": "buy"}).json()
    query = {"action": "deactivate"}
    assert client.get(f"{base}/{own['unique_id']}/action/", params=query).status_code == 200
    assert "no record of this run" in refused(
        client, "GET", f"{base}/{others}/action/", params=query
    )


def test_what_stands_below_a_record_needs_an_own_one(opened):
    client, ledger, free = opened("exsited")
    own, others = (each["id"] for each in free.get("/api/v3/items").json()["items"][:2])
    ledger.has_made(Made("item", "first", own, {"item_id": own}))
    note = {"files": {"note": (None, "ct-me-1")}}
    assert client.post(f"/api/v3/items/{own}/notes", **note).status_code < 300
    assert ledger.left()[0].path["item_id"] == own
    assert "no record" in refused(client, "POST", f"/api/v3/items/{others}/notes", **note)
    untagged = {"files": {"note": (None, "a note")}}
    assert "the tag" in refused(client, "POST", f"/api/v3/items/{own}/notes", **untagged)
    twice = {"files": [("note", (None, "ct-me-1")), ("note", (None, "a note"))]}
    assert "the tag" in refused(client, "POST", f"/api/v3/items/{own}/notes", **twice)


def test_what_the_lifecycle_does_not_speak_of_is_refused(opened):
    client, _, _ = opened("exsited")
    body = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    assert "nothing is known of what issueToken changes" in refused(
        client, "POST", "/api/v1/oauth2/token", json=body
    )
