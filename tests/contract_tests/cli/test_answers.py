"""The command `contract-tests check-answer`."""

from __future__ import annotations

import json

import pytest

from contract_tests.cli import main as cli
from contract_tests.target.mock import mock_target


@pytest.fixture
def check(tmp_path):
    """A function (status, headers, body, operation) → what the command ends with."""

    def run(status, headers, body, operation="getTax", options=()):
        (tmp_path / "headers").write_bytes(headers)
        (tmp_path / "body").write_bytes(body)
        where = ["--headers", str(tmp_path / "headers"), "--body", str(tmp_path / "body")]
        asked = ["check-answer", "cliniko", operation, "--status", str(status)]
        return cli.main([*asked, *where, *options])

    return run


@pytest.fixture(scope="module")
def answer():
    with mock_target("cliniko").client() as client:
        return client.get("/taxes/1")


def dump(answer, **changes):
    """The headers of an answer as curl writes them down."""
    headers = {**answer.headers, **changes}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {answer.status_code} OK", *lines, "", ""]).encode()


def test_an_answer_that_keeps_to_the_spec_ends_with_0(check, answer, capsys):
    assert check(200, dump(answer), answer.content) == 0
    assert capsys.readouterr().out == ""


def test_headers_of_interim_answers_are_passed_over(check, answer):
    assert check(200, b"HTTP/1.1 100 Continue\r\n\r\n" + dump(answer), answer.content) == 0


def test_an_answer_that_breaks_the_spec_ends_with_1_and_says_where(check, answer, capsys):
    body = json.loads(answer.content)
    del body["name"]
    assert check(200, dump(answer), json.dumps(body).encode()) == 1
    assert capsys.readouterr().out == '/body: "name" is a required property\n'
    assert check(200, dump(answer), json.dumps(body).encode(), options=["--json"]) == 1
    assert json.loads(capsys.readouterr().out) == ['/body: "name" is a required property']


def test_the_same_bytes_are_judged_by_what_their_operation_allows(check, answer, capsys):
    for _ in range(2):
        assert check(200, dump(answer), answer.content) == 0
        assert check(200, dump(answer), answer.content, operation="listTaxes") == 1
        assert '/body: "taxes" is a required property' in capsys.readouterr().out


def test_a_status_and_a_media_type_that_are_not_declared_are_told(check, answer, capsys):
    assert check(218, dump(answer), answer.content) == 1
    assert check(200, dump(answer, **{"content-type": "text/html"}), answer.content) == 1
    assert capsys.readouterr().out.splitlines() == [
        "/status: 218 is not declared for getTax",
        "/headers/content-type: text/html is not declared",
    ]


def test_wrong_use_is_one_line(check, answer, capsys, tmp_path):
    assert check(200, dump(answer), answer.content, operation="nope") == 2
    assert "cliniko has no operation 'nope'; there are listProducts, " in capsys.readouterr().err
    files = ["--headers", str(tmp_path / "no"), "--body", str(tmp_path / "no")]
    assert cli.main(["check-answer", "cliniko", "getTax", "--status", "200", *files]) == 2
    assert capsys.readouterr().err == f"contract-tests: {tmp_path}/no: No such file or directory\n"
