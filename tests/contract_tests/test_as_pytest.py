"""The suite as tests of pytest, from the folder that `contract-tests where` prints."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from contract_tests.cli import main as cli
from tests.contract_tests.twisting import serving

CREDENTIAL = "test-s3cret-pytest:"


@pytest.fixture
def run_pytest(tmp_path, capsys):
    """A function (*arguments) → exit status and output of pytest on the suite."""
    assert cli.main(["where"]) == 0
    folder = capsys.readouterr().out.strip()

    def run(*arguments, credential=CREDENTIAL):
        command = [sys.executable, "-m", "pytest", folder, "-q", "-p", "no:cacheprovider"]
        environment = {**os.environ, "CONTRACT_TESTS_CREDENTIAL": credential, "COLUMNS": "200"}
        done = subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_conforming_mock_passes(run_pytest):
    # What the whole of it finds in a mock is seen elsewhere.
    chosen = ["-k", "stock or totals or fuzzing", "--level", "smoke", "--max-examples", "1"]
    status, output = run_pytest("--api", "cliniko", *chosen, credential="test")
    assert status == 0, output
    assert " passed" in output
    assert " failed" not in output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--api", "nope"], "there is no API 'nope'; there are built, cliniko"),
        (["--api", "cliniko", "--max-examples", "0"], "0 is not in the range x>=1"),
        (["--api", "control", "--target", "http://127.0.0.1:9"], "in a mock of this process only"),
    ],
)
def test_wrong_options_are_one_line(run_pytest, arguments, complaint):
    status, output = run_pytest(*arguments)
    assert status == 4
    lines = [line for line in output.splitlines() if line.strip()]
    assert len(lines) == 1, output
    assert complaint in lines[0]


def test_an_unreachable_target_fails_in_one_line(run_pytest):
    status, output = run_pytest(
        "--api", "cliniko", "--target", "http://127.0.0.1:9/v1", "-k", "stock"
    )
    assert status == 1
    lines = {line for line in output.splitlines() if line.startswith("http://")}
    assert lines == {"http://127.0.0.1:9/v1 does not answer: [Errno 111] Connection refused"}
    assert "another exception" not in output
    assert "s3cret" not in output


def test_a_credential_that_lapses_fails_in_one_line(run_pytest):
    with serving("cliniko") as (twisted, url):
        asked = []

        def lapse(message):
            asked.append(message.path)
            if len(asked) > 5:
                message.request_headers.pop(b"authorization", None)

        twisted.before = lapse
        where = ["--api", "cliniko", "--target", url, "--rate", "none"]
        status, output = run_pytest(*where, "-k", "derived and add")
    assert status == 1, output
    assert "refuses what --credential gives" in output
    assert "it was taken before" in output
    assert "expected" not in output


def test_a_fault_fails_with_its_calls_and_without_the_credential(run_pytest):
    with serving("cliniko") as (twisted, url):

        def after(message):
            if message.is_for("GET", "/taxes"):
                credential = message.request_headers.get(b"authorization", b"")
                message.status, message.body = 500, b'{"said": "%s"}' % credential

        twisted.after = after
        where = ["--api", "cliniko", "--target", url, "--rate", "none"]
        status, output = run_pytest(*where, "-k", "fuzzing", "--level", "smoke")
    assert status == 1, output
    assert "GET /taxes" in output
    assert "s3cret" not in output
    assert "dGVzdC1zM2NyZXQ" not in output
