"""Every package that the project uses is declared, and pinned by name and version alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT
from tests.packaging.clean_environment import brought_in_by
from tests.packaging.lowest import lowest

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
#: What users may install; the extras `all` and `dev` also name extras of the project itself.
DEPENDENCIES = PROJECT["dependencies"]
SHIPPED = [
    *DEPENDENCIES,
    *(each for name in EXTRAS if name not in {"all", "dev"} for each in EXTRAS[name]),
]
DEV = [each for each in EXTRAS["dev"] if not each.startswith(PROJECT["name"])]
#: What a plain installation does without: the suite's packages, and what few commands need.
HEAVY = {"cryptography", "hypothesis", "openapi-spec-validator", "pillow", "pytest", "schemathesis"}
LINES = [
    line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")
]
PINS = {canonicalize_name(name): version for name, _, version in (x.partition("==") for x in LINES)}
ELSEWHERE = re.compile(
    r"https?://[^\s/]*\b(?:pypi|pythonhosted|npmjs|anaconda|crates|rubygems)\b"
    r"|https?://\S+\.(?:whl|zip|tgz|tar\.gz)\b"
    r"|--(?:extra-index-url|index-url|find-links|trusted-host)\b"
)


def test_a_pin_is_a_name_and_a_version_and_nothing_else():
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9a-z.]+", line)] == []
    assert len(PINS) == len(LINES)


@pytest.mark.parametrize("dependency", [*SHIPPED, *DEV])
def test_a_dependency_is_pinned_to_a_version_that_it_allows(dependency):
    requirement = Requirement(dependency)
    assert Version(PINS[canonicalize_name(requirement.name)]) in requirement.specifier


def test_each_dependency_has_one_lowest_version_which_make_test_lowest_tests():
    named = {line.partition("==")[0] for line in lowest(PROJECT)}
    assert named == {Requirement(each).name for each in SHIPPED}
    with pytest.raises(ValueError, match="has no lower bound"):
        list(lowest({"dependencies": ["click<9"], "optional-dependencies": {}}))
    with pytest.raises(ValueError, match="has two lower bounds"):
        list(lowest({"dependencies": ["a>=1"], "optional-dependencies": {"x": ["a>=2"]}}))


def test_what_the_dependencies_bring_in_is_pinned():
    assert brought_in_by([*SHIPPED, *DEV]).keys() <= PINS.keys()


def test_a_plain_installation_is_small():
    brought = brought_in_by(DEPENDENCIES)
    assert len(brought) <= 40
    assert HEAVY & brought.keys() == set()


def test_everything_is_an_extra_of_its_own():
    (named,) = map(Requirement, EXTRAS["all"])
    assert named.name == PROJECT["name"]
    assert named.extras == EXTRAS.keys() - {"all", "dev"}


def test_the_packages_import_only_what_is_declared():
    declared = {canonicalize_name(Requirement(each).name) for each in SHIPPED}
    providers = packages_distributions()
    known = {*sys.stdlib_module_names, "mock_server", "contract_tests"}
    undeclared = {
        (file.relative_to(ROOT).as_posix(), name)
        for package in ("mock_server", "contract_tests")
        for file in (ROOT / package).rglob("*.py")
        for name in imported_by(file.read_text()) - known
        if declared.isdisjoint(map(canonicalize_name, providers.get(name, [])))
    }
    assert undeclared == set()


def imported_by(source: str) -> set[str]:
    """The top-level names that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_no_file_says_where_packages_come_from():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    files = [ROOT / name for name in tracked.split("\0") if name]
    assert ROOT / "constraints.txt" in files
    found = {
        (str(file.relative_to(ROOT)), match.group())
        for file in files
        if file.is_file()
        for match in ELSEWHERE.finditer(file.read_text(errors="replace"))
    }
    assert found == set()


def test_the_commit_hooks_run_the_pinned_tools():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
    for hook in hooks["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        tool = re.match(r"\.venv/bin/(\w+)", hook["entry"])
        assert tool
        assert tool.group(1) in PINS
