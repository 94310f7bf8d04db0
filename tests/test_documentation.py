"""What the README says is so."""

from __future__ import annotations

import re

from mock_server import __version__
from mock_server.discovery import api_names, load_vendors
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


def test_the_badge_shows_the_version_that_the_changelog_describes():
    badge = (ROOT / "docs/images/version.svg").read_text(encoding="utf-8")
    assert f">{__version__}<" in badge
    assert f"\n## {__version__} - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
