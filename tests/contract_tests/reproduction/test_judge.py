"""Saved answers are judged by a claim, as a generated script does at its end."""

from __future__ import annotations

import pytest

from contract_tests.claims import Answers, Shows
from contract_tests.reproduction.judge import as_json, claim_of, main

SHOWN = Shows(1, "/name", "Soap", "products", "name")


@pytest.fixture
def answered(tmp_path):
    """A function that saves what was answered, one after the other, and gives the folder."""

    def save(*bodies, status=200):
        for number, body in enumerate(bodies):
            (tmp_path / f"{number}.status").write_text(f"getProduct GET /products/1 {status}\n")
            (tmp_path / f"{number}.headers").write_text(
                f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nX-None\r\n\r\n"
            )
            (tmp_path / f"{number}.body").write_bytes(body)
        return str(tmp_path)

    return save


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [(b"Soap", 0, "the claim holds"), (b"SOAP", 1, "GET /products/1 → 200")],
)
def test_the_exit_status_says_whether_the_claim_holds(answered, capsys, name, status, said):
    folder = answered(b"{}", b'{"name": "%s"}' % name)
    assert main(["cliniko", folder, as_json(SHOWN)]) == status
    assert said in capsys.readouterr().out


def test_a_status_is_judged_too(answered, capsys):
    claim = as_json(Answers(0, (404,), "it is gone"))
    assert main(["cliniko", answered(b"{}", status=404), claim]) == 0
    assert main(["cliniko", answered(b"{}", status=200), claim]) == 1
    assert "expected 404: it is gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["cliniko", "."],
        ["nowhere", ".", as_json(SHOWN)],
        ["cliniko", ".", "no JSON"],
        ["cliniko", ".", '{"claim": "Claim"}'],
        ["cliniko", ".", '{"claim": "Shows", "colour": "red"}'],
        ["cliniko", ".", as_json(SHOWN)],
    ],
)
def test_what_cannot_be_judged_ends_with_2_and_one_line(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("judge: API FOLDER CLAIM are needed: ")
    assert len(errors.splitlines()) == 1


def test_no_class_but_a_claim_is_made():
    with pytest.raises(ValueError, match="no such claim"):
        claim_of('{"claim": "ClaimContext"}')
