"""Say what came of a run of rules: as a table, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from contract_tests.fidelity.runner import RuleOutcome, RuleResult
from mock_server.openapi.document import BASES

#: How many broken rules of one API are shown in full.
_MOST_SHOWN = 50


def summary(result: RuleResult, target: str, profile: str) -> str:
    """Return the table of an API's rules, per operation and basis, and each rule not kept."""
    kept, judged = result.count("kept"), result.count("kept") + result.count("broken")
    head = f"{result.api}: {kept} of {judged} rules kept by {target}"
    spent = f"profile {profile}, {result.requests} requests, {result.seconds:.1f} s"
    lines = [f"{head} ({spent})", "", *_table(result)]
    for verdict, says in (
        ("not shown", "not shown, as nothing there shows them"),
        ("not sent", f"not sent, as the profile {profile} does not allow it"),
    ):
        if count := result.count(verdict):  # type: ignore[arg-type]  # both are verdicts
            lines.append(f"{count} {says}")
    broken = [each for each in result.outcomes if each.verdict == "broken"]
    for outcome in broken[:_MOST_SHOWN]:
        lines += ["", *_broken(outcome)]
    if len(broken) > _MOST_SHOWN:
        lines += ["", f"… and {len(broken) - _MOST_SHOWN} more that are not kept"]
    return "\n".join(lines) + "\n"


def as_json(results: Sequence[RuleResult], target: str, profile: str) -> dict[str, Any]:
    """Return everything about a run as JSON."""
    return {
        "target": target,
        "profile": profile,
        "apis": [
            {
                "api": result.api,
                "requests": result.requests,
                "seconds": round(result.seconds, 3),
                "rules": [_outcome(each) for each in result.outcomes],
            }
            for result in results
        ],
    }


def _outcome(outcome: RuleOutcome) -> dict[str, Any]:
    rule = outcome.rule
    return {
        "id": rule.id,
        "says": rule.says,
        "operation": rule.operation,
        "kind": rule.kind,
        "basis": rule.basis,
        "source": rule.source,
        "verdict": outcome.verdict,
        "why": outcome.why,
        "calls": list(outcome.calls),
    }


def _table(result: RuleResult) -> Iterator[str]:
    operations = list(dict.fromkeys(each.rule.operation for each in result.outcomes))
    width = max(map(len, operations), default=0)
    yield f"{'operation':<{width}}" + "".join(f"{basis:>14}" for basis in BASES)
    for operation in operations:
        own = [each for each in result.outcomes if each.rule.operation == operation]
        yield f"{operation:<{width}}" + "".join(f"{cell:>14}" for cell in _cells(own))
    yield f"{'all':<{width}}" + "".join(f"{cell:>14}" for cell in _cells(result.outcomes))


def _cells(outcomes: Sequence[RuleOutcome]) -> Iterator[str]:
    """How many of the rules of each basis are kept, of those that could be judged."""
    for basis in BASES:
        verdicts = Counter(each.verdict for each in outcomes if each.rule.basis == basis)
        judged = verdicts["kept"] + verdicts["broken"]
        yield f"{verdicts['kept']}/{judged}" if verdicts else ""


def _broken(outcome: RuleOutcome) -> Iterator[str]:
    rule = outcome.rule
    yield f"NOT KEPT {rule.id}: {rule.says}"
    yield f"  {rule.basis}: {rule.source}"
    yield from (f"  {call}" for call in outcome.calls)
    yield f"  {outcome.why}"
