"""The command that compares two targets, over HTTP."""

from __future__ import annotations

import json
import os
import signal

import httpx
import pytest

from contract_tests.cli import main as cli
from contract_tests.target.run_tag import is_made_up
from tests.contract_tests.twisting import serving


@pytest.fixture
def service(monkeypatch):
    """A mock of Cliniko on a socket whose products show something more."""
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test-s3cret:")
    with serving("cliniko") as (twisted, url):

        def after(message):
            if message.is_for("GET", "/products/[0-9]+") and message.status == 200:
                message.body = json.dumps(json.loads(message.body) | {"extra": 1}).encode()

        twisted.after = after
        yield url


def diff(url, *arguments):
    given = ["cliniko", "--target", url, "--rate", "none", "--cases", "8"]
    return cli.main(["diff", *given, *arguments])


def test_it_tells_what_differs_and_lets_it_be_with_a_waiver(service, tmp_path, capsys):
    assert diff(service) == 1
    shown = capsys.readouterr()
    assert "cliniko: difference: spec: 1" in shown.out
    assert "GET /products/{id} /body/extra" in shown.out
    assert "profile writes" in shown.out
    assert "s3cret" not in shown.out + shown.err
    waivers = tmp_path / "waivers.yaml"
    waiver = {"operation": "getProduct", "pointer": "/body/extra", "reason": "ticket 7"}
    waivers.write_text(json.dumps([waiver]).replace("}]", ', "expires": 2999-01-31}]'))
    assert diff(service, "--waivers", str(waivers), "-v") == 0
    assert "waived: getProduct /body/extra (ticket 7)" in capsys.readouterr().out
    waivers.write_text(waivers.read_text().replace("2999", "2020"))
    assert diff(service, "--waivers", str(waivers)) == 1


def test_a_run_whose_time_is_up_says_how_far_it_came(service, capsys):
    assert diff(service, "--cases", "400", "--max-time", "1s", "-v") in (0, 1)
    assert "the time for the run is up, after" in capsys.readouterr().out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_after_a_report_and_leaves_nothing(monkeypatch, capsys, number, code):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test-s3cret:")
    made = []

    def after(message):
        if message.method == "POST" and message.status == 201:
            made.append(message.path)
            if len(made) == 3:
                os.kill(os.getpid(), number)

    with serving("cliniko") as (twisted, url):
        twisted.after = after
        assert diff(url, "--cases", "400") == code
        shown = capsys.readouterr().out
        names = [
            each["name"]
            for path in ("products", "taxes", "product_suppliers")
            for each in httpx.get(f"{url}/{path}?per_page=100", auth=("test-s3cret", "")).json()[
                path
            ]
        ]
    assert "cliniko: interrupted " in shown
    assert len(made) >= 3
    assert not [each for each in names if is_made_up(each)]


def test_a_target_that_does_not_answer_ends_with_3(monkeypatch, capsys):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test-s3cret:")
    assert diff("http://127.0.0.1:9/v1") == 3
    assert "does not answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["cliniko"], "give --target or --with the URL of a service"),
        (["cliniko", "--profile", "read-only"], "there is nothing of its own to compare"),
        (["cliniko", "--target", "http://127.0.0.1:9", "--waivers", "no/such"], "no/such: "),
        (["cliniko", "--with", "http://127.0.0.1:9"], "--with-credential says how to sign in"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line(monkeypatch, capsys, arguments, complaint):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test:")
    assert cli.main(["diff", *arguments]) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1
