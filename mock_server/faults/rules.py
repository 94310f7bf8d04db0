"""The fault rules of a sandbox, and what they decide for a call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from mock_server.engine.messages import Request
from mock_server.faults.effects.effect import Drawn
from mock_server.faults.effects.later import forget
from mock_server.faults.effects.shifting import forget_pages
from mock_server.faults.parsing import InvalidRule, parse_rule
from mock_server.faults.rule import Rule
from mock_server.state.sandbox import Sandbox

__all__ = ["FaultRules", "Firing", "InvalidRule", "Rule", "parse_rule", "rules_in", "rules_of"]

_NAME = "faults.rules"


@dataclass(slots=True)
class _Kept:
    """A rule with what has become of it: calls that matched, calls that met its effects."""

    rule: Rule
    until: datetime | None
    matched: int = 0
    fired: int = 0
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule whose effects a call meets, with the seed of each."""

    rule: Rule
    drawn: tuple[Drawn, ...]


class FaultRules:
    """The rules of one sandbox, in the order in which they were added; each counts for itself."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._kept: dict[str, _Kept] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Rule]:
        return iter([kept.rule for kept in self._kept.values()])

    def add(self, rule: Rule) -> Rule:
        """Add a rule, its time running from now; returns it with its id (`rule-1`, `rule-2`, …)."""
        self._last += 1
        rule = replace(rule, id=f"rule-{self._last}")
        until = None
        if rule.seconds is not None:
            until = self._sandbox.clock.now() + timedelta(seconds=rule.seconds)
        self._kept[rule.id] = _Kept(rule, until)
        return rule

    def get(self, id_: str) -> Rule:
        """Return a rule; raises KeyError if there is none of that id."""
        return self._kept[id_].rule

    def fired(self, id_: str) -> int:
        """Return how many calls met a rule's effects; raises KeyError."""
        return self._kept[id_].fired

    def is_paused(self, id_: str) -> bool:
        """Say whether calls pass a rule by; raises KeyError."""
        return self._kept[id_].paused

    def pause(self, id_: str, *, paused: bool = True) -> None:
        """Let calls pass a rule by, uncounted, or meet it again; its time goes on.

        Raises KeyError if there is none of that id.
        """
        self._kept[id_].paused = paused

    def remove(self, id_: str) -> None:
        """Forget a rule; raises KeyError if there is none of that id."""
        del self._kept[id_]

    def clear(self) -> None:
        """Forget all rules, and what their effects have left for later."""
        self._kept.clear()
        forget(self._sandbox)
        forget_pages(self._sandbox)

    @property
    def added(self) -> tuple[int, tuple[tuple[Rule, datetime | None], ...]]:
        """The number of the last rule that was added, and each rule there is with its end."""
        return self._last, tuple((kept.rule, kept.until) for kept in self._kept.values())

    @property
    def counts(self) -> tuple[tuple[str, int, int, bool], ...]:
        """Each rule's id, how many calls matched and how many met it, and whether it is paused."""
        return tuple(
            (id_, kept.matched, kept.fired, kept.paused) for id_, kept in self._kept.items()
        )

    def put(self, last: int, rules: Iterable[tuple[Rule, datetime | None]]) -> None:
        """Have these rules, with their ids, instead of those there are; what counted goes on."""
        before, self._kept, self._last = self._kept, {}, last
        for rule, until in rules:
            old = before.get(rule.id)
            self._kept[rule.id] = replace(old, until=until) if old else _Kept(rule, until)

    def count(self, counts: Iterable[tuple[str, int, int, bool]]) -> None:
        """Go on counting from here."""
        for id_, matched, fired, paused in counts:
            kept = self._kept[id_]
            kept.matched, kept.fired, kept.paused = matched, fired, paused

    def decide(self, api: str, request: Request, content: bytes) -> list[Firing]:
        """Return the rules whose effects a call meets, and count it."""
        firings = []
        for kept in self._kept.values():
            rule = kept.rule
            if kept.paused:
                continue
            if rule.times is not None and kept.fired >= rule.times:
                continue
            if kept.until is not None and self._sandbox.clock.now() >= kept.until:
                continue
            if not rule.fits(api, request, content):
                continue
            kept.matched += 1
            if self._chosen(kept):
                kept.fired += 1
                drawn = tuple(
                    Drawn(effect, self._draw(kept, f"effect/{index}"))
                    for index, effect in enumerate(rule.effects)
                )
                firings.append(Firing(rule, drawn))
        return firings

    def _chosen(self, kept: _Kept) -> bool:
        match = kept.rule.match
        if match.nth and kept.matched not in match.nth:
            return False
        return match.share is None or self._draw(kept, "share") < match.share * 2**64

    def _draw(self, kept: _Kept, what: str) -> int:
        """A number of 64 bits that the seed, the rule and the number of the call decide."""
        seed = self._sandbox.seed if kept.rule.seed is None else kept.rule.seed
        text = f"{seed}/{kept.rule.id}/{kept.matched}/{what}"
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def rules_of(sandbox: Sandbox) -> FaultRules:
    """Return the rules of a sandbox."""
    rules = sandbox.attachments.get(_NAME)
    if rules is None:
        rules = sandbox.attachments[_NAME] = FaultRules(sandbox)
    return cast("FaultRules", rules)


def rules_in(sandbox: Sandbox) -> FaultRules | None:
    """Return the rules of a sandbox if it ever had some."""
    return sandbox.attachments.get(_NAME)
