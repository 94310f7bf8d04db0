"""What other tools read of the project is as they want it: container, Compose, Actions, GitLab."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPTS = Path(sys.executable).parent


def passes(*command: str) -> None:
    done = subprocess.run(
        [str(SCRIPTS / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_has_nothing_that_hadolint_warns_of():
    passes("hadolint", "Dockerfile")


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.compose-spec", "compose.yaml"),
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", "docs/ci/github-workflow.yml"),
        ("vendor.gitlab-ci", "docs/ci/gitlab-ci.yml"),
    ],
)
def test_a_file_keeps_to_its_schema(schema, file):
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    passes("check-jsonschema", "--builtin-schema", schema, *transform, file)


def test_the_image_takes_in_what_the_wheel_is_made_of():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [
        name
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    ]
    assert {f"!{name}" for name in copied} == {line for line in ignored if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)
