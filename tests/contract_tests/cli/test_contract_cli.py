"""The `contract-tests` command: what it ends with, and what it says of wrong use."""

from __future__ import annotations

import json

import pytest

from contract_tests import suite
from contract_tests.cli import main as cli
from contract_tests.findings import Finding, Run
from contract_tests.target.target import Unreachable

FAULT = Finding("not_a_server_error", "GET /x", "Server error", "fuzzing", "curl http://x")


@pytest.fixture
def found(monkeypatch):
    """A function that says what runs find, by API; those not named find nothing."""

    def say(**findings):
        def act(run, *_):
            outcome = findings.get(run.api, [])
            if isinstance(outcome, Exception):
                raise outcome
            checked = {("GET /x", "not_a_server_error"): 3}
            run.take(Run(run.api, 1, requests=1, checks=3, findings=[*outcome], checked=checked))

        monkeypatch.setattr(suite, "_run", act)

    return say


def test_a_clean_mock_ends_with_0_and_says_how_much_was_sent(capsys):
    assert cli.main(["run", "cliniko", "--level", "smoke", "--profile", "read-only"]) == 0
    shown = capsys.readouterr()
    assert "cliniko: nothing found; " in shown.out
    assert "seed 1, profile read-only, target mock" in shown.out
    assert "cliniko: stateful: success, " in shown.err


def test_findings_end_with_1_and_show_how_to_repeat_them(capsys, found):
    found(cliniko=[FAULT])
    assert cli.main(["run", "cliniko"]) == 1
    out = capsys.readouterr().out
    assert "not_a_server_error" in out
    assert "#1 GET /x (fuzzing, new)" in out
    assert "curl http://x" in out


