"""A client's id and secret as a credential: signing in, and again when a token lapses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract_tests.cli import main as cli
from contract_tests.cli.options import read_options
from contract_tests.properties.run import run_properties
from contract_tests.suite import opened, plan_of, run_tag
from contract_tests.target.ledger import Ledger
from contract_tests.target.service import url_target
from contract_tests.target.target import Unreachable
from tests.contract_tests.proxy import Reply, proxied

CLIENTS = ("test.empty-oauth:s3cret-of-one", "test.empty-oauth2:s3cret-of-two")


def refused():
    return Reply(401, [(b"content-type", b"application/json")], b"{}")


def test_a_refused_token_is_replaced_and_the_call_sent_again():
    with proxied("exsited") as (proxy, url):
        tokens = []
        target = url_target("exsited", url, *CLIENTS, learned=tokens.append)
        assert len(tokens) == 2
        lapses = [3]
        proxy.instead = lambda number, *_: refused() if number in lapses else None
        with target.client() as client:
            assert client.get("/api/v3/items").status_code == 200
        assert [path.rpartition("/")[2] for _, path in proxy.calls[2:]] == [
            "items", "token", "items",
        ]  # fmt: skip
        assert len({*tokens}) == 3
        # What is refused again is so, and asked for no more.
        proxy.instead = lambda _, __, path: refused() if path.endswith("items") else None
        with target.client() as client:
            assert client.get("/api/v3/items").status_code == 401
        target.close()


def test_a_client_that_is_refused_is_said_before_anything_is_tried():
    with proxied("exsited") as (proxy, url):
        proxy.instead = lambda *_: Reply(302, [(b"location", b"/login")])
        with pytest.raises(Unreachable, match="refuses a client's id and secret"):
            url_target("exsited", url, *CLIENTS)


def test_a_run_whose_tokens_lapse_goes_on_and_its_ledger_fits_the_next_one(
    tmp_path, monkeypatch, capsys
):
    for name, value in zip(("CREDENTIAL", "OTHER_CREDENTIAL"), CLIENTS, strict=True):
        monkeypatch.setenv(f"CONTRACT_TESTS_{name}", value)
    ledger = tmp_path / "ledger"
    with proxied("exsited") as (proxy, url):
        proxy.instead = lambda number, _, path: (
            refused() if number % 9 == 0 and "token" not in path else None
        )
        options = read_options(
            {"api": ("exsited",), "target": url, "rate": "none", "profile": "writes",
             "level": "smoke", "ledger": ledger}
        )  # fmt: skip
        with opened("exsited", options, run_tag(options)) as target:
            plan = replace(plan_of(options, target), only=("read_after_create",))
            run = run_properties(target, plan=plan)
        arguments = ["exsited", "--target", url, "--rate", "none", "--ledger", str(ledger)]
        assert cli.main(["sweep", *arguments]) == 0
    assert (run.findings, run.skipped) == ([], [])
    assert len([path for _, path in proxy.calls if "token" in path]) > 4
    assert {each.resource for each in Ledger(ledger).left()} <= {"note"}  # which the vendor keeps
    shown = capsys.readouterr()
    for secret in ("s3cret-of-one", "s3cret-of-two"):
        assert secret not in shown.out + shown.err + ledger.read_text()
