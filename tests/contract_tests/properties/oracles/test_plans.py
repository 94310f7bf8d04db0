"""How far a run of the properties goes, and what it reports about that."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from contract_tests.properties.oracles import ORACLES
from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from tests.contract_tests.properties.oracles.switches import (
    ADDS_UP,
    CREATED,
    NEEDS_CREDENTIAL,
    PAGES,
    UNSEEN,
)
from tests.contract_tests.toy.lifecycle import LIFECYCLE
from tests.contract_tests.toy.target import toy_target

QUICK = Plan(rounds=1, shortest=False)


def methods_of(monkeypatch, plan):
    """The methods that a run sends, and the run."""
    sent = set()
    send = Session.send

    def noted(session, call, trace):
        exchange, pointers = send(session, call, trace)
        sent.add(exchange.method)
        return exchange, pointers

    monkeypatch.setattr(Session, "send", noted)
    return run_properties(toy_target(), plan=plan), sent


def test_without_writes_nothing_but_gets_is_sent(monkeypatch):
    run, sent = methods_of(monkeypatch, replace(QUICK, writes=False))
    assert sent == {"GET"}
    writing = {each.id for each in ORACLES if each.writes}
    assert {
        each.name for each in run.properties if each.skipped == "needs --profile writes"
    } == writing


def test_without_wild_ones_nobody_calls_without_a_right_credential(monkeypatch):
    run, _ = methods_of(
        monkeypatch, replace(QUICK, touches_foreign_data=False, only=(NEEDS_CREDENTIAL,))
    )
    (tried,) = run.properties
    assert (tried.tried, run.requests) == (0, 0)
    assert tried.skipped == "needs --profile full, as it may change records of others"


def test_without_a_second_account_it_is_said_what_that_leaves_out():
    target = replace(toy_target(), other_credential=None)
    (tried,) = run_properties(target, plan=replace(QUICK, only=(UNSEEN,))).properties
    assert (tried.tried, tried.skipped) == (0, "needs a second account (--other-credential)")


def test_with_first_a_run_ends_with_its_first_finding():
    plan = Plan(first=True)
    run = run_properties(toy_target("gross is a float"), plan=plan)
    assert [each.check for each in run.findings] == [ADDS_UP]
    assert run.properties[-1].name == ADDS_UP
    assert len(run.properties) < len(ORACLES)


def test_only_those_that_are_named_are_tried_and_reported():
    told = []
    run = run_properties(toy_target(), plan=replace(QUICK, only=(PAGES,)), progress=told.append)
    assert [each.name for each in run.properties] == [PAGES]
    assert told == [f"{PAGES}: 2 cases"]


def test_one_case_can_be_tried_alone_as_it_is_named():
    (whole,) = run_properties(toy_target(), plan=replace(QUICK, only=(PAGES,))).properties
    plan = replace(QUICK, only=(PAGES,), case=whole.last)
    (alone,) = run_properties(toy_target(), plan=plan).properties
    assert (whole.tried, alone.tried, alone.last) == (2, 1, whole.last)


def test_a_line_that_breaks_is_a_finding_of_its_own(monkeypatch):
    def broken(*_):
        raise httpx.ReadError("the line broke")

    monkeypatch.setattr(Session, "send", broken)
    (finding,) = run_properties(toy_target(), plan=replace(QUICK, only=(PAGES,))).findings[:1]
    assert finding.check == "transport"
    assert "the line broke" in finding.message


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_sends_the_same_again(seed):
    plan = replace(QUICK, only=(CREATED, PAGES))
    one, other = (
        run_properties(toy_target("a field is lost"), seed=seed, plan=plan) for _ in range(2)
    )
    assert one.findings == other.findings
    assert one.requests == other.requests


def test_a_session_asks_for_json_where_there_is_some():
    session = Session(toy_target(), LIFECYCLE, RunTag("t"))
    assert session.accepted("readItem") == "application/json"
    assert session.accepted("readFile") == "*/*"
    assert session.accepted("deleteItem") == "application/json"


def test_a_session_never_says_a_name_twice():
    session = Session(toy_target(), LIFECYCLE, RunTag("t"))
    assert [session.name() for _ in range(3)] == ["ct-t-1", "ct-t-2", "ct-t-3"]
