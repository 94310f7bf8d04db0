"""`contract-tests replay` sends the calls of a reported finding again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from contract_tests.cli import main as cli
from contract_tests.cli.options import CREDENTIAL
from contract_tests.reports.files import write_report
from tests.contract_tests.reports.examples import BROKEN, STALE, report_with

TEST = """
from contract_tests.claims import Answers
from contract_tests.exchange.trace import Call
from contract_tests.reproduction.running import reproduce
from contract_tests.reproduction.script import Step

STEPS = (Step(Call('listTaxes'), status=500),)


def test_it():
    reproduce('cliniko', STEPS, Answers(0, {statuses}){url})
"""


@pytest.mark.parametrize(
    ("statuses", "url", "ended", "said"),
    [
        ((200,), "", 0, "The fault is not there."),
        ((404,), "", 3, "Inconclusive: "),
        ((200,), ", url='http://127.0.0.1:9'", 3, "Inconclusive: CONTRACT_TESTS_CREDENTIAL is not"),
    ],
)
def test_a_finding_is_tried_again_by_its_test(
    tmp_path, capsys, monkeypatch, statuses, url, ended, said
):
    monkeypatch.delenv(CREDENTIAL, raising=False)
    test = TEST.format(statuses=statuses, url=url)
    write_report(report_with(replace(BROKEN, test=test)), tmp_path)
    fingerprint = json.loads((tmp_path / "report.json").read_text())["apis"][0]["findings"][0]
    for wanted in ("1", fingerprint["fingerprint"]):
        assert cli.main(["replay", wanted, "--report", str(tmp_path)]) == ended
        shown = capsys.readouterr().out
        assert shown.startswith(
            "not_a_server_error: GET /products/{id}\n  1. GET /products/7 → 500"
        )
        assert said in shown


def test_a_fault_that_is_there_ends_with_one_and_shows_no_credential(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv(CREDENTIAL, "s3cret-key")
    test = "def test_it():\n    raise AssertionError('GET /x?key=s3cret-key answered 500')\n"
    write_report(report_with(replace(BROKEN, test=test)), tmp_path)
    assert cli.main(["replay", "#1", "--report", str(tmp_path)]) == 1
    assert "The fault is there: GET /x?key=[credential] answered 500" in capsys.readouterr().out


@pytest.mark.parametrize(("status", "ended"), [(0, 0), (1, 1), (2, 3)])
def test_without_a_test_the_script_is_run(tmp_path, capsys, status, ended):
    script = f"#!/bin/sh\necho ended\nexit {status}\n"
    write_report(report_with(replace(STALE, reproduction=script)), tmp_path)
    assert cli.main(["replay", "1", "--report", str(tmp_path)]) == ended
    assert "ended" in capsys.readouterr().out


def test_the_outcome_of_a_replay_is_there_as_json(tmp_path, capsys):
    write_report(report_with(replace(BROKEN, test=TEST.format(statuses=(200,), url=""))), tmp_path)
    assert cli.main(["replay", "1", "--report", str(tmp_path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["number"], shown["outcome"], shown["check"]) == (1, "not there", BROKEN.check)


def test_wrong_use_is_one_line(tmp_path, capsys):
    write_report(report_with(replace(BROKEN, test="", reproduction="")), tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "report.json").write_text("[]")
    for arguments, complaint in (
        (["2", "--report", str(tmp_path)], "has no finding '2'"),
        (["1", "--report", str(tmp_path)], "finding 1 has nothing to send again"),
        (["1", "--report", str(tmp_path / "none")], "No such file"),
        (["1", "--report", str(tmp_path / "other")], "is no report of contract-tests run"),
    ):
        assert cli.main(["replay", *arguments]) == 2
        shown = capsys.readouterr().err
        assert complaint in shown
        assert shown.count("\n") == 1
