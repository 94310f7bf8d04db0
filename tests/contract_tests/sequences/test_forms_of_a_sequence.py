"""A found sequence is a script and a test that fail while the fault is there, and pass without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.properties import Plan, run_properties
from contract_tests.targets import signed_in, url_target
from mock_server.discovery import load_vendor
from tests.contract_tests.twisting import serving

WORDS = "test-s3cret", "test-s3cret-other"


def nothing(_):
    """No twist."""


def changed(method, pattern, change):
    """What changes the JSON of successful answers to some calls."""

    def after(message):
        if message.is_for(method, pattern) and message.status < 300 and message.body:
            body = json.loads(message.body)
            change(body, message)
            message.body = json.dumps(body).encode()

    return after


def upper(body, _):
    body["name"] = body["name"].upper()


def jumps(body, _):
    body["item"]["quantity"] += 1


def empties(body, _):
    body["products"] = []
    body["total_entries"] = 0


def opens(message):
    """Anybody gets in with any credential."""
    if message.is_for("GET", "/taxes") and message.status == 401:
        message.status, message.body = 200, b'{"taxes":[],"total_entries":0,"links":{"self":"x"}}'


@pytest.fixture
def again(tmp_path, monkeypatch):
    """A function (finding) → whether the fault is there: by its script, and by its test."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", programs)

    def by_script(finding):
        script = tmp_path / "again.sh"
        script.write_text(finding.reproduction)
        done = subprocess.run(["sh", str(script)], capture_output=True, text=True, timeout=60)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return done.returncode == 1

    def by_test(finding):
        names = {}
        exec(compile(finding.test, "test_again.py", "exec"), names)
        (test,) = (each for name, each in names.items() if name.startswith("test_"))
        try:
            test()
        except AssertionError:
            return True
        return False

    return lambda finding: (by_script(finding), by_test(finding))


CASES = [
    ("cliniko", "what is created reads back as it was sent",
     changed("GET", "/products/[0-9]+", upper)),
    ("cliniko", "every list shows what was created", changed("GET", "/products", empties)),
    ("cliniko", "nothing is done without a credential", opens),
    ("built", "stock moves by what was moved", changed("GET", "/item/[0-9]+", jumps)),
]  # fmt: skip


@pytest.mark.parametrize(("api", "name", "twist"), CASES, ids=[name for _, name, _ in CASES])
def test_it_can_be_repeated_until_the_fault_is_mended(again, monkeypatch, api, name, twist):
    vendor = load_vendor(api)
    with serving(api) as (twisted, url):
        credentials = [signed_in(vendor, url, word) for word in WORDS]
        monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", credentials[0])
        monkeypatch.setenv("CONTRACT_TESTS_OTHER_CREDENTIAL", credentials[1])
        twisted.after = twist
        target = url_target(api, url, *credentials)
        run = run_properties(target, plan=Plan(rounds=1, only=(name,)))
        findings = [each for each in run.findings if each.check == name and each.reproduction]
        assert findings, [each.message for each in run.findings]
        finding = findings[0]
        text = finding.reproduction + finding.test + finding.message + repr(finding.steps)
        assert "s3cret" not in text
        assert again(finding) == (True, True)
        twisted.after = nothing
        assert again(finding) == (False, False)
