"""The command `contract-tests fidelity`."""

from __future__ import annotations

import json
import socket

import httpx
import pytest

from contract_tests.cli.main import main
from mock_server.app import build_server
from mock_server.live import LiveServer

CREDENTIAL = "CONTRACT_TESTS_CREDENTIAL"


@pytest.fixture
def service(monkeypatch):
    """The URL of a served Cliniko whose account is `test-live`."""
    monkeypatch.setenv(CREDENTIAL, "test-live:")
    server = build_server(["cliniko"])
    with LiveServer(server) as live:
        yield live.url + server.base_path("cliniko")


def products(url):
    answer = httpx.get(f"{url}/products", params={"per_page": 100}, auth=("test-live", ""))
    return answer.json()["products"]


def test_it_prints_a_table_for_each_operation_and_basis(capsys):
    assert main(["fidelity", "cliniko", "--rule", "taxes.list.*", "--rule", "user.*"]) == 0
    printed = capsys.readouterr().out
    assert "rules kept by the mock (profile full" in printed
    assert "documented" in printed
    assert "getAuthenticatedUser" in printed


def test_as_json_it_prints_what_the_report_has(capsys):
    assert main(["fidelity", "cliniko", "--rule", "user.shape", "--json"]) == 0
    (api,) = json.loads(capsys.readouterr().out)["apis"]
    assert [(rule["id"], rule["verdict"]) for rule in api["rules"]] == [("user.shape", "kept")]


def test_a_basis_leaves_out_the_others(capsys):
    assert main(["fidelity", "cliniko", "--basis", "observed", "--rule", "products.filter.*"]) == 0
    assert "2 of 2 rules" in capsys.readouterr().out


def test_the_report_has_every_rule_with_its_calls(tmp_path):
    assert main(["fidelity", "cliniko", "--rule", "user.shape", "--report", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "fidelity.json").read_text(encoding="utf-8"))
    (rule,) = report["apis"][0]["rules"]
    assert (rule["id"], rule["verdict"], rule["calls"]) == (
        "user.shape",
        "kept",
        ["GET /user → 200"],
    )


def test_a_service_is_only_read_from_unless_more_is_allowed(service, capsys):
    before = products(service)
    rules = ["--rule", "products.page.*", "--rule", "products.create.*", "--rate", "none"]
    assert main(["fidelity", "cliniko", "--target", service, *rules]) == 0
    assert products(service) == before
    assert "not sent, as the profile read-only does not allow it" in capsys.readouterr().out


def test_what_a_run_makes_is_its_own_and_is_taken_away(service, capsys):
    before = products(service)
    rules = ["--rule", "products.update.*", "--rule", "adjustments.create.*", "--rate", "none"]
    assert main(["fidelity", "cliniko", "--target", service, "--profile", "writes", *rules]) == 0
    assert products(service) == before
    printed = capsys.readouterr().out
    kept = int(printed.split(" of ")[0].split()[-1])
    assert kept > 30, printed


def test_a_rule_that_is_not_kept_is_shown_with_its_calls(capsys, monkeypatch, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "api: cliniko\n"
        "groups:\n"
        "- rules:\n"
        "  - {id: wrong, says: There are no taxes., operation: listTaxes, kind: list,\n"
        "     basis: inferred, source: a guess, expect: ['it.body.total_entries == 0']}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("contract_tests.fidelity.model.rules_path", lambda _: rules)
    assert main(["fidelity", "cliniko"]) == 1
    printed = capsys.readouterr().out
    assert "NOT KEPT wrong: There are no taxes." in printed
    assert "GET /taxes → 200" in printed


def test_nothing_there_ends_with_3(capsys):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        arguments = ["fidelity", "skhokho", "--target", url, "--profile", "full", "--credential"]
        assert main([*arguments, "env:HOME"]) == 3
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--basis", "documentd"], "documented"),
        (["--rule", "no.such.rule"], "no rule matches"),
        (["--beside", "a.json"], "it goes with --page"),
        (["--page", "--beside", "none.json"], "none.json"),
        (["--page", "--beside", "pyproject.toml"], "is no fidelity.json"),
        (["control"], "there is no API 'control'"),
    ],
)
def test_wrong_use_is_told_in_one_line(arguments, told, capsys):
    assert main(["fidelity", *arguments]) == 2
    problem = capsys.readouterr().err
    assert told in problem
    assert problem.count("\n") == 1
