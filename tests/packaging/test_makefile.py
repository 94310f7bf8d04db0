"""The Makefile says what it can do, and builds its environment exactly when that is needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

TARGETS = sorted(set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)))
COMMANDS = {
    "serve": "bin/mock-server serve --port 8080",
    "test": ".venv/bin/pytest -n 2 --dist worksteal",
    "test-fast": ".venv/bin/pytest -n 2 -q tests/engine",
    "check": ".venv/bin/mock-server check",
    "contract": ".venv/bin/contract-tests run",
    "standin": ".venv/bin/python -m lab.standin --port 8080",
    "fixtures": ".venv/bin/python fixtures/generate.py",
    "bench": ".venv/bin/python -m benchmarks.peers --write",
    "lint": ".venv/bin/ruff format --check",
    "types": ".venv/bin/mypy",
    "clean": "rm -rf .venv",
}
# A Python whose environments hold copies of itself, and which writes down what it was asked.
FAKE_PYTHON = """#!/bin/sh
echo "$(basename "$0") $*" >> "$LOG"
case "$*" in
  "-m venv"*) for name in python pytest mock-server; do
    mkdir -p "$4/bin" && cp "$0" "$4/bin/$name"; done;;
esac
"""


def make(*arguments: str, folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess:
    """Run make as from a terminal: what a make around these tests was told does not reach it."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("arguments", [[], ["help"]])
def test_help_names_every_target_and_is_the_default(arguments):
    answer = make(*arguments)
    assert answer.returncode == 0
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert sorted(line[1] for line in lines) == TARGETS
    assert all(len(line) > 3 for line in lines)


def test_the_targets_are_those_that_the_documents_name():
    assert {"help", *COMMANDS} <= set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_can_be_carried_out(target):
    answer = make("-n", target)
    assert answer.returncode == 0, answer.stderr
    assert COMMANDS.get(target, "") in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["serve", "PORT=9000", "ARGS=--seed 7"], "mock-server serve --port 9000 --seed 7\n"),
        (["contract", "API=cliniko"], "contract-tests run cliniko "),
        (["test", "ARGS=-k wheel"], "pytest -n 2 --dist worksteal -k wheel\n"),
    ],
)
def test_variables_reach_the_command(arguments, command):
    assert command in make("-n", *arguments).stdout


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with our Makefile, and a Python that only writes down what it was asked."""
    folder = tmp_path / "a project"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    python = folder / "fake-python"
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    return folder


def asked_by_make_test(project: Path, target: str = "test") -> list[str]:
    """What `make test` asks the Python and its environment to do."""
    log = project / "log"
    log.write_text("")
    done = make(target, folder=project, PYTHON="./fake-python", LOG=str(log))
    assert done.returncode == 0, done.stderr
    # The probes of the interpreters say nothing about what is done.
    return [line for line in log.read_text().splitlines() if " -c import" not in line]


BUILD = "fake-python -m venv --clear .venv"
TEST = "pytest -n 2 --dist worksteal"
INSTALL = "python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .[dev]"


def test_the_first_use_builds_the_environment_and_the_next_does_not(project):
    assert asked_by_make_test(project) == [BUILD, INSTALL, TEST]
    assert asked_by_make_test(project) == ["python -c ", TEST]


def test_serving_builds_only_what_serving_needs_and_uses_what_is_there(project):
    asked = asked_by_make_test(project, "serve")
    assert asked[0] == "fake-python -m venv --clear .venv-serve --without-pip"
    assert asked[-2].endswith(" -c constraints.txt -e .[console]")
    assert asked[-1:] == ["mock-server serve --port 8080"]
    assert asked_by_make_test(project, "serve") == ["python -c ", "mock-server serve --port 8080"]
    asked_by_make_test(project)
    assert asked_by_make_test(project, "serve")[-1] == "mock-server serve --port 8080"


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_the_requirements_installs_them_again(project, name):
    asked_by_make_test(project)
    later = (project / ".venv/.ready").stat().st_mtime + 1
    os.utime(project / name, (later, later))
    assert asked_by_make_test(project) == ["python -c ", INSTALL, TEST]


def test_an_environment_that_was_moved_is_built_again(project):
    asked_by_make_test(project)
    moved = project.rename(project.with_name("elsewhere"))
    assert asked_by_make_test(moved) == ["python -c ", BUILD, INSTALL, TEST]


def test_without_a_new_enough_python_one_line_says_so(project):
    answer = make("test", folder=project, PYTHON="no-such-python")
    assert answer.returncode == 2
    ours, makes_own = answer.stderr.splitlines()
    assert ours.startswith("Python 3.11 or later with its venv module is needed")
    assert ours.endswith("tried: no-such-python")
    assert makes_own.startswith("make: ***")
