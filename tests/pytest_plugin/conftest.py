"""Mocks as the fixture gives them, and whole test runs with the plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server.pytest_plugin.home import Home
from mock_server.pytest_plugin.options import PluginOptions

ENTRY_POINT = "mock_inventory"
MODULE = "mock_server.pytest_plugin"


@pytest.fixture(scope="session")
def home():
    """The server of a session."""
    home = Home(["cliniko", "exsited"])
    yield home
    home.close()


@pytest.fixture
def mocks(home, request):
    """A function that opens mocks with these options, as for this test; they end without a word."""
    opened = []

    def make(node_id: str = request.node.nodeid, **options: object):
        defaults = {
            "persona": "typical",
            "seed": 0,
            "clock": None,
            "seed_file": None,
            "fail_on": "none",
        }
        inventory = home.open(node_id, PluginOptions(**{**defaults, **options}))
        opened.append(inventory)
        return inventory

    yield make
    for inventory in opened:
        home.end(inventory)


@pytest.fixture
def run(pytester, pytestconfig, monkeypatch):
    """A function that runs a test module, and perhaps an ini file, with the plugin in this process.

    With `apart=True` it does so in a process of its own.
    """
    # Where these are set, pytest's summary repeats a failure's whole message.
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("BUILD_NUMBER", raising=False)
    # An environment from before the entry point was there has the plugin under its module's name.
    there = pytestconfig.pluginmanager.has_plugin(ENTRY_POINT)
    plugin = [] if there else ["-p", MODULE]

    def run(module: str, *arguments: str, ini: str = "", apart: bool = False):
        pytester.makeini(f"[pytest]\nmock_inventory_apis = cliniko\n{ini}")
        Path(pytester.path / "test_sync.py").write_text(module, encoding="utf-8")
        start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        return start(*plugin, "-p", "no:cacheprovider", *arguments)

    return run
