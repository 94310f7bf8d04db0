"""What a run was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from contract_tests.reports.baseline import Baseline
from contract_tests.target.secrets import Secrets

MOCK = "mock"


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for; `parameters` are path parameters that are the same in every call.

    Credentials are None where the target gives its own. `max_time` and `settle` are in seconds.
    """

    names: tuple[str, ...]
    target: str
    credential: str | None
    other_credential: str | None
    profile: str
    rate: str | None
    seed: int
    level: str
    max_examples: int | None
    parameters: dict[str, str]
    ledger: Path | None
    report: Path | None
    baseline_path: Path | None
    baseline: Baseline
    update_baseline: bool
    max_time: float | None = None
    settle: float = 0.0
    verbosity: int = 0
    as_json: bool = False
    secrets: Secrets = field(default_factory=Secrets)

    @property
    def on_mock(self) -> bool:
        """Whether the target is a mock in this process."""
        return self.target == MOCK
