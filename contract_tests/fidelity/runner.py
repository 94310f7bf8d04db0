"""Hold a target to the rules of its API, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from contract_tests.fidelity.callers import Callers, RuleAnswer, sends_more_than_reads
from contract_tests.fidelity.expressions import (
    NotShown,
    UndefinedValue,
    expression,
    expressions_in,
    filled,
    same,
    show,
)
from contract_tests.fidelity.model import UNIQUE_NAMES, FidelityRule, Rules, RuleStep, Setup
from contract_tests.target.guard import BlockedByGuard
from contract_tests.target.run_tag import RunTag
from contract_tests.target.target import Target
from mock_server.lifecycle.pointers import ABSENT, find
from mock_server.openapi.document import OperationSpec

#: `kept`; `broken`; `not shown`: the target has nothing by which it could be judged; `not sent`:
#: the profile does not allow its calls.
Verdict = Literal["kept", "broken", "not shown", "not sent"]
_ORDER = ("read-only", "writes", "full")


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What came of one rule: the verdict, why, and the calls that were made for it."""

    rule: FidelityRule
    verdict: Verdict
    why: str = ""
    calls: tuple[str, ...] = ()


@dataclass
class RuleResult:
    """The outcomes of one API's rules on a target."""

    api: str
    outcomes: list[RuleOutcome] = field(default_factory=list)
    requests: int = 0
    seconds: float = 0.0

    def count(self, verdict: Verdict) -> int:
        """Return how many rules have a verdict."""
        return sum(each.verdict == verdict for each in self.outcomes)

    @property
    def fails(self) -> bool:
        """Say whether a rule is broken, or nothing was judged at all."""
        return self.count("broken") > 0 or self.count("kept") == 0


class _Broken(Exception):
    """An answer is not what the rule says; the message says how."""


def run_rules(
    rules: Rules,
    chosen: Iterable[FidelityRule],
    target: Target,
    given: Mapping[str, str],
    tick: Callable[[RuleOutcome], None] = lambda _: None,
) -> RuleResult:
    """Try the chosen rules on a target, those that only read first, then those that write.

    Whatever a rule makes carries the target's tag. `given` are the values that the rule file asks
    for; a rule that lacks one is not shown. `tick` is shown each outcome. Raises
    httpx.ConnectError if the target cannot be connected to.
    """
    callers = Callers(target)
    run = _Run(rules, callers, target.tag, given)
    result = RuleResult(rules.api)
    started = time.perf_counter()
    operations = target.vendor.spec.operations
    try:
        for rule in sorted(
            chosen, key=lambda each: _ORDER.index(profile_of(each, rules, operations))
        ):
            outcome = run.outcome(rule)
            result.outcomes.append(outcome)
            tick(outcome)
    finally:
        callers.close()
    result.requests = callers.requests
    result.seconds = time.perf_counter() - started
    return result


def profile_of(rule: FidelityRule, rules: Rules, operations: Mapping[str, OperationSpec]) -> str:
    """Return the least profile that sends everything a rule needs."""
    steps = [*rule.steps, *_setup_steps(rule.uses.values(), rules)]
    return max((sends_more_than_reads(each, operations) for each in steps), key=_ORDER.index)


def _setup_steps(names: Iterable[str], rules: Rules) -> list[RuleStep]:
    steps = []
    for name in names:
        setup = rules.setups[name]
        steps += [*setup.steps, *_setup_steps(setup.uses, rules)]
    return steps


