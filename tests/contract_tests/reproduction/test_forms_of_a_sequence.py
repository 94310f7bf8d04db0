"""A found sequence is a script and a test that fail while the fault is there, and pass without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.mock import signed_in
from contract_tests.target.service import url_target
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


def spoils(message):
    """A picture has a byte more than was sent."""
    if message.is_for("GET", "[.]png") and message.status == 200:
        message.body += b"x"


def believes(message):
    """A wrong credential will do, none will not."""
    if b"authorization" in message.request_headers:
        opens(message)


def shares(message):
    """The other account is shown what the first one has."""
    first, other = (b64encode(f"{word}:".encode()) for word in WORDS)
    if message.is_for("GET", "/products/[0-9]+"):
        headers = message.request_headers
        headers[b"authorization"] = headers[b"authorization"].replace(other, first)


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


#: API, property, what is done to requests and to answers, and what a finding then shows.
CASES = [
    ("cliniko", "read_after_create",
     nothing, changed("GET", "/products/[0-9]+", upper), "POST /products"),
    ("cliniko", "listed_after_create",
     nothing, changed("GET", "/products", empties), "GET /products"),
    ("cliniko", "credential_is_required", nothing, opens, "without a credential"),
    ("cliniko", "credential_is_required",
     nothing, believes, "with a wrong credential"),
    ("cliniko", "other_account_cannot_read",
     shares, nothing, "as another account"),
    ("built", "stock_is_conserved",
     nothing, changed("GET", "/item/[0-9]+", jumps), "/item"),
    ("skhokho", "files_read_back", nothing, spoils, ".png"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("api", "name", "before", "after", "shown"), CASES, ids=[each[1] + each[4] for each in CASES]
)
def test_it_can_be_repeated_until_the_fault_is_mended(
    again, monkeypatch, api, name, before, after, shown
):
    vendor = load_vendor(api)
    with serving(api) as (twisted, url):
        credentials = [signed_in(vendor, url, word) for word in WORDS]
        monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", credentials[0])
        monkeypatch.setenv("CONTRACT_TESTS_OTHER_CREDENTIAL", credentials[1])
        twisted.before, twisted.after = before, after
        target = url_target(api, url, *credentials)
        run = run_properties(target, plan=Plan(rounds=1, only=(name,)))
        findings = [
            each
            for each in run.findings
            if each.check == name and each.reproduction and shown in " ".join(each.steps)
        ]
        assert findings, [(each.message, each.steps) for each in run.findings]
        finding = findings[0]
        text = finding.reproduction + finding.test + finding.message + repr(finding.steps)
        assert "s3cret" not in text
        assert again(finding) == (True, True)
        twisted.before = twisted.after = nothing
        assert again(finding) == (False, False)
