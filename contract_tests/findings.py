"""What a run found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a target breaks its contract.

    `operation` is METHOD and path; `reproduction` a command line that shows it again, with the
    credential left out.
    """

    check: str
    operation: str
    message: str
    phase: str
    reproduction: str = ""


@dataclass(slots=True)
class Run:
    """The outcome of one run: `requests` sent, `checks` made, and what was found.

    `skipped` says which operation a phase left out and why; `seed` makes the run again.
    """

    api: str
    seed: int
    requests: int = 0
    checks: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Say whether nothing was found, and something was looked at."""
        return not self.findings and self.requests > 0
