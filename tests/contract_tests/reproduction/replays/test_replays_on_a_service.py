"""What is written down for a finding fails while the fault is there, and passes without it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.fuzzing.run import run_conformance
from contract_tests.target.service import url_target
from tests.contract_tests.twisting import serving

CREDENTIAL = "test-replay:"
SIGNED = b"Basic " + base64.b64encode(CREDENTIAL.encode())
FAULTS = [
    ("not_a_server_error", "GET /stock_adjustments", "500"),
    ("response_schema_conformance", "GET /taxes/{id}", "/amount"),
    ("status_code_conformance", "GET /product_suppliers/{id}", "218"),
    ("ignored_auth", "GET /taxes", ""),
]


def nothing(_):
    """No twist."""


def lets_anybody_in(message):
    if message.is_for("GET", "/taxes"):
        message.request_headers.setdefault(b"authorization", SIGNED)


def answers_wrongly(message):
    if message.is_for("GET", "/stock_adjustments"):
        message.status, message.body = 500, b"{}"
    if message.is_for("GET", "/taxes/[0-9]+") and message.status == 200:
        message.body = json.dumps({"id": json.loads(message.body)["id"]}).encode()
    if message.is_for("GET", "/product_suppliers/[0-9]+") and message.status == 200:
        message.status = 218


@pytest.fixture(scope="module")
def service():
    """A twisted mock, and the findings of a run against it."""
    with serving("cliniko") as (twisted, url):
        twisted.before, twisted.after = lets_anybody_in, answers_wrongly
        target = url_target("cliniko", url, CREDENTIAL)
        run = run_conformance(target, seed=1, max_examples=1, phases=("fuzzing",))
        yield twisted, {(each.check, each.operation, each.subject): each for each in run.findings}


@pytest.fixture
def repeat(tmp_path, monkeypatch):
    """A function (finding) → whether the fault is there: by its script, and by its test."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", programs)
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", CREDENTIAL)

    def by_script(finding):
        script = tmp_path / "repeat.sh"
        script.write_text(finding.reproduction)
        done = subprocess.run(["sh", str(script)], capture_output=True, text=True, timeout=60)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode == 1

    def by_test(finding):
        names = {}
        exec(compile(finding.test, "test_repeat.py", "exec"), names)
        try:
            names[f"test_{finding.check}"]()
        except AssertionError:
            return True
        return False

    return lambda finding: (by_script(finding), by_test(finding))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[0])
def test_a_finding_can_be_repeated_until_the_fault_is_mended(service, repeat, fault):
    twisted, findings = service
    finding = findings[fault]
    assert finding.steps[-1].startswith("GET /")
    assert "test-replay" not in finding.reproduction + finding.test
    twisted.before, twisted.after = lets_anybody_in, answers_wrongly
    assert repeat(finding) == (True, True)
    twisted.before = twisted.after = nothing
    assert repeat(finding) == (False, False)


def test_a_refused_credential_is_not_taken_for_a_mended_fault(service, repeat, monkeypatch):
    _, findings = service
    finding = findings[FAULTS[0]]
    monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "nobody:")
    with pytest.raises(AssertionError, match="the credential is refused"):
        repeat(finding)
