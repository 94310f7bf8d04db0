"""A finding comes with the shortest calls that show it, and with two ways to make them again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from decimal import Decimal

import pytest

from contract_tests.claims import Answers, Carries, Lists, Moved
from contract_tests.properties.run import Plan, run_properties
from contract_tests.reproduction import running
from contract_tests.reproduction.judge import as_json, claim_of
from contract_tests.target import service
from contract_tests.target.service import ServiceTransport
from contract_tests.target.target import Target
from mock_server.live import LiveServer
from tests.conftest import ROOT
from tests.contract_tests.properties.oracles.switches import SWITCHES
from tests.contract_tests.toy.app import App
from tests.contract_tests.toy.target import toy_target, toy_vendor

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
AGAIN = ("others' items are read", "summary is off")
#: The judge knows the APIs that there are; the toy is none of them.
PYTHON = """#!/bin/sh
if [ "$2" = contract_tests.reproduction.judge ]; then
  shift 2
  set -- -m tests.contract_tests.toy.judge "$@"
fi
exec "{python}" "$@"
"""


def found(name, target=None):
    """What is found of a switch, on a target if not on a toy of its own."""
    switch = next(each for each in SWITCHES if each.name == name)
    plan = Plan(rounds=3, only=(switch.oracle,), reference=toy_target)
    run = run_properties(target or toy_target(name), plan=plan)
    return next(each for each in run.findings if switch.is_told_by(each))


@pytest.mark.parametrize("name", SHORTEST)
def test_no_call_is_left_that_it_does_not_take(name):
    steps = tuple(re.sub(r"item-\d+", "ID", step) for step in found(name).steps)
    assert steps == SHORTEST[name]


def test_without_one_that_conforms_nothing_is_left_out():
    plan = Plan(only=("listed_after_create",))
    (finding, *_) = run_properties(toy_target("a list misses what is new"), plan=plan).findings
    assert len(finding.steps) > 2
    assert finding.reproduction


@pytest.mark.parametrize(
    "claim",
    [
        Carries(2, b"\0\xff"),
        Moved(3, "/stock", 1, "/stock", Decimal("-1.50")),
        Answers(0, (404, 410), "it is gone"),
        Lists((1, 2), "item", "listItems", "item-1", present=False),
    ],
)
def test_a_claim_reads_back_as_it_was_written(claim):
    assert claim_of(as_json(claim)) == claim


@pytest.fixture
def served():
    """Two toys on loopback: a function from a switch's name to both, and their origins."""
    servers = []

    def serve(*wrong):
        servers.append(LiveServer(App(*wrong)).__enter__())
        return servers[-1].url

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture
def again(monkeypatch):
    """The credentials that make calls again, in the environment."""
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "first-token")
    monkeypatch.setenv("CONTRACT_TESTS_OTHER_CREDENTIAL", "other-token")


def target_at(url):
    """A toy behind a URL."""
    way, parameters = ServiceTransport(), {"house": "main"}
    return Target(toy_vendor(), url, "first-token", way, "other-token", parameters)


@pytest.mark.usefixtures("again")
@pytest.mark.parametrize("name", AGAIN)
def test_the_script_fails_while_the_fault_is_there(name, served, tmp_path):
    wrong, right = served(name), served()
    target = target_at(wrong)
    script = tmp_path / "again.sh"
    script.write_text(found(name, target).reproduction, encoding="utf-8")
    target.close()
    python = tmp_path / "python3"
    python.write_text(PYTHON.format(python=sys.executable), encoding="utf-8")
    python.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    for url, status in ((wrong, 1), (right, 0)):
        environment = {**os.environ, "PATH": path, "CONTRACT_TESTS_TARGET": url}
        ran = subprocess.run(
            ["sh", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.returncode == status, ran.stdout + ran.stderr


@pytest.mark.usefixtures("again")
@pytest.mark.parametrize("name", AGAIN)
def test_the_module_fails_while_the_fault_is_there(name, served, monkeypatch):
    wrong, right = served(name), served()
    for module in (running, service):
        monkeypatch.setattr(module, "load_vendor", lambda _: toy_vendor())
    target = target_at(wrong)
    names = {}
    exec(compile(found(name, target).test, "again.py", "exec"), names)
    target.close()
    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    monkeypatch.setenv("CONTRACT_TESTS_TARGET", right)
    test()
    monkeypatch.setenv("CONTRACT_TESTS_TARGET", wrong)
    with pytest.raises(AssertionError, match="GET"):
        test()
