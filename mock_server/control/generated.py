"""What control lets others make: test cases and data sets, of modules that it does not know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.discovery import Vendor
from mock_server.seeding.personas import Persona
from mock_server.state.store import Table


@dataclass(frozen=True, slots=True)
class WantedCases:
    """Cases of some operations of an API that is at `base_url`; of all kinds if `kind` is None."""

    vendor: Vendor
    operations: Sequence[str]
    kind: str | None
    seed: int
    base_url: str


@dataclass(frozen=True, slots=True)
class WantedData:
    """So many records of a table, as a sandbox with that persona and seed has them."""

    vendor: Vendor
    table: Table[Any]
    persona: Persona
    count: int
    seed: int
    form: str


@dataclass(frozen=True, slots=True)
class Makers:
    """The functions that make cases and data; each takes seconds, and touches no sandbox.

    `data_file` raises UsageError where it cannot make such data.
    """

    cases_view: Callable[[WantedCases], dict[str, Any]]
    cases_file: Callable[[WantedCases, str], bytes]
    data_file: Callable[[WantedData], bytes]
