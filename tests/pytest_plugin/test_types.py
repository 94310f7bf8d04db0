"""What a type checker says of tests that use the fixture."""

from __future__ import annotations

import re

from mypy import api

from tests.conftest import ROOT

SAMPLE = """
from mock_server.pytest_plugin.inventory import MockInventory

def test_right(mock_inventory: MockInventory) -> None:
    with mock_inventory.cliniko.client() as client:
        client.get("/products")
    mock_inventory.faults.status(429, operation="createProduct", times=2)
    mock_inventory.rate_limits(requests=3)
    other = mock_inventory.account("other")
    other.verify_calls(exactly=0, operation="createProduct")
    mock_inventory.explain(1)["operation"]
    mock_inventory.calls()[0].json()

def test_wrong(mock_inventory: MockInventory) -> None:
    mock_inventory.clinko  # wrong
    mock_inventory.verify_calls(op="createProduct")  # wrong
    mock_inventory.faults.add({"effects": [], "tims": 1})  # wrong
    mock_inventory.explain(1)["operaton"]  # wrong
    mock_inventory.faults.status(429, operaton="createProduct")  # wrong
"""


def test_right_use_is_clean_and_each_typing_error_is_found(tmp_path, monkeypatch):
    sample = tmp_path / "sample.py"
    sample.write_text(SAMPLE)
    monkeypatch.chdir(ROOT)
    shown, errors, _ = api.run(
        ["--strict", "--config-file=", "--follow-imports=silent", "--ignore-missing-imports",
         f"--cache-dir={tmp_path}", str(sample)]
    )  # fmt: skip
    assert errors == ""
    wrong = [n for n, line in enumerate(SAMPLE.splitlines(), 1) if line.endswith("# wrong")]
    found = [int(number) for number in re.findall(r"sample\.py:(\d+): error", shown)]
    assert found == wrong, shown
