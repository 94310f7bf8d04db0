"""A virtual environment that holds only what some requirements ask for.

The distributions are those of the environment that runs the tests, linked file by file, so that
making one takes a second and no network, and what is used but not declared is missing from it.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def brought_in_by(requirements: Iterable[str], extra: str = "") -> dict[str, Distribution]:
    """Return the installed distributions that the requirements lead to, by normalised name."""
    found: dict[str, Distribution] = {}
    waiting = list(_applicable(requirements, extra))
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        found[name] = distribution(name)
        for asked in {"", *wanted.extras} - {known for of, known in seen if of == name}:
            seen.add((name, asked))
            waiting += _applicable(found[name].requires or (), asked)
    return found


def _applicable(requirements: Iterable[str], extra: str) -> Iterable[Requirement]:
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


class CleanEnvironment:
    """An empty environment in a folder; `link` and `install` put things into it."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True)
        self.scripts = folder / "bin"
        (self.packages,) = folder.glob("lib/python*/site-packages")

    def link(self, distributions: Iterable[Distribution]) -> None:
        """Put these distributions in, as they are in the running environment."""
        for each in distributions:
            for file in each.files or ():
                if ".." not in file.parts:
                    target = self.packages / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.symlink_to(each.locate_file(file))

    def install(self, wheel: Path) -> None:
        """Install a wheel with pip, and nothing that it asks for."""
        self._pip("install", "--no-deps", "--no-index", "--no-compile", "--quiet", str(wheel))

    def consistent(self) -> str:
        """Return what pip says of the requirements of all that is in it."""
        return self._pip("check")

    def _pip(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "pip", "--python", str(self.scripts / "python")]
        return run([*command, *arguments], cwd=self.packages)


def run(command: list[str], cwd: Path, variables: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed; a failure shows all its output.

    Without `variables`, its environment is that of the tests.
    """
    done = subprocess.run(
        command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
