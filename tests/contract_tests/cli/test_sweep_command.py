"""The command that takes away what a run has left, over HTTP."""

from __future__ import annotations

import json

import httpx
import pytest

from contract_tests.cli import main as cli
from contract_tests.target.ledger import Ledger, Made
from tests.contract_tests.proxy import html, proxied
from tests.contract_tests.twisting import serving

KEY = ("test-sweep", "")


@pytest.fixture
def service(monkeypatch):
    """A service with one product of a run and one of its own: its URL, and their ids."""
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test-sweep:")
    with serving("cliniko") as (twisted, url):
        ids = [
            httpx.post(f"{url}/products", auth=KEY, json={"name": name}).json()["id"]
            for name in ("ct-killed-1", "Soap")
        ]
        yield twisted, url, *ids


def sweep(url, *arguments):
    return cli.main(["sweep", "cliniko", "--target", url, "--rate", "none", *arguments])


def found(url, number):
    return httpx.get(f"{url}/products/{number}", auth=KEY).status_code


def test_it_takes_away_what_has_a_name_of_the_suite(service, capsys):
    _, url, ours, theirs = service
    assert sweep(url) == 0
    out = capsys.readouterr().out.splitlines()
    assert out == [f"products {ours}: archived", "cliniko: 1 deleted"]
    assert (found(url, ours), found(url, theirs)) == (404, 200)
    assert sweep(url, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"api": "cliniko", "records": []}
    assert sweep(url) == 0
    assert "cliniko: nothing to delete" in capsys.readouterr().out


def test_with_a_ledger_it_takes_away_what_that_knows_and_nothing_else(service, tmp_path, capsys):
    _, url, ours, theirs = service
    again = httpx.post(f"{url}/products", auth=KEY, json={"name": "ct-killed-2"}).json()["id"]
    path = tmp_path / "ledger.jsonl"
    for number in (ours, theirs):
        Ledger(path).has_made(Made("products", "first", number, {"id": number}))
    assert sweep(url, "--ledger", str(path)) == 0
    told = "cliniko: 1 deleted, 1 left alone, because no run has made them"
    assert told in capsys.readouterr().out
    assert [found(url, number) for number in (ours, theirs, again)] == [404, 200, 200]
    assert Ledger(path).left() == []


def test_what_the_vendor_keeps_is_counted_apart(service, tmp_path, capsys):
    _, url, *_ = service
    path = tmp_path / "ledger.jsonl"
    Ledger(path).has_made(Made("stock_adjustments", "first", "1", {"id": "1"}))
    assert sweep(url, "--ledger", str(path)) == 0
    assert "cliniko: 1 kept by the vendor" in capsys.readouterr().out


def test_what_is_not_deleted_ends_with_1_and_says_why(monkeypatch, capsys):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test.empty-sweep:")
    with proxied("cliniko") as (proxy, url):
        auth = ("test.empty-sweep", "")
        ours = httpx.post(f"{url}/products", auth=auth, json={"name": "ct-killed-1"}).json()["id"]
        proxy.instead = lambda _, method, __: None if method == "GET" else html(403)
        assert sweep(url) == 1
    out = capsys.readouterr().out
    assert f"products {ours}: not deleted: " in out
    assert "was answered with 403" in out
    assert "cliniko: 1 not deleted" in out


def test_a_service_that_does_not_answer_ends_with_3(monkeypatch, capsys):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "s3cret-sweep:")
    assert sweep("http://127.0.0.1:9/v1") == 3
    errors = capsys.readouterr().err
    assert len(errors.splitlines()) == 1
    assert "does not answer" in errors


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["cliniko"], "a mock of this process has nothing left; give --target a URL"),
        (["--target", "http://127.0.0.1:9"], "name the one API that is behind the URL"),
        (
            ["cliniko", "--target", "http://127.0.0.1:9", "--ledger", "no/such"],
            "--ledger: no/such does not exist",
        ),
        (["nope", "--target", "http://127.0.0.1:9"], "there is no API 'nope'"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line(monkeypatch, capsys, arguments, complaint):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test:")
    assert cli.main(["sweep", *arguments]) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1
