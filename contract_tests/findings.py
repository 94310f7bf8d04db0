"""What a run found, and what it looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Evidence:
    """The exchange that shows a finding: what was expected of it, and what came.

    Bodies are texts, cut where they are long, without the values of secret fields; `curl` is one
    line that makes this call, with credentials as variables of the shell.
    """

    expected: str
    actual: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int
    response_headers: Mapping[str, str]
    response_body: str
    curl: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a target breaks its contract.

    `check` is a check of Schemathesis or a property of ours; `operation` is METHOD and path;
    `subject` what of the operation is wrong (a status, a JSON pointer), so that two findings of one
    check stay two. `steps` is the shortest sequence of calls that shows it, a line each;
    `reproduction` a shell script of curl calls and `test` a pytest module, both of which fail while
    the fault is there; `evidence` the call whose answer is wrong. Credentials are left out of all
    of them.
    """

    check: str
    operation: str
    message: str
    phase: str
    reproduction: str = ""
    subject: str = ""
    steps: tuple[str, ...] = ()
    test: str = ""
    evidence: Evidence | None = None

    def same_as(self, other: Finding) -> bool:
        """Say whether both report the same fault."""
        return (self.check, self.operation, self.subject, self.message) == (
            other.check,
            other.operation,
            other.subject,
            other.message,
        )


#: Checks that say of a run that it, or a part of it, did not take place.
NOT_TESTED = frozenset(
    {
        "crash", "credential_lapsed", "error", "guard", "nothing_sent", "schemathesis",
        "transport", "unreadable_creation",
    }
)  # fmt: skip


#: So many lost calls are what any network loses, or this share of all.
_FEW_LOST, _SHARE_LOST = 2, 0.01


@dataclass(slots=True)
class Property:
    """What became of one property: how often it was tried, or why it was not (`skipped`).

    `name` is its id, `description` the sentence that says what holds; `last` is the case that was
    tried last: the kind of record, and the number of the case; `seconds` what all of them took, and
    `operations` what those about each operation (METHOD and path) took.
    """

    name: str
    description: str = ""
    tried: int = 0
    failed: int = 0
    skipped: str = ""
    last: str = ""
    seconds: float = 0.0
    operations: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """The outcome of one run: `requests` sent, `checks` made, and what was found.

    `target` is `mock` or a URL; `skipped` says which operation a phase left out and why;
    `checked` counts how often a check (second) looked at an operation (first), `took` has the
    seconds that the calls took which it looked at, shared among the checks of each call;
    `properties` has one entry for each property across calls; `seed` makes the run again.
    `interrupted` says, in one line, where the run was broken off; it is empty after a whole one.
    """

    api: str
    seed: int
    target: str = "mock"
    profile: str = "full"
    requests: int = 0
    checks: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    checked: Counter[tuple[str, str]] = field(default_factory=Counter)
    took: dict[tuple[str, str], float] = field(default_factory=dict)
    properties: list[Property] = field(default_factory=list)
    interrupted: str = ""

    @property
    def ok(self) -> bool:
        """Say whether nothing was found, and something was looked at."""
        return not self.findings and self.requests > 0

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings in; one that is there already is left out."""
        for finding in findings:
            if not any(finding.same_as(other) for other in self.findings):
                self.findings.append(finding)

    def add_lost(self, lost: Sequence[Finding]) -> None:
        """Take in calls that a service did not answer: as noise if they are few."""
        if len(lost) > max(_FEW_LOST, _SHARE_LOST * self.requests):
            self.add(lost)
        else:
            self.skipped += [f"noise: {each.message}" for each in lost]

    def take(self, other: Run) -> None:
        """Add what another part of the same run sent, checked, left out and found."""
        self.requests += other.requests
        self.checks += other.checks
        self.seconds += other.seconds
        self.add(other.findings)
        self.skipped += other.skipped
        self.checked += other.checked
        for check, seconds in other.took.items():
            self.took[check] = self.took.get(check, 0.0) + seconds
        self.properties += other.properties
        self.interrupted = self.interrupted or other.interrupted
