"""What options make of a run: where it goes, as whom, and how far."""

from __future__ import annotations

import click
import pytest

from contract_tests import suite
from contract_tests.cli import main as cli
from contract_tests.cli.options import read_options, target_options
from mock_server.discovery import api_names
from tests.contract_tests.twisting import serving

COMMAND = target_options(click.command("run")(lambda **_: None))


def options(*arguments):
    return read_options(COMMAND.make_context("run", list(arguments)).params)


@pytest.fixture
def target():
    """A function (API, arguments) → the target of a run."""
    return lambda api, *arguments: suite.target_of(api, options(api, *arguments))


def test_a_mock_is_tested_as_two_accounts_that_do_not_see_each_other(target):
    words = ("--credential", "test-one", "--other-credential", "test-two")
    one = target("cliniko", *words)
    assert (one.credential, one.other_credential) == ("test-one:", "test-two:")
    assert target("cliniko").other_credential == "test-other:"


def test_a_parameter_replaces_the_one_of_the_mock_and_leaves_the_others(target):
    usual = dict(target("skhokho").parameters)
    assert usual
    name = next(iter(usual))
    changed = target("skhokho", "--parameter", f"{name}=a=b")
    assert changed.parameters == {**usual, name: "a=b"}


def test_a_service_is_tested_with_its_credentials(target, monkeypatch):
    monkeypatch.setenv("ONE", "key-one:")
    monkeypatch.setenv("OTHER", "key-two:")
    given = ("--credential", "env:ONE", "--other-credential", "env:OTHER")
    with serving("cliniko") as (_, url):
        there = target("cliniko", "--target", f"{url}/", *given)
    assert (there.base_url, there.credential) == (url, "key-one:")
    assert there.other_credential == "key-two:"


@pytest.mark.parametrize("api", api_names())
def test_a_service_that_is_not_there_is_told_as_that_for_every_api(api, capsys):
    assert cli.main(["run", api, "--target", "http://127.0.0.1:9", "--profile", "full"]) == 3
    assert "http://127.0.0.1:9 does not answer" in capsys.readouterr().out


def test_a_service_is_only_read_unless_more_is_asked_for(monkeypatch, capsys):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test:")
    sent = []
    with serving("cliniko") as (twisted, url):
        twisted.before = lambda message: sent.append(message.method)
        run = ["run", "cliniko", "--target", url, "--level", "smoke", "--rate", "none"]
        assert cli.main(run) == 0
    assert set(sent) == {"GET"}
    assert f"profile read-only, target {url}" in capsys.readouterr().out


def test_the_vendors_own_limit_is_kept_unless_another_is_given(monkeypatch):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test:")
    paces = []

    class Stopped(Exception):
        pass

    def remember(_target, _profile, pace, _policy, **_):
        paces.append(pace)
        raise Stopped

    def opened(given):
        with pytest.raises(Stopped), suite.opened("cliniko", given, suite.run_tag(given)):
            pass

    monkeypatch.setattr(suite, "guarded", remember)
    with serving("cliniko") as (_, url):
        for rate in ([], ["--rate", "7/second"], ["--rate", "none"]):
            opened(options("--target", url, *rate))
    monkeypatch.delenv("CONTRACT_TESTS_CREDENTIAL")
    opened(options())
    documented, given, *unpaced = paces
    assert documented is not None
    assert given is not None
    assert unpaced == [None, None]


def test_it_is_said_beforehand_how_long_the_pace_makes_a_run(monkeypatch, capfd):
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test:")
    with serving("cliniko") as (_, url):
        cli.main(["run", "cliniko", "--target", url, "--rate", "600/minute", "--max-time", "1s"])
    assert "pace: at most 600 requests in 60 seconds, so that 1,000 requests take 0:01:40" in (
        "".join(capfd.readouterr())
    )


def test_it_must_be_said_whose_account_of_a_service_is_meant(monkeypatch, capsys):
    assert cli.main(["run", "cliniko", "--target", "http://127.0.0.1:9"]) == 2
    assert "--credential: say how to sign in" in capsys.readouterr().err
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "session")
    assert cli.main(["run", "skhokho", "--target", "http://127.0.0.1:9"]) == 2
    assert "--parameter org_uid=…: say which one is meant" in capsys.readouterr().err
