"""The reference pages are those that the code makes, and every page of the site is in its menu."""

from __future__ import annotations

import importlib.util

import pytest
import yaml

from tests.conftest import ROOT

_SPEC = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
generate = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(generate)
PAGES = generate.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_the_code_makes_it(name):
    kept = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert kept == PAGES[name], "run `make docs` and commit the pages"


def test_no_reference_page_is_left_over():
    assert {path.name for path in (ROOT / "docs" / "reference").glob("*.md")} == set(PAGES)


def test_the_menu_of_the_site_names_every_page_once():
    def files(node):
        if isinstance(node, str):
            return [node]
        values = node.values() if isinstance(node, dict) else node
        return [name for value in values for name in files(value)]

    menu = files(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert sorted(menu) == sorted(pages)
