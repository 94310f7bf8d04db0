"""Print the lowest versions that pyproject.toml allows, as constraints for pip.

`make test-lowest` installs them and runs the fast tests with them.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import ROOT


def lowest(project: dict[str, Any]) -> Iterator[str]:
    """Give each dependency that users may install as `name==version`, the lowest that is allowed.

    `project` is the table of that name in pyproject.toml. One that has no lower bound, or two of
    them in different extras, is a ValueError.
    """
    extras = project["optional-dependencies"]
    asked = [
        *project["dependencies"],
        *(each for name in extras.keys() - {"all", "dev"} for each in extras[name]),
    ]
    pins: dict[str, Version] = {}
    for requirement in map(Requirement, asked):
        bounds = [each for each in requirement.specifier if each.operator in {">=", "=="}]
        if len(bounds) != 1:
            raise ValueError(f"{requirement} has no lower bound")
        version = Version(bounds[0].version)
        if pins.setdefault(requirement.name, version) != version:
            raise ValueError(f"{requirement.name} has two lower bounds")
    return (f"{name}=={version}" for name, version in sorted(pins.items()))


if __name__ == "__main__":
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    sys.stdout.write("".join(f"{line}\n" for line in lowest(declared)))