def test_as_json_the_report_alone_is_on_standard_output(tmp_path, capsys, found):
    found(cliniko=[FAULT])
    assert cli.main(["run", "cliniko", "--json", "--report", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert [each["check"] for each in report["apis"][0]["findings"]] == [FAULT.check]
    assert shown.out == (tmp_path / "report.json").read_text(encoding="utf-8")
    assert f"report: {tmp_path}\n" in shown.err


def test_all_apis_are_run_when_none_is_named_and_control_with_the_mocks(capsys, found):
    found()
    assert cli.main(["run"]) == 0
    out = capsys.readouterr().out
    for name in ("built", "cliniko", "exsited", "skhokho", "control"):
        assert f"{name}: nothing found; 1 requests" in out


def test_a_target_that_does_not_answer_ends_with_3(monkeypatch, capsys):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "key:")
    assert cli.main(["run", "cliniko", "--target", "http://127.0.0.1:9/v1"]) == 3
    shown = capsys.readouterr()
    assert shown.err.startswith("cliniko: http://127.0.0.1:9/v1 does not answer: ")
    assert len(shown.err.splitlines()) == 1
    assert "cliniko: not tested: http://127.0.0.1:9/v1 does not answer" in shown.out


@pytest.mark.parametrize(("findings", "status"), [([FAULT], 1), ([], 3)])
def test_what_one_api_shows_is_not_hidden_by_another_that_cannot_be_reached(
    capsys, found, findings, status
):
    found(built=Unreachable("it does not answer"), cliniko=findings)
    assert cli.main(["run", "built", "cliniko"]) == status
    out = capsys.readouterr().out
    assert "built: not tested: it does not answer" in out
    assert ("#1 GET /x" in out) is bool(findings)


def test_a_crash_with_one_api_is_a_finding_and_the_others_are_tested_all_the_same(capsys, found):
    found(built=RuntimeError("out of order"), cliniko=[FAULT])
    assert cli.main(["run", "built", "cliniko"]) == 1
    out = capsys.readouterr().out
    assert "RuntimeError: out of order" in out
    assert "built: crash: 1" in out
    assert "#2 GET /x" in out


def test_a_run_that_sent_nothing_has_tested_nothing(capsys, monkeypatch):
    monkeypatch.setattr(suite, "_run", lambda *_: None)
    assert cli.main(["run", "cliniko"]) == 1
    assert "no request was sent" in capsys.readouterr().out


def test_a_known_finding_does_not_fail_a_run_and_an_unknown_one_does(tmp_path, capsys, found):
    baseline = str(tmp_path / "known.yaml")
    found(cliniko=[FAULT])
    run = ["run", "cliniko", "--baseline", baseline]
    assert cli.main([*run, "--update-baseline"]) == 0
    assert "known.yaml: 1 added, 0 removed" in capsys.readouterr().out
    assert cli.main(run) == 0
    assert "#1 GET /x (fuzzing, known, since " in capsys.readouterr().out
    found(cliniko=[FAULT, Finding("other_check", "GET /x", "Odd", "fuzzing")])
    assert cli.main(run) == 1
    assert "findings: 1 new, 1 known" in capsys.readouterr().out


def test_a_finding_that_is_gone_is_named_and_leaves_the_baseline_on_demand(tmp_path, capsys, found):
    baseline = tmp_path / "known.json"
    run = ["run", "cliniko", "--baseline", str(baseline)]
    found(cliniko=[FAULT])
    cli.main([*run, "--update-baseline"])
    found(cliniko=[])
    capsys.readouterr()
    for more, left in (([], 1), (["--update-baseline"], 0)):
        assert cli.main([*run, *more]) == 0
        assert "no longer found: cliniko: not_a_server_error: GET /x" in capsys.readouterr().out
        assert len(json.loads(baseline.read_text())["known"]) == left


def test_an_entry_that_has_expired_fails_again(tmp_path, capsys, found):
    baseline = tmp_path / "known.json"
    run = ["run", "cliniko", "--baseline", str(baseline)]
    found(cliniko=[FAULT])
    cli.main([*run, "--update-baseline"])
    document = json.loads(baseline.read_text())
    document["known"][0] |= {"expires": "2020-01-31", "reason": "ticket 7"}
    baseline.write_text(json.dumps(document))
    assert cli.main(run) == 1
    assert "until 2020-01-31" in capsys.readouterr().out
    assert cli.main([*run, "--update-baseline"]) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nope"], "there is no API 'nope'"),
        (["cliniko", "--target", "::"], "is no URL"),
        (["cliniko", "--target", "127.0.0.1:80"], "neither `mock` nor a URL"),
        (["cliniko", "--target", "http://key:@127.0.0.1/v1"], "a URL takes no credential"),
        (["cliniko", "--target", "http://127.0.0.1:9", "--credential", "s3cret"], "env:NAME"),
        (["cliniko", "--credential", "env:NO_SUCH_NAME"], "NO_SUCH_NAME is not set"),
        (["cliniko", "--parameter", "org_uid"], "'org_uid' is not NAME=VALUE"),
        (["cliniko", "--parameter", "org_uid="], "'org_uid=' is not NAME=VALUE"),
        (["cliniko", "--rate", "5/day"], "--rate: a rate is N/second, N/minute"),
        (["cliniko", "--update-baseline"], "say which with --baseline FILE"),
        (["cliniko", "--baseline", "no/such.yaml"], "no/such.yaml does not exist"),
        (["cliniko", "--report", __file__], "is a file, not a folder"),
        (["control", "--target", "http://127.0.0.1:9"], "control is tested in a mock"),
    ],
)
def test_misuse_ends_with_2_and_is_one_line_on_standard_error(capsys, arguments, complaint):
    assert cli.main(["run", *arguments]) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert "s3cret" not in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [["--frobnicate"], ["--profile", "all"], ["--max-examples", "0"], ["--max-examples", "x"]],
)
def test_an_unknown_option_or_value_is_one_line_too(capsys, arguments):
    assert cli.main(["run", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--report", "--ledger"])
def test_what_cannot_be_written_is_told_before_anything_is_sent(tmp_path, capsys, found, option):
    found(cliniko=[FAULT])
    (tmp_path / "file").touch()
    assert cli.main(["run", "cliniko", option, str(tmp_path / "file" / "below")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        f"contract-tests: {option}: {tmp_path / 'file' / 'below'} cannot be written"
    ]


def test_a_report_that_no_folder_can_be_made_for_names_its_option(capsys, found):
    found(cliniko=[FAULT])
    assert cli.main(["run", "cliniko", "--report", "/proc/nope"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    [line] = shown.err.splitlines()
    assert line.startswith("contract-tests: --report: /proc/nope cannot be ")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--target", "http://127.0.0.1:9/v1?x=1"], "has a query or a fragment"),
        (["--target", "http://127.0.0.1:9/v1#x"], "has a query or a fragment"),
        (["--ledger", "."], "--ledger: . is a folder, not a file"),
        (["--baseline", "."], "--baseline: . is a folder, not a file"),
        (["--parameter", "nosuch=1"], "--parameter: no path has 'nosuch'"),
        (["--max-time", "soon"], "is not a time such as"),
        (["--settle", "soon"], "is not a time such as"),
    ],
)
def test_wrong_use_ends_with_2_before_anything_is_sent(capsys, arguments, complaint):
    assert cli.main(["run", "cliniko", *arguments]) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1