class _Run:
    """What one run keeps from rule to rule: the tag of its names, and the shared setups."""

    def __init__(
        self, rules: Rules, callers: Callers, tag: RunTag, given: Mapping[str, str]
    ) -> None:
        self._rules = rules
        self._callers = callers
        self._tag = tag
        self._given = given
        self._shared: dict[str, Any] = {}

    def outcome(self, rule: FidelityRule) -> RuleOutcome:
        """Try one rule."""
        calls: list[str] = []
        names = {**self._own_names(), **rule.variables}
        try:
            self._check_given(rule)
            for name, setup in rule.uses.items():
                names[name] = self._made(setup, calls)
            names |= filled(rule.variables, names)
            for step in rule.steps:
                names[step.as_] = names["it"] = self._checked(step, names, calls)
        except BlockedByGuard as refusal:
            return RuleOutcome(rule, "not sent", str(refusal), tuple(calls))
        except NotShown as missing:
            return RuleOutcome(rule, "not shown", str(missing), tuple(calls))
        except (_Broken, UndefinedValue) as broken:
            return RuleOutcome(rule, "broken", str(broken), tuple(calls))
        except httpx.ConnectError:
            raise
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as problem:
            why = f"no answer: {type(problem).__name__}: {problem}"
            return RuleOutcome(rule, "broken", why, tuple(calls))
        return RuleOutcome(rule, "kept", "", tuple(calls))

    def _check_given(self, rule: FidelityRule) -> None:
        """Raise NotShown if a rule names a value that the run was not given."""
        for name in set(self._rules.given) - set(self._given):
            texts = [text for step in rule.steps for text in expressions_in(step.model_dump())]
            if any(f"given.{name}" in text for text in texts):
                raise NotShown(f"nothing says what {name} is; set CONTRACT_TESTS_{name.upper()}")

    def _own_names(self) -> dict[str, Any]:
        unique = {each: self._tag.name() for each in UNIQUE_NAMES}
        return {
            **unique,
            "parameters": dict(self._callers.parameters),
            "given": self._given,
        }

    def _made(self, name: str, calls: list[str]) -> Any:
        """What a setup makes; raises NotShown if the target does not let it."""
        setup = self._rules.setups[name]
        if name in self._shared:
            value = self._shared[name]
            if isinstance(value, NotShown):
                raise value
            return value
        try:
            value = self._set_up(name, setup, calls)
        except NotShown as missing:
            if setup.shared:
                self._shared[name] = missing
            raise
        if setup.shared:
            self._shared[name] = value
        return value

    def _set_up(self, name: str, setup: Setup, calls: list[str]) -> Any:
        names = self._own_names()
        try:
            for used in setup.uses:
                names[used] = self._made(used, calls)
            for step in setup.steps:
                names[step.as_] = names["it"] = self._checked(step, names, calls)
            return expression(setup.value).value(names)
        except (_Broken, UndefinedValue) as problem:
            raise NotShown(f"there is no {name.replace('_', ' ')}: {problem}") from problem

    def _checked(
        self, step: RuleStep, names: Mapping[str, Any], calls: list[str]
    ) -> dict[str, Any]:
        """Send a step, and return what expressions read of its answer; raises _Broken."""
        answer = self._callers.send(step, names)
        calls.append(f"{answer.sent} → {answer.status}")
        known = {**names, "it": answer.names, step.as_: answer.names}
        self._check_status(step, answer)
        for text in step.given:
            try:
                met = expression(text).problem(known) is None
            except NotShown:
                met = False
            if not met:
                raise NotShown(f"not so here: {text}")
        if step.conforms and (breaches := self._callers.breaches(answer)):
            raise _Broken(breaches[0])
        for pointer, wanted in filled(step.shows, known).items():
            found = find(answer.body, pointer)
            if found is ABSENT or not same(found, wanted):
                seen = "nothing" if found is ABSENT else show(found)
                raise _Broken(f"{pointer} is {seen}, not {show(wanted)}")
        for text in step.expect:
            problem = expression(text).problem(known)
            if problem is not None:
                raise _Broken(problem)
        return answer.names

    def _check_status(self, step: RuleStep, answer: RuleAnswer) -> None:
        wanted = step.status if isinstance(step.status, list) else [step.status]
        fits = 200 <= answer.status < 300 if step.status is None else answer.status in wanted
        if not fits:
            expected = "one of success" if step.status is None else " or ".join(map(str, wanted))
            raise _Broken(f"the status is not {expected}; the body is {show(answer.text)}")
