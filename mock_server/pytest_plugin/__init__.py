"""The pytest plugin: `def test_sync(mock_inventory): …` gets fresh mocks of its own.

Pytest loads this module in every project where the package is installed, so it imports nothing of
the server: that waits until a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mock_server.pytest_plugin.options import (
    APIS,
    DATA,
    MARKER,
    add_options,
    check_options,
    options_for,
    options_of,
)

if TYPE_CHECKING:
    from mock_server.pytest_plugin.home import Home
    from mock_server.pytest_plugin.inventory import MockInventory

_INVENTORY = pytest.StashKey["MockInventory"]()
_BROKE_OFF = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker, and refuse options that are wrong for every test."""
    config.addinivalue_line("markers", MARKER)
    check_options(config)


@pytest.fixture(scope="session")
def _mock_inventory_home(pytestconfig: pytest.Config) -> Iterator[Home]:
    """The one server of this process."""
    from mock_server.pytest_plugin.home import BadHome, Home

    try:
        home = Home(pytestconfig.getini(APIS))
    except BadHome as problem:
        pytest.fail(str(problem), pytrace=False)
    yield home
    home.close()


@pytest.fixture
def mock_inventory(
    request: pytest.FixtureRequest, _mock_inventory_home: Home
) -> Iterator[MockInventory]:
    """Mocks of the inventory APIs, fresh for each test; see `MockInventory`."""
    from mock_server.usage import UsageError

    with ExitStack() as stack:
        wrong = ""
        try:
            options = options_of(request.node)
            inventory = stack.enter_context(
                _mock_inventory_home.mocks(request.node.nodeid, options)
            )
        except UsageError as problem:
            wrong = str(problem)
        if wrong:  # behind the `except`, whose error pytest would show as well
            pytest.fail(wrong, pytrace=False)
        request.node.stash[_INVENTORY] = inventory
        yield inventory
    folder = _data_folder(request.config)
    if folder is not None and request.node.stash.get(_BROKE_OFF, False):
        try:
            _mock_inventory_home.keep(inventory, folder)
        except UsageError as problem:
            _mock_inventory_home.end(inventory)
            pytest.fail(str(problem), pytrace=False)
    problems = _mock_inventory_home.end(inventory)
    # A test that broke off has said what was wrong; the rest is in its report.
    if problems and not request.node.stash.get(_BROKE_OFF, False):
        pytest.fail(_sendable("\n".join(problems)), pytrace=False)


@pytest.fixture(scope="session")
def mock_inventory_factory(
    pytestconfig: pytest.Config, _mock_inventory_home: Home
) -> Callable[..., AbstractContextManager[MockInventory]]:
    """Make mocks that outlive a test, such as `with make("shop", persona="empty") as shop:`.

    For fixtures of a module or a session. The name is of your choice, the options are those of
    `mock_inventory`; at its end the block fails for what a test would fail for.
    """

    @contextmanager
    def make(name: str, **options: Any) -> Iterator[MockInventory]:
        chosen = options_for(pytestconfig, options)
        with _mock_inventory_home.mocks(f"factory::{name}", chosen) as inventory:
            try:
                yield inventory
            except BaseException:
                _mock_inventory_home.end(inventory)
                raise
        problems = _mock_inventory_home.end(inventory)
        if problems:
            pytest.fail(_sendable("\n".join(problems)), pytrace=False)

    return make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failure what the mocks have seen of it."""
    report = yield
    inventory = item.stash.get(_INVENTORY, None)
    if inventory is not None:
        if call.excinfo is not None and call.when != "teardown":
            item.stash[_BROKE_OFF] = True
        if report.failed:
            # An unmet expectation shows the calls that matter itself.
            unmet = call.excinfo is not None and call.excinfo.errisinstance(_unmet())
            report.sections.append(
                ("mock_inventory", _sendable(inventory.summary(calls=not unmet)))
            )
            folder = _data_folder(item.config)
            if folder is not None and call.when == "call":
                report.sections.append(
                    (
                        "mock_inventory_data",
                        f"the sandbox {inventory.name} is kept: mock-server serve --data {folder}",
                    )
                )
        if call.when == "teardown":
            del item.stash[_INVENTORY]
    return report


def _data_folder(config: pytest.Config) -> Path | None:
    """The folder for the sandboxes of failed tests; each process of pytest-xdist has its own."""
    name: str = config.getini(DATA)
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    return config.rootpath / name / worker if name else None


def _unmet() -> type[AssertionError]:
    from mock_server.journal.verify import Unmet

    return Unmet


def _sendable(text: str) -> str:
    """What was called may have lone surrogates, on which a worker of pytest-xdist would end."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
