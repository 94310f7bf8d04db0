"""A finding comes with the shortest calls that show it, and with two ways to make them again."""

from __future__ import annotations

import re

import pytest

from contract_tests.properties.run import Plan, run_properties
from contract_tests.reproduction import running
from contract_tests.target import service
from contract_tests.target.target import Target
from mock_server.live import LiveServer
from tests.contract_tests.properties.oracles.switches import SWITCHES
from tests.contract_tests.reproduction.again import ends, module_ends
from tests.contract_tests.toy.app import App
from tests.contract_tests.toy.target import toy_target, toy_vendor

GONE = "http://127.0.0.1:9"
CREATED = "POST /main/items → 201"
READ = "GET /main/items/ID → 200"
SHORTEST = {
    "an update is lost": (CREATED, "PUT /main/items/ID → 200"),
    "a card is stale": (CREATED, "PATCH /main/items/ID → 200", "GET /main/items/ID/card → 200"),
    "the rest is nulled": (CREATED, READ, "PATCH /main/items/ID → 200", READ),
    "stock is moved twice": (CREATED, READ, "POST /main/items/ID/moves → 201", READ),
    "deleted are still read": (CREATED, "DELETE /main/items/ID → 204", READ),
    "others' items are read": (CREATED, "GET /main/items/ID as another account → 200"),
    "a wrong credential will do": ("GET /main/items with a wrong credential → 200",),
    "summary is off": (
        "GET /main/items?page=1&per_page=8 → 200",
        "GET /main/items?page=2&per_page=8 → 200",
        "GET /main/summary → 200",
    ),
}
#: Switches by which each way to judge is tried, and the claim that finds them; all findings are
#: tried by `benchmarks/reproductions.py`.
KINDS = {
    "Carries": "files are corrupted",
    "Differs": "identifiers are used twice",
    "Filtered": "filter is ignored",
    "KeepsTo": "a number is a text",
    "Lists": "a list misses what is new",
    "Related": "gross is rounded",
    "SameMembers": "the next link leads back",
    "Summed": "summary is off",
    "Timely": "local time is shown as UTC",
    "Unfollowed": "others' items are referred to",
    "Unlike": "others' items are read",
}


def found(name, kind="", target=None):
    """What is found of a switch, by a claim of a kind if one is named."""
    switch = next(each for each in SWITCHES if each.name == name)
    plan = Plan(rounds=1 if kind else 3, only=(switch.oracle,), reference=toy_target)
    findings = run_properties(target or toy_target(name), plan=plan).findings
    if kind:
        return next(each for each in findings if f"CLAIM = {kind}(" in each.test)
    return next(each for each in findings if switch.is_told_by(each))


@pytest.mark.parametrize("name", SHORTEST)
def test_no_call_is_left_that_it_does_not_take(name):
    steps = tuple(re.sub(r"item-\d+", "ID", step) for step in found(name).steps)
    assert steps == SHORTEST[name]


def test_without_one_that_conforms_nothing_is_left_out():
    plan = Plan(only=("listed_after_create",))
    (finding, *_) = run_properties(toy_target("a list misses what is new"), plan=plan).findings
    assert len(finding.steps) > 2
    assert finding.reproduction


@pytest.fixture
def served():
    """Toys on loopback: a function from switches' names to a toy's origin."""
    servers = []

    def serve(*wrong):
        servers.append(LiveServer(App(*wrong)).__enter__())
        return servers[-1].url

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_whether_the_fault_is_there(kind, served, tmp_path, monkeypatch):
    for module in (service, running):
        monkeypatch.setattr(module, "load_vendor", lambda _: toy_vendor(), raising=False)
    credentials = ("first-token", "other-token")
    wrong = served(KINDS[kind])
    target = Target(
        toy_vendor(), wrong, credentials[0], service.ServiceTransport(), credentials[1],
        {"house": "main"},
    )  # fmt: skip
    finding = found(KINDS[kind], kind, target)
    target.close()
    for url, wanted in ((wrong, 1), (served(), 0), (GONE, 2)):
        status, said = ends(finding.reproduction, tmp_path, url, *credentials)
        assert status == wanted, said
        status, said = module_ends(finding.test, url, *credentials)
        assert status == wanted, said
