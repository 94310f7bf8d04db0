"""The fault rules of a test's mocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mock_server.faults.rules import Rule, parse_rule, rules_of
from mock_server.openapi.document import SpecIndex
from mock_server.server_loop import ServerLoop
from mock_server.state.sandbox import Sandbox


class Faults:
    """The rules by which calls of a sandbox go wrong, in the form that control takes them in."""

    def __init__(self, sandbox: Sandbox, loop: ServerLoop, specs: Mapping[str, SpecIndex]) -> None:
        self._sandbox = sandbox
        self._loop = loop
        self._specs = specs

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._loop.do(lambda: list(rules_of(self._sandbox))))

    def add(self, rule: Mapping[str, object]) -> Rule:
        """Add a rule, such as `{"effects": [{"kind": "status", "status": 429}], "times": 1}`.

        Raises InvalidRule, whose message says where it is wrong.
        """
        parsed = parse_rule(dict(rule), self._specs)
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
