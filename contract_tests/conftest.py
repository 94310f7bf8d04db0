"""Options of `pytest contract_tests`: which APIs are tested, and where they are."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from contract_tests.cli.credentials import WrongCredential
from contract_tests.cli.options import Options, WrongUse, add_options, read_options
from contract_tests.reports.baseline import WrongBaseline
from mock_server.control.api.vendor import NAME as CONTROL
from mock_server.discovery import UnknownApi, load_vendor
from mock_server.openapi.document import SpecError

_NAMES = (
    "target", "credential", "other-credential", "profile", "rate", "seed", "level", "max-examples",
    "ledger",
)  # fmt: skip
_WRONG = (
    argparse.ArgumentError, SpecError, UnknownApi, WrongBaseline, WrongCredential, WrongUse,
)  # fmt: skip


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
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_options(parser)
    given: list[str] = list(config.getoption("--api"))
    for name in (*_NAMES, "parameter"):
        values: Any = config.getoption(f"--{name}")
        for value in values if isinstance(values, list) else [values] * (values is not None):
            given += [f"--{name}", str(value)]
    try:
        options = read_options(parser.parse_args(given))
        for name in options.names:
            if name != CONTROL:
                load_vendor(name)
            elif not options.on_mock:
                raise WrongUse("control is tested in a mock of this process only")
    except _WRONG as problem:
        raise pytest.UsageError(f"contract tests: {problem}") from problem
    return options
