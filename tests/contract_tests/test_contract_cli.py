"""The `contract-tests` command."""

from __future__ import annotations

import pytest

from contract_tests import cli
from contract_tests.findings import Finding, Run


def test_a_clean_mock_ends_with_0_and_says_how_much_was_sent(capsys):
    assert cli.main(["run", "cliniko", "--max-examples", "1"]) == 0
    out = capsys.readouterr().out
    assert "cliniko: nothing found; " in out
    assert "seed 1" in out


def test_findings_end_with_1_and_show_how_to_repeat_them(capsys, monkeypatch):
    finding = Finding("not_a_server_error", "GET /x", "Server error", "fuzzing", "curl http://x")

    def found(*_: object, **__: object) -> Run:
        return Run("cliniko", 1, requests=1, findings=[finding])

    monkeypatch.setattr(cli, "run_conformance", found)
    assert cli.main(["run", "cliniko"]) == 1
    out = capsys.readouterr().out
    assert "not_a_server_error: GET /x (fuzzing)" in out
    assert "curl http://x" in out


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (["run", "nope"], 2, "there is no API 'nope'"),
        (["run", "cliniko", "--target", "http://127.0.0.1:9/v1"], 3, "does not answer"),
        (["run", "cliniko", "--target", "::"], 3, "does not answer"),
    ],
)
def test_misuse_is_one_line_on_standard_error(capsys, arguments, status, complaint):
    assert cli.main(arguments) == status
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1


def test_an_unknown_option_is_one_line_too(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["run", "--frobnicate"])
    assert len(capsys.readouterr().err.splitlines()) == 1
