"""What the README says is so."""

from __future__ import annotations

import re

from mock_server import __version__
from mock_server.discovery import api_names, load_vendors
from mock_server.engine.pipeline import ACTION, ARRIVAL, END
from mock_server.openapi.provenance import coverage_table
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_coverage_table_in_the_readme_is_made_from_the_specs():
    table = coverage_table(vendor.spec for vendor in load_vendors())
    kept = README.partition("table` -->\n")[2].partition("\n<!-- coverage: end")[0]
    assert kept == table, "run mock-server apis --table and put it into the README"


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 130


def test_the_readme_names_every_api():
    for vendor in load_vendors():
        assert vendor.spec.title in README
    assert len(api_names()) == len(re.findall(r"^\| .* \| \d+ \|", README, re.MULTILINE))


def test_architecture_is_one_page():
    lines = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 90


#: What ARCHITECTURE.md names that is not ours.
LIBRARIES = {"deepObject", "httpx", "jsonschema-rs"}


def test_what_architecture_names_is_there():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    _, drawing, prose = re.split(r"^```\n", text, flags=re.MULTILINE)
    named = {
        *re.findall(r"`(\w[\w.-]*)`", prose),
        *re.findall(r"\b[A-Z]\w+[a-z][A-Z]\w+\b|app\.Root", drawing),
    }
    defined = _defined("mock_server", "contract_tests", "lab")
    missing = {each for each in named if not {each, each.removeprefix("app.")} & defined}
    assert missing == LIBRARIES
    paths = re.findall(r"`([\w<>./-]+/(?:[\w.]*\w)?)`", prose)
    paths += re.findall(r"\]\(([\w./-]+)\)", prose)
    assert [path for path in paths if not _is_there(path)] == []


def test_architecture_draws_the_steps_of_the_pipeline_in_their_order():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = re.findall(r"[a-z_]+", text.partition("pipeline:")[2].partition("─▶")[0])
    drawn.remove("fault")
    assert drawn == [step.__name__ for step in (*ARRIVAL, *ACTION, *END)]


def _defined(*packages: str) -> set[str]:
    """The names of modules, classes and functions."""
    names = set()
    for path in (file for package in packages for file in (ROOT / package).rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        names |= {path.name, path.stem, path.parent.name}
        names.update(re.findall(r"^ *(?:class|(?:async )?def) (\w+)", code, re.MULTILINE))
    return names


def _is_there(path: str) -> bool:
    pattern = path.replace("<x>", "*").rstrip("/")
    return any([*(ROOT / folder).glob(pattern)] for folder in ("", "mock_server", "contract_tests"))


def test_the_badge_shows_the_version_that_the_changelog_describes():
    badge = (ROOT / "docs/images/version.svg").read_text(encoding="utf-8")
    assert f">{__version__}<" in badge
    assert f"\n## {__version__} - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
