"""The fault rules of a test's mocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, Unpack

from mock_server.faults.rules import Rule, parse_rule, rules_of
from mock_server.openapi.document import SpecIndex
from mock_server.pytest_plugin.misuse import SuggestsNames, without_frames
from mock_server.server_loop import ServerLoop
from mock_server.state.sandbox import Sandbox

__tracebackhide__ = True


class FaultMatch(TypedDict, total=False):
    """Which calls a rule is about; what is absent matches every call."""

    api: str
    operation: str
    method: str
    path: str
    body_contains: str
    json: Any
    header: Mapping[str, str]
    nth: int | list[int]
    share: float


class FaultRule(TypedDict, total=False):
    """A rule as the control API takes it; `effects` is required."""

    match: FaultMatch
    effects: list[Mapping[str, Any]]
    times: int
    seconds: float
    seed: int


class Faults(SuggestsNames):
    """The rules by which calls of a sandbox go wrong, in the form that control takes them in."""

    def __init__(self, sandbox: Sandbox, loop: ServerLoop, specs: Mapping[str, SpecIndex]) -> None:
        self._sandbox = sandbox
        self._loop = loop
        self._specs = specs

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._loop.do(lambda: list(rules_of(self._sandbox))))

    def status(self, status: int, *, times: int | None = None, **match: Unpack[FaultMatch]) -> Rule:
        """Answer calls that match with a status, in the vendor's own body; raises InvalidRule."""
        return self._add({"kind": "status", "status": status}, times, match)

    def latency(
        self, seconds: float, *, times: int | None = None, **match: Unpack[FaultMatch]
    ) -> Rule:
        """Let calls that match wait so many seconds; raises InvalidRule."""
        return self._add({"kind": "latency", "seconds": seconds}, times, match)

    def _add(self, effect: Mapping[str, Any], times: int | None, match: FaultMatch) -> Rule:
        rule: FaultRule = {"effects": [effect], "match": match}
        return self.add(rule if times is None else {**rule, "times": times})

    def add(self, rule: FaultRule) -> Rule:
        """Add a rule, such as `{"effects": [{"kind": "status", "status": 429}], "times": 1}`.

        Raises InvalidRule, whose message says where it is wrong.
        """
        parsed = without_frames(lambda: parse_rule(dict(rule), self._specs))
        return self._loop.do(lambda: rules_of(self._sandbox).add(parsed))

    def fired(self, rule: Rule) -> int:
        """Return how many calls met a rule's effects; raises KeyError if the rule is gone."""
        return self._loop.do(lambda: rules_of(self._sandbox).fired(rule.id))

    def remove(self, rule: Rule) -> None:
        """Forget a rule; raises KeyError if it is gone."""
        self._loop.do(lambda: rules_of(self._sandbox).remove(rule.id))

    def clear(self) -> None:
        """Forget all rules, and what their effects have left for later."""
        self._loop.do(lambda: rules_of(self._sandbox).clear())
