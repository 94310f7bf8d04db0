"""The suite beside real deployments: nothing is lost, nothing is harmed, nothing is hidden."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace

import httpx
import pytest

from contract_tests.cli import main as cli
from contract_tests.cli.options import read_options
from contract_tests.properties.run import run_properties
from contract_tests.suite import opened, plan_of, run_tag
from contract_tests.target.ledger import Ledger
from contract_tests.target.run_tag import is_made_up
from tests.contract_tests.proxy import CODINGS, html, listed, proxied, redirect

ACCOUNTS = ("test.empty-deployed", "test.empty-deployed2")


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    for name, word in zip(("CREDENTIAL", "OTHER_CREDENTIAL"), ACCOUNTS, strict=True):
        monkeypatch.setenv(f"CONTRACT_TESTS_{name}", f"{word}:")


def run(url, *arguments):
    given = ["cliniko", "--target", url, "--rate", "none", "--level", "smoke", *arguments]
    return cli.main(["run", *given])


def tried(url, *properties, **given):
    """A run that tries some properties, writing its own records alone."""
    options = {"target": url, "rate": "none", "profile": "writes", "level": "smoke", **given}
    options = read_options({"api": ("cliniko",), **options})
    with opened("cliniko", options, run_tag(options)) as target:
        plan = replace(plan_of(options, target), only=properties)
        return run_properties(target, plan=plan)


def left(url):
    """The names of the suite's own that are still to be seen in both accounts."""
    return [
        each["name"]
        for account in ACCOUNTS
        for each in listed(url, "products", account, per_page=100)
        if is_made_up(each["name"])
    ]


@pytest.mark.parametrize("coding", CODINGS)
def test_coded_answers_are_read_like_others(coding, tmp_path, capsys):
    path = tmp_path / "ledger"
    with proxied("cliniko", coding) as (_, url):
        found = tried(url, "read_after_create", "update_keeps_stock", ledger=path)
        assert (found.findings, found.skipped) == ([], [])
        events = [json.loads(line)["event"] for line in path.read_text().splitlines()]
        assert events.count("made") > 3
        arguments = ["cliniko", "--target", url, "--rate", "none", "--ledger", str(path)]
        assert cli.main(["sweep", *arguments]) == 0
        assert " kept by the vendor" in capsys.readouterr().out
        assert Ledger(path).unanswered() == set()
        assert left(url) == []


def test_a_creation_that_does_not_tell_what_it_made_is_found_and_ends_writing():
    def without_id(_, method, path, reply):
        if method == "POST" and path.endswith("/products") and reply.status == 201:
            reply.body = b"{}"

    with proxied("cliniko") as (proxy, url):
        proxy.after = without_id
        found = tried(url, "read_after_create", "read_after_update")
        assert len([each for each in proxy.calls if each[0] != "GET"]) == 1
    assert "unreadable_creation" in {each.check for each in found.findings}


def test_a_finding_about_a_record_of_its_own_comes_with_all_others():
    def not_saved(_, method, path, reply):
        if method == "GET" and "/products/" in path and reply.status == 200:
            body = json.loads(reply.body)
            body["name"] = "nothing of what was sent"
            reply.body = json.dumps(body).encode()

    with proxied("cliniko") as (proxy, url):
        proxy.after = not_saved
        found = tried(url, "read_after_update", "updates_accumulate", level="default")
    assert {each.check for each in found.findings} == {"read_after_update", "updates_accumulate"}
    assert all(each.reproduction for each in found.findings)
    assert found.requests > 30


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_tidies_up_reports_and_says_where(number, tmp_path):
    with proxied("cliniko") as (proxy, url):
        command = [sys.executable, "-m", "contract_tests.cli", "run", "cliniko", "--target", url]
        command += ["--rate", "none", "--profile", "writes", "--report", str(tmp_path)]
        started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

        def after(_, method, *__):
            made = sum(each[0] == "POST" for each in proxy.calls)
            if method == "POST" and made == 7:
                started.send_signal(number)

        proxy.after = after
        out, _ = started.communicate(timeout=120)
        assert started.returncode == 128 + number
        assert "cliniko: interrupted while trying " in out
        assert "nothing found" not in out
        assert json.loads((tmp_path / "report.json").read_text())["apis"][0]["requests"] > 7
        assert left(url) == []


@pytest.mark.parametrize(
    "instead",
    [
        redirect(301, "https://api.example.com/v1/"),
        redirect(302, "/login"),
        redirect(308, "https://elsewhere.example.com/"),
        html(503),
        html(500),
        html(200),
    ],
    ids=lambda reply: str(reply.status),
)
@pytest.mark.parametrize("command", ["run", "sweep", "diff"])
def test_a_target_that_is_not_the_api_is_told_after_the_first_list(command, instead, capsys):
    with proxied("cliniko") as (proxy, url):
        proxy.instead = lambda *_: instead
        arguments = ["cliniko", "--target", url, "--rate", "none"]
        assert cli.main([command, *arguments]) == 3
        printed = capsys.readouterr()
        said = printed.out + printed.err
        assert "answers" in said
        location = dict(instead.headers).get(b"location", b"").decode()
        assert location in said
        assert not location or "give that as --target" in said
        # An answer of a server's own may be one that passes.
        assert len(proxy.calls) <= 3


def test_a_baseline_is_no_excuse_for_what_was_not_tested(tmp_path):
    baseline = tmp_path / "known.yaml"
    arguments = ["--baseline", str(baseline), "--update-baseline"]
    assert run("http://127.0.0.1:1/v1", *arguments) == 3
    with proxied("cliniko") as (proxy, url):
        proxy.instead = lambda *_: html(401)
        assert run(url, *arguments) == 3


@pytest.mark.parametrize(
    "answer",
    [redirect(301, "https://api.example.com/"), html(503), html(200)],
    ids=lambda reply: str(reply.status),
)
def test_a_list_that_cannot_be_read_is_not_an_empty_account(answer, capsys):
    with proxied("cliniko") as (proxy, url):
        made = httpx.post(f"{url}/products", auth=(ACCOUNTS[0], ""), json={"name": "ct-1-1 soap"})
        assert made.status_code == 201
        # The credential is tried before.
        proxy.instead = lambda number, *_: answer if number > 3 else None
        assert cli.main(["sweep", "cliniko", "--target", url, "--rate", "none"]) == 3
        assert "what is left there is unknown" in capsys.readouterr().err


def test_sweeping_leaves_what_a_ledger_of_another_account_names(tmp_path, capsys):
    ledger = tmp_path / "ledger"
    with proxied("cliniko") as (_, url):
        auth = (ACCOUNTS[0], "")
        soap = httpx.post(f"{url}/products", auth=auth, json={"name": "Soap"}).json()["id"]
        made = {"event": "made", "resource": "products", "account": "first", "id": soap}
        ledger.write_text(json.dumps({**made, "path": {"id": soap}}) + "\n")
        arguments = ["cliniko", "--target", url, "--rate", "none", "--ledger", str(ledger)]
        assert cli.main(["sweep", *arguments]) == 0
        assert "which no run has made" in capsys.readouterr().out
        assert httpx.get(f"{url}/products/{soap}", auth=auth).status_code == 200
        ledger.write_text(json.dumps({"event": "belongs", "target": "https://real/v1"}) + "\n")
        assert cli.main(["sweep", *arguments]) == 2
        assert "is of https://real/v1, not of" in capsys.readouterr().err
