"""The command `replay`: send the calls of a reported finding again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from contract_tests.cli.options import CREDENTIAL, OTHER_CREDENTIAL, json_option
from contract_tests.reports.files import script_of
from contract_tests.target.secrets import Secrets
from mock_server.command_line import path_option, say_json
from mock_server.usage import UsageError, suggestion

_GONE, _THERE, _INCONCLUSIVE = 0, 1, 3
_OUTCOMES = {_GONE: "not there", _THERE: "there", _INCONCLUSIVE: "inconclusive"}
#: How a script ends that can say neither.
_SCRIPT_INCONCLUSIVE = 2


@click.command()
@click.argument("finding", metavar="NUMBER|FINGERPRINT")
@path_option(
    "--report",
    metavar="DIR",
    required=True,
    help="The folder that `contract-tests run --report DIR` has written.",
)
@json_option
def replay(finding: str, report: Path, as_json: bool) -> int:
    """Send a finding's calls again, and say whether the fault is there.

    \b
    contract-tests replay 3 --report reports

    The calls go to the target of the finding, or to the URL in CONTRACT_TESTS_TARGET, with the
    credentials in CONTRACT_TESTS_CREDENTIAL and CONTRACT_TESTS_OTHER_CREDENTIAL. Ends with 1 if
    the fault is there, 0 if it is not, 3 if that is inconclusive.
    """
    found = _finding(report, finding)
    secrets = Secrets([os.environ[each] for each in (CREDENTIAL, OTHER_CREDENTIAL)
                       if os.environ.get(each)])  # fmt: skip
    with secrets.kept_from_streams():
        if not as_json:
            sys.stdout.write(f"{found['check']}: {found['operation']}\n")
            for number, step in enumerate(found["steps"], 1):
                sys.stdout.write(f"  {number}. {step}\n")
            sys.stdout.flush()
        status, said = _module(found["test"]) if found["test"] else _script(report, found)
        if as_json:
            about = {name: found[name] for name in ("number", "check", "operation", "steps")}
            say_json({**about, "outcome": _OUTCOMES.get(status, "inconclusive"), "message": said})
        else:
            sys.stdout.write(f"{said}\n")
        return status


def _finding(report: Path, wanted: str) -> dict[str, Any]:
    """The finding of a report with a number or a fingerprint; raises UsageError."""
    path = report / "report.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        findings = [each for api in document["apis"] for each in api["findings"]]
        known: dict[str, dict[str, Any]] = {
            str(each[name]): each for name in ("number", "fingerprint") for each in findings
        }
    except OSError as problem:
        raise UsageError(f"--report: {path}: {problem.strerror}") from problem
    except (ValueError, LookupError, TypeError) as problem:
        raise UsageError(f"--report: {path} is no report of contract-tests run") from problem
    if wanted.removeprefix("#") in known:
        return known[wanted.removeprefix("#")]
    if not findings:
        raise UsageError(f"{path} has no findings")
    raise UsageError(f"{path} has no finding {wanted!r}; {suggestion(wanted, known)}")


def _module(source: str) -> tuple[int, str]:
    """Run the test of a pytest module; returns the exit code and what it found."""
    import pytest

    names: dict[str, Any] = {}
    try:
        exec(compile(source, "replay.py", "exec"), names)  # noqa: S102 - the report's own test
        for name, test in names.items():
            if name.startswith("test_"):
                test()
    except AssertionError as problem:
        return _THERE, f"The fault is there: {problem}"
    except pytest.skip.Exception as reason:
        return _INCONCLUSIVE, str(reason)
    return _GONE, "The fault is not there."


def _script(report: Path, found: dict[str, Any]) -> tuple[int, str]:
    """Run the shell script of a finding; returns the exit code and its output."""
    path = report / script_of(found["number"], found["check"], found["operation"], ".sh")
    if not found["reproduction"] or not path.is_file():
        raise UsageError(f"finding {found['number']} has nothing to send again; run once more")
    ended = subprocess.run(["sh", str(path)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - the report's own script
    said = (ended.stdout + ended.stderr).strip()
    if ended.returncode == _SCRIPT_INCONCLUSIVE:
        return _INCONCLUSIVE, said
    return ended.returncode, said
