"""Say whether what should have happened did: calls, and effects on records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.journal.search import Query, find_calls
from mock_server.journal.views import change_view, line, plain
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, Key


class Unmet(AssertionError):
    """An expectation was not met; the message says what was expected and what happened."""


@dataclass(frozen=True, slots=True)
class CallExpectation:
    """Calls like `query`, so many times: exactly, or at least and at most."""

    query: Query
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def accepts(self, count: int) -> bool:
        """Say whether that many are right; without any bound, at least one is."""
        if self.exactly is not None:
            return count == self.exactly
        low = 1 if self.at_least is None and self.at_most is None else self.at_least or 0
        return low <= count and (self.at_most is None or count <= self.at_most)

    def __str__(self) -> str:
        if self.exactly is not None:
            return f"exactly {self.exactly} calls with {self.query}"
        bounds = [
            f"at least {self.at_least}" if self.at_least is not None else "",
            f"at most {self.at_most}" if self.at_most is not None else "",
        ]
        return f"{' and '.join(each for each in bounds if each) or 'a call'} with {self.query}"


def verify_calls(journal: Journal, expectations: Iterable[CallExpectation], since: int = 0) -> None:
    """Raise Unmet unless each expectation is met; EvidenceDropped if that cannot be known."""
    for expectation in expectations:
        found = find_calls(journal, expectation.query, since)
        if not expectation.accepts(len(found)):
            raise Unmet(f"expected {expectation}; there were {len(found)}{_seen(journal, since)}")


def verify_order(journal: Journal, queries: Sequence[Query], since: int = 0) -> None:
    """Raise Unmet unless calls like the queries came in their order, others between them or not."""
    remaining = iter(journal.since(since))
    for position, query in enumerate(queries, 1):
        if not any(query.matches(exchange) for exchange in remaining):
            raise Unmet(
                f"expected, as number {position} of {len(queries)} in order, a call with {query}; "
                f"there was none after those before it{_seen(journal, since)}"
            )


@dataclass(frozen=True, slots=True)
class Effect:
    """A change of one record: created, removed, or a field that went from one value to another.

    `table` is as in the journal (`cliniko.products`); `key` its number or name. `field` with
    `before` and `after` (as the journal shows values: decimals as text) describes an update, seen
    from the first to the last state of the time asked about; `times` is how many exchanges did it.
    """

    table: str
    key: Key
    change: str = "updated"
    field: str | None = None
    before: Any = None
    after: Any = None
    times: int | None = None

    def __str__(self) -> str:
        what = f"{self.table} {self.key} {self.change}"
        if self.field is not None:
            what += f": {self.field} from {plain(self.before)!r} to {plain(self.after)!r}"
        return what if self.times is None else f"{what}, {self.times} times"


@dataclass(frozen=True, slots=True)
class EffectsExpectation:
    """Effects that must all be there; if `exclusive`, no other record or field may have changed."""

    effects: Sequence[Effect] = field(default_factory=tuple)
    exclusive: bool = False


def changes_between(sandbox: Sandbox, since: int = 0) -> tuple[Change, ...]:
    """Return what is different now from before the first exchange after `since`.

    Raises EvidenceDropped if that exchange is no longer held.
    """
    exchanges = sandbox.journal.since(since)
    if not exchanges:
        return ()
    # An API's seed records come in with its first call; they are no change.
    before = sandbox.whole(exchanges[0].before, sandbox.state.seeded)
    return before.difference(sandbox.state)


def verify_effects(sandbox: Sandbox, expectation: EffectsExpectation, since: int = 0) -> None:
    """Raise Unmet unless the effects are what was expected; EvidenceDropped if unknowable."""
    exchanges = sandbox.journal.since(since)
    views = [change_view(change) for change in changes_between(sandbox, since)]
    explained: set[tuple[str, Key, str | None]] = set()
    for effect in expectation.effects:
        view = next(
            (each for each in views if (each["table"], each["key"]) == (effect.table, effect.key)),
            None,
        )
        problem = _problem(effect, view) or _times_problem(effect, exchanges)
        if problem:
            raise Unmet(f"expected {effect}; {problem}")
        explained.add((effect.table, effect.key, effect.field))
    if expectation.exclusive:
        others = [text for view in views if (text := _unexplained(view, explained))]
        if others:
            raise Unmet(f"expected nothing else to change, but: {'; '.join(others)}")


def _problem(effect: Effect, view: dict[str, Any] | None) -> str | None:
    if view is None:
        return "it did not change"
    if view["change"] != effect.change:
        return f"it was {view['change']}"
    if effect.field is None:
        return None
    if effect.change != "updated":
        value = view["record"].get(effect.field)
        return None if value == plain(effect.after) else f"its {effect.field} is {value!r}"
    change = view["fields"].get(effect.field)
    if change is None:
        return f"only {', '.join(view['fields'])} changed"
    if change != {"before": plain(effect.before), "after": plain(effect.after)}:
        return f"it went from {change['before']!r} to {change['after']!r}"
    return None


def _times_problem(effect: Effect, exchanges: Sequence[Exchange]) -> str | None:
    if effect.times is None:
        return None
    count = sum(
        any(_touches(effect, change) for change in exchange.changes) and _kept(exchange)
        for exchange in exchanges
    )
    return None if count == effect.times else f"{count} exchanges did it"


def _touches(effect: Effect, change: Change) -> bool:
    if (change.table, change.key) != (effect.table, effect.key):
        return False
    view = change_view(change)
    return effect.field is None or effect.field in view.get("fields", {effect.field: None})


def _kept(exchange: Exchange) -> bool:
    """Say whether the changes were made: a fault may have had them forgotten."""
    return exchange.after.revision > exchange.before.revision


#: Fields that any write moves; an exclusive expectation need not name them.
_ALWAYS_MOVE = frozenset({"updated_at", "last_updated_on", "last_updated_by", "version"})


def _unexplained(view: dict[str, Any], explained: set[tuple[str, Key, str | None]]) -> str | None:
    table, key = view["table"], view["key"]
    if (table, key, None) in explained:
        return None
    if view["change"] != "updated":
        named = any(each[:2] == (table, key) for each in explained)
        return None if named else f"{table} {key} was {view['change']}"
    others = [
        name
        for name in view["fields"]
        if (table, key, name) not in explained and name not in _ALWAYS_MOVE
    ]
    return f"{table} {key}: {', '.join(others)} changed" if others else None


def _seen(journal: Journal, since: int) -> str:
    exchanges = journal.since(since)
    lines = "".join(f"\n  {line(exchange)}" for exchange in exchanges[-20:])
    return f"; the journal has:{lines}" if lines else "; the journal is empty"
