"""Options of `pytest contract_tests`: which APIs are tested, and where they are."""

from __future__ import annotations

from typing import Any

import click
import pytest

from contract_tests.cli.options import read_options, target_options
from contract_tests.options import Options
from mock_server.control.api.spec import NAME as CONTROL
from mock_server.discovery import load_vendor
from mock_server.usage import UsageError

_NAMES = (
    "target", "credential", "other-credential", "profile", "rate", "seed", "level", "max-examples",
    "ledger", "max-time", "settle",
)  # fmt: skip
#: Reads the options as `contract-tests run` does.
_COMMAND = target_options(click.command("run")(lambda **_: None))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `contract-tests run`."""
    group = parser.getgroup("contract", "contract tests")
    group.addoption("--api", action="append", default=[], help="which API; all if none is named")
    group.addoption("--parameter", action="append", default=[], help="NAME=VALUE in every path")
    for name in _NAMES:
        group.addoption(f"--{name}", default=None, help="as in `contract-tests run`")


def pytest_sessionstart(session: pytest.Session) -> None:
    """End a run with wrong options before anything is collected."""
    options_of(session.config)


@pytest.fixture(scope="session")
def contract_options(pytestconfig: pytest.Config) -> Options:
    """What was asked for; wrong use ends the run."""
    return options_of(pytestconfig)


def options_of(config: pytest.Config) -> Options:
    """Return what the command line asks for; raises pytest.UsageError."""
    given: list[str] = list(config.getoption("--api"))
    for name in (*_NAMES, "parameter"):
        values: Any = config.getoption(f"--{name}")
        for value in values if isinstance(values, list) else [values] * (values is not None):
            given += [f"--{name}", str(value)]
    try:
        options = read_options(_COMMAND.make_context("contract tests", given).params)
        for name in options.names:
            if name != CONTROL:
                load_vendor(name)
            elif not options.on_mock:
                raise UsageError("control is tested in a mock of this process only")
    except click.UsageError as problem:
        raise pytest.UsageError(f"contract tests: {problem.format_message()}") from problem
    except UsageError as problem:
        raise pytest.UsageError(f"contract tests: {problem}") from problem
    return options
