"""A service that lets a run's credentials no longer in is no faulty service."""

from __future__ import annotations

import json

import pytest

from contract_tests.cli import main as cli
from tests.contract_tests.twisting import serving


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """A function (URL, credentials) → exit status, what was printed, and the findings."""

    def act(url, one="test:", other=None):
        monkeypatch.setenv("ONE", one)
        given = ["--credential", "env:ONE"]
        if other is not None:
            monkeypatch.setenv("OTHER", other)
            given += ["--other-credential", "env:OTHER"]
        paced = ["--rate", "none", "--level", "smoke", "--report", str(tmp_path)]
        status = cli.main(["run", "cliniko", "--target", url, *given, *paced])
        report = json.loads((tmp_path / "report.json").read_text())
        return status, capsys.readouterr().out, report["apis"][0]["findings"]

    return act


def test_a_refused_credential_is_said_to_be_that_and_nothing_is_tested(run):
    with serving("cliniko") as (_, url):
        status, told, findings = run(url, "nonsense:")
    assert (status, findings) == (3, [])
    assert f"not tested: {url} refuses what --credential gives: GET /products" in told


def test_so_is_that_of_the_other_account(run):
    with serving("cliniko") as (_, url):
        status, told, findings = run(url, other="nonsense:")
    assert (status, findings) == (3, [])
    assert "refuses what --other-credential gives" in told


def test_a_url_that_is_not_the_apis_is_told_and_not_tested(run):
    with serving("cliniko") as (_, url):
        status, told, findings = run(f"{url}/more")
    assert (status, findings) == (3, [])
    assert f"{url}/more has no such list: GET /products → 404; look at --target" in told


def test_an_owner_in_the_path_that_is_not_there_is_told_so(capsys, monkeypatch):
    monkeypatch.setenv("ONE", "test")

    def nobody(message):
        if "/nobody/" in message.path:
            message.status = 404

    with serving("skhokho") as (twisted, url):
        twisted.after = nobody
        where = ["--target", url, "--credential", "env:ONE", "--parameter", "org_uid=nobody"]
        assert cli.main(["run", "skhokho", *where, "--rate", "none"]) == 3
    assert "look at --target, --parameter org_uid" in capsys.readouterr().out


def test_the_other_account_may_be_refused_where_paths_name_an_owner(capsys, monkeypatch):
    monkeypatch.setenv("ONE", "test")
    monkeypatch.setenv("OTHER", "nonsense")
    with serving("skhokho") as (_, url):
        where = ["--target", url, "--credential", "env:ONE", "--other-credential", "env:OTHER"]
        mine = ["--parameter", "org_uid=organisation-1", "--level", "smoke", "--rate", "none"]
        assert cli.main(["run", "skhokho", *where, *mine]) == 0
    assert "not tested" not in capsys.readouterr().out


def test_nothing_is_swept_by_whom_the_service_does_not_let_in(capsys, monkeypatch):
    monkeypatch.setenv("ONE", "nonsense:")
    with serving("cliniko") as (_, url):
        where = ["--target", url, "--credential", "env:ONE", "--rate", "none"]
        assert cli.main(["sweep", "cliniko", *where]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "refuses what --credential gives" in told.err


def test_a_credential_that_lapses_ends_the_run_with_one_finding(run):
    asked = []

    def lapse(message):
        asked.append(message.path)
        if len(asked) > 40:
            message.request_headers.pop(b"authorization", None)

    with serving("cliniko") as (twisted, url):
        twisted.before = lapse
        status, told, (finding,) = run(url)
    assert (status, finding["check"]) == (1, "credential_lapsed")
    assert "refuses what --credential gives" in finding["message"]
    assert "it was taken before" in told
    assert len(asked) < 60


def test_who_is_refused_at_one_place_has_found_a_fault_and_goes_on(run):
    asked = []

    def refuse(message):
        asked.append(message.path)
        if message.is_for("GET", r"/taxes/\d+"):
            message.request_headers.pop(b"authorization", None)

    with serving("cliniko") as (twisted, url):
        twisted.before = refuse
        status, _, findings = run(url)
    assert status == 1
    assert {each["operation"] for each in findings} == {"GET /taxes/{id}"}
    assert any("/products/" in path for path in asked)
