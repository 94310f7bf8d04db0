"""The golden data sets say what a fresh sandbox holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.conftest import ROOT


def _golden_files() -> dict[Path, str]:
    path = ROOT / "fixtures" / "generate.py"
    specification = importlib.util.spec_from_file_location("generate", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.golden_files()


@pytest.fixture(scope="module")
def made() -> dict[Path, str]:
    return _golden_files()


def test_the_golden_data_sets_are_what_the_factories_make(made):
    for path, text in made.items():
        assert path.is_file(), f"{path.name} is missing; run make fixtures and read the diff"
        kept = path.read_text(encoding="utf-8")
        assert kept == text, f"{path.name} is stale; run make fixtures and read the diff"


def test_no_golden_data_set_is_left_over(made):
    assert set((ROOT / "fixtures").rglob("*.json")) == set(made)
