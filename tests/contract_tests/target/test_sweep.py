"""Sweeping takes away what runs have left, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from random import Random

import pytest

from contract_tests.target.cleanup import sweep
from contract_tests.target.ledger import Ledger, Made
from contract_tests.target.mock import mock_target
from contract_tests.target.run_tag import is_made_up
from contract_tests.target.service import url_target
from mock_server.app import build_server
from mock_server.discovery import load_lifecycle, load_vendor
from mock_server.live import LiveServer
from tests.contract_tests import killed_run

EVERYTHING = {"q[]": "archived_at:*", "per_page": "100"}


def products(target, account):
    with target.client(account) as client:
        shown = client.get("/products", params=EVERYTHING).json()["products"]
    return {each["name"]: each["archived_at"] is not None for each in shown}


def _names(shown):
    return [name for names in shown.values() for name in names]


@pytest.fixture
def killed(tmp_path):
    """A service with records of its own, and what a run left on it that was killed while it ran."""
    vendor = load_vendor("cliniko")
    server = build_server(vendors=[vendor])
    ledger = tmp_path / "ledger.jsonl"
    with LiveServer(server) as live:
        base_url = live.url + server.base_path("cliniko")
        target = url_target("cliniko", base_url, "test-a:", "test-b:")
        for account in ("first", "other"):
            with target.client(account) as client:
                for name in ("Hand Balm", "ct-scan", "ct-killed-", "act-killed-1", "CT-killed-1"):
                    assert client.post("/products", json={"name": name}).status_code == 201
        module = [sys.executable, "-m", killed_run.__name__]
        arguments = ["cliniko", base_url, "test-a:", "test-b:", str(ledger)]
        run = subprocess.Popen([*module, *arguments], stdout=subprocess.PIPE, text=True)
        try:
            # It is in the middle of its work when it has been answered a few times.
            assert [run.stdout.readline().strip() for _ in range(7)] == ["201"] * 7
        finally:
            run.kill()
            run.wait()
            run.stdout.close()
        yield target, ledger


@pytest.mark.parametrize("by_ledger", [True, False])
def test_what_a_killed_run_left_is_found_and_nothing_else(killed, by_ledger):
    target, path = killed
    lifecycle = load_lifecycle(target.vendor)
    accounts = ("first", "other")
    before = {account: products(target, account) for account in accounts}
    assert sum(is_made_up(name) for name in _names(before)) >= 7
    known = Ledger(path) if by_ledger else None
    swept = list(sweep(target, lifecycle, known))
    assert {each.how for each in swept} == {"archived"}
    # The last record may have been made without an answer; a list shows it all the same.
    swept += sweep(target, lifecycle)
    after = {account: products(target, account) for account in accounts}
    for account in accounts:
        for name, archived in after[account].items():
            own = re.fullmatch("ct-killed-[0-9]+", name)
            assert archived is (own is not None or before[account][name]), name
    assert len(swept) == sum(is_made_up(name) for name in _names(after))
    assert list(sweep(target, lifecycle)) == []
    assert not by_ledger or Ledger(path).left() == []


@pytest.mark.parametrize(
    ("api", "how"),
    [
        ("built", "deleted"),
        ("cliniko", "archived"),
        ("exsited", "deactivated"),
        ("skhokho", "deactivated"),
    ],
)
def test_each_api_has_its_best_way(api, how):
    target = mock_target(api)
    lifecycle = load_lifecycle(target.vendor)
    resource = next(each for each in lifecycle.resources if each.removals)
    operation = target.vendor.spec.operations[resource.create.operation]
    url = operation.path.format(**target.parameters)
    required = {
        each.name: each.kind.draw(Random(1))
        for each in resource.fields
        if each.required and each.source is None
    }
    with target.client() as client:
        for name in ("ct-7-1", "Soap 7"):
            body = resource.create.body({**required, "name": name})
            made = client.post(url, json=body, headers=dict(resource.create.headers))
            assert made.is_success, made.text
    (swept,) = sweep(target, lifecycle)
    assert (swept.made.resource, swept.how, swept.outcome) == (resource.name, how, "removed")
    # Where it is still listed, it is not touched again.
    assert {each.how for each in sweep(target, lifecycle)} <= {f"already {how}"}


def test_what_the_vendor_keeps_what_is_gone_and_what_is_not_a_runs_are_told_apart():
    target = mock_target("cliniko")
    ledger = Ledger()
    ledger.has_made(Made("stock_adjustments", "first", "1", {"id": "1"}))
    ledger.has_made(Made("products", "first", "1", {"id": "1"}, "ct-1-1"))
    ledger.has_made(Made("products", "first", "999999", {"id": "999999"}))
    gone, foreign, kept = sweep(target, load_lifecycle(target.vendor), ledger)
    assert (str(gone), gone.outcome) == ("products 999999: already gone", "gone")
    assert foreign.outcome == "foreign"
    assert "which no run has made" in foreign.how
    assert (kept.how, kept.outcome) == ("the vendor keeps such records", "kept")
    assert [made.resource for made in ledger.left()] == ["stock_adjustments"]
    with target.client() as client:
        assert client.get("/products/1").json()["archived_at"] is None


def test_what_is_shown_as_before_after_it_was_archived_is_gone_if_no_list_has_it():
    target = mock_target("cliniko")
    ledger = Ledger()
    with target.client() as client:
        known = client.post("/product_suppliers", json={"name": "ct-1-1"}).json()["id"]
        assert client.delete(f"/product_suppliers/{known}").is_success
        assert client.get(f"/product_suppliers/{known}").is_success
    ledger.has_made(Made("product_suppliers", "first", known, {"id": known}, "ct-1-1"))
    (swept,) = sweep(target, load_lifecycle(target.vendor), ledger)
    assert (swept.outcome, ledger.left()) == ("gone", [])


def test_what_was_archived_is_not_brought_back_by_archiving_it_again():
    target = mock_target("built")
    lifecycle = load_lifecycle(target.vendor)
    ledger = Ledger()
    with target.client() as client:
        listed = client.get("/api/v3/items").json()["data"]
        # What was sold cannot be deleted.
        sold = next(
            str(each["id"])
            for each in listed
            if client.get(f"/api/v3/items/{each['id']}/transactions").json()["total_sales"]
        )
        ledger.has_made(Made("item", "first", sold, {"id": sold}))
        name = {"name": "ct-1-1"}
        assert client.post(f"/api/v3/items/{sold}", json=name).is_success
        outcomes = []
        for _ in range(2):
            outcomes += [each.how for each in sweep(target, lifecycle, ledger)]
            ledger = Ledger()
            ledger.has_made(Made("item", "first", sold, {"id": sold}))
            assert client.get(f"/api/item/{sold}").json()["item"]["archived"]
    assert outcomes == ["archived", "already archived"]
