"""How a test's mocks are set up: by its marker, on the command line, or in the ini file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from mock_server.openapi.instants import parse_instant
from mock_server.state.variation import AS_THE_PERSONA, Variation
from mock_server.usage import UsageError, suggestion

MARKER = (
    "mock_inventory(persona, seed, messy, catalogue, clock, seed_file, fail_on, "
    "fail_on_ignored, intercept, allow_hosts): "
    "how the mocks of the fixture mock_inventory begin, and what fails the test"
)
#: The ini option that names the APIs to serve.
APIS = "mock_inventory_apis"
#: The ini option that names the folder in which the sandboxes of failed tests are kept.
DATA = "mock_inventory_data"
_FAIL_ON = ("none", "inferred")
_INI = {
    "persona": ("typical", "how much data the mocks begin with: empty, typical or large"),
    "seed": ("0", "the seed of that data and of everything random"),
    "messy": ("", "dimensions of odd values, with commas between, or all; else the persona's"),
    "catalogue": ("", "`shared` gives all APIs the same goods; else as the persona says"),
    "clock": ("real", "`real`, or the instant at which each test's clock is stopped at first"),
    "seed_file": ("", "a seed file with the records to begin with, from the root folder on"),
    "fail_on": ("none", "`inferred` fails tests that used behaviour which no vendor documents"),
    "fail_on_ignored": (
        "false",
        "`true` fails tests that sent parameters or properties that no operation has",
    ),
    "intercept": ("false", "`true` answers calls to the vendors' own hosts, and refuses others"),
    "allow_hosts": ("", "hosts that may be called for real all the same, with spaces between"),
}


class BadOption(UsageError):
    """An option cannot be used; the message says which and why, in one line."""


@dataclass(frozen=True, slots=True)
class PluginOptions:
    """How a test's mocks begin; `clock` is the instant of a stopped clock, None is the real one."""

    persona: str
    seed: int
    clock: datetime | None
    seed_file: Path | None
    fail_on: str
    fail_on_ignored: bool = False
    intercept: bool = False
    allow_hosts: tuple[str, ...] = ()
    variation: Variation = AS_THE_PERSONA


def add_options(parser: pytest.Parser) -> None:
    """Add the ini options, and the one of the command line."""
    for name, (default, text) in _INI.items():
        parser.addini(f"mock_inventory_{name}", text, default=default)
    parser.addini(APIS, "which APIs are served; all if none is named", type="args", default=[])
    parser.addini(DATA, "the folder in which the sandboxes of failed tests are kept", default="")
    parser.getgroup("mock_inventory").addoption(
        "--mock-fail-on",
        choices=_FAIL_ON,
        default=None,
        help="fail tests that used behaviour which no vendor documents, or none of them",
    )


def check_options(config: pytest.Config) -> None:
    """Raise pytest's UsageError if the ini options are wrong."""
    try:
        _options(_ini(config))
    except BadOption as problem:
        raise pytest.UsageError(str(problem)) from problem


def options_for(config: pytest.Config, given: Mapping[str, Any]) -> PluginOptions:
    """Return the ini options with others in the place of some; raises BadOption."""
    for name in given:
        if name not in _INI:
            raise BadOption(f"mock_inventory has no option {name!r}; {suggestion(name, _INI)}")
    return _options(_ini(config) | dict(given))


def options_of(item: pytest.Item) -> PluginOptions:
    """Return the options of a test: its nearest marker's, and for what that leaves out the ini's.

    A seed file is looked for from the marked test's folder on. Raises BadOption.
    """
    values = _ini(item.config)
    for marker in reversed(list(item.iter_markers("mock_inventory"))):
        if marker.args:
            known = ", ".join(_INI)
            raise BadOption(
                f"the marker mock_inventory takes {known} by name, not {marker.args[0]!r} alone"
            )
        for name in marker.kwargs.keys() - _INI.keys():
            raise BadOption(f"the marker mock_inventory has no {name!r}; {suggestion(name, _INI)}")
        values |= marker.kwargs
        if marker.kwargs.get("seed_file"):
            values["seed_file"] = item.path.parent / marker.kwargs["seed_file"]
    return _options(values)


def _ini(config: pytest.Config) -> dict[str, Any]:
    values = {name: config.getini(f"mock_inventory_{name}") for name in _INI}
    if values["seed_file"]:
        values["seed_file"] = config.rootpath / values["seed_file"]
    on_command_line = config.getoption("--mock-fail-on")
    if on_command_line is not None:
        values["fail_on"] = on_command_line
    return values


def _options(values: dict[str, Any]) -> PluginOptions:
    fail_on, seed = values["fail_on"], values["seed"]
    if fail_on not in _FAIL_ON:
        raise BadOption(f"mock_inventory: fail_on is one of {', '.join(_FAIL_ON)}, not {fail_on!r}")
    try:
        seed = int(seed)
    except (TypeError, ValueError) as problem:
        raise BadOption(f"mock_inventory: seed is a whole number, not {seed!r}") from problem
    return PluginOptions(
        persona=str(values["persona"]),
        seed=seed,
        clock=_instant(values["clock"]),
        seed_file=Path(values["seed_file"]) if values["seed_file"] else None,
        fail_on=fail_on,
        fail_on_ignored=_flag("fail_on_ignored", values["fail_on_ignored"]),
        intercept=_flag("intercept", values["intercept"]),
        allow_hosts=_words(values["allow_hosts"]),
        variation=Variation(
            messy=_dimensions(values["messy"]), catalogue=_catalogue(values["catalogue"])
        ),
    )


# Every pytest that has this plugin reads this module: what only a test with mocks needs is imported
# when a test has them.


def _catalogue(value: Any) -> str | None:
    if not value:
        return None
    from mock_server.seeding.personas import Catalogues

    known = get_args(Catalogues)
    if value not in known:
        raise BadOption(f"mock_inventory: catalogue is one of {', '.join(known)}, not {value!r}")
    return str(value)


def _dimensions(value: Any) -> frozenset[str] | None:
    if value is None or value == "":
        return None
    from mock_server.seeding.odd_values import ALL, NONE, UnknownDimension, parse_dimensions

    if value is True:
        value = ALL
    try:
        return parse_dimensions(value or NONE)
    except (UnknownDimension, TypeError) as problem:
        raise BadOption(f"mock_inventory: messy: {problem}") from problem


def _words(value: Any) -> tuple[str, ...]:
    return tuple(value.split() if isinstance(value, str) else map(str, value))


def _flag(name: str, value: Any) -> bool:
    known = {"true": True, "false": False}
    text = str(value).lower()
    if text not in known:
        raise BadOption(f"mock_inventory: {name} is true or false, not {value!r}")
    return known[text]


def _instant(value: Any) -> datetime | None:
    if value is None or value == "real":
        return None
    from mock_server.state.clock import ClockError, checked_instant

    try:
        if isinstance(value, datetime):
            return checked_instant(value if value.tzinfo else value.replace(tzinfo=UTC))
        return checked_instant(parse_instant(value, assume_utc=True))
    except ClockError as problem:
        raise BadOption(f"mock_inventory: {problem}") from problem
    except ValueError as problem:
        raise BadOption(
            f"mock_inventory: clock is `real` or an instant such as 2026-01-01T00:00:00Z, "
            f"not {value!r}"
        ) from problem
