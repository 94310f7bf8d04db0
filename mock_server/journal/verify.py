"""Say whether what should have happened did: calls, and effects on records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.journal.search import Query, find_calls
from mock_server.journal.views import change_view, line, plain
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, Key

#: Stands for a value that is not asked about.
ANY: Any = object()
#: How many calls, or changes, an unmet expectation shows.
_SHOWN = 6
_MOST_DIFFERENCES = 3


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

    def exceeded_by(self, count: int) -> bool:
        """Say whether that many are too many."""
        most = self.at_most if self.exactly is None else self.exactly
        return most is not None and count > most

    def __str__(self) -> str:
        if self.exactly is not None:
            calls = "call" if self.exactly == 1 else "calls"
            return f"exactly {self.exactly} {calls} with {self.query}"
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
            seen = journal.since(since)
            happened = (
                _listed(found)
                if expectation.exceeded_by(len(found))
                else seen_instead(expectation.query, seen)
            )
            there = "there was 1" if len(found) == 1 else f"there were {len(found)}"
            raise Unmet(f"expected {expectation}; {there}{happened}")


def verify_order(journal: Journal, queries: Sequence[Query], since: int = 0) -> None:
    """Raise Unmet unless calls like the queries came in their order, others between them or not."""
    remaining = journal.since(since)
    for position, query in enumerate(queries, 1):
        place = next((n for n, each in enumerate(remaining) if query.matches(each)), None)
        if place is None:
            after = " after those before it" if position > 1 else ""
            raise Unmet(
                f"expected, as number {position} of {len(queries)} in order, a call with {query}; "
                f"there was none{after}{seen_instead(query, remaining)}"
            )
        remaining = remaining[place + 1 :]


@dataclass(frozen=True, slots=True)
class ExpectedEffect:
    """A change of one record: created, removed, or a field that went from one value to another.

    `table` is as in the journal (`cliniko.products`); `key` its number or name, as a number or as
    the text that an API shows. `field` with `before`, `after` or both describes an update, seen
    from the first to the last state of the time asked about; numbers are compared as numbers.
    `times` is how many exchanges did it.
    """

    table: str
    key: Key
    change: str = "updated"
    field: str | None = None
    before: Any = ANY
    after: Any = ANY
    times: int | None = None

    def __str__(self) -> str:
        what = f"{self.table} {self.key} {self.change}"
        if self.field is not None:
            what += f": {self.field}"
            what += "" if self.before is ANY else f" from {plain(self.before)!r}"
            what += "" if self.after is ANY else f" to {plain(self.after)!r}"
        return what if self.times is None else f"{what}, {self.times} times"


@dataclass(frozen=True, slots=True)
class EffectsExpectation:
    """Effects that must all be there; if `exclusive`, no other record or field may have changed."""

    effects: Sequence[ExpectedEffect] = field(default_factory=tuple)
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
    changes = changes_between(sandbox, since)
    explained: set[tuple[str, str, str | None]] = set()
    for effect in expectation.effects:
        change = next((each for each in changes if _is_of(effect, each)), None)
        problem = _problem(effect, change, sandbox) or _times_problem(effect, exchanges)
        if problem:
            raise Unmet(f"expected {effect}; {problem}")
        explained.add((effect.table, str(effect.key), effect.field))
    if expectation.exclusive:
        views = map(change_view, changes)
        others = [text for view in views if (text := _unexplained(view, explained))]
        if others:
            more = f"; and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
            raise Unmet(f"expected nothing else to change, but: {'; '.join(others[:_SHOWN])}{more}")


def _is_of(effect: ExpectedEffect, change: Change) -> bool:
    """Say whether a change is one of the effect's record; a key may be given as text."""
    return change.table == effect.table and str(change.key) == str(effect.key)


def _problem(effect: ExpectedEffect, change: Change | None, sandbox: Sandbox) -> str | None:
    if change is None:
        records = sandbox.state.collections.get(effect.table)
        keys = {str(key) for key, _ in records.items()} if records is not None else set()
        return "it did not change" if str(effect.key) in keys else "there is no such record"
    view = change_view(change)
    if view["change"] != effect.change:
        return f"it was {view['change']}"
    if effect.field is None:
        return None
    if effect.change != "updated":
        record = change.after if change.before is None else change.before
        value = getattr(record, effect.field, None)
        return None if _is(value, effect.after) else f"its {effect.field} is {plain(value)!r}"
    shown = view["fields"].get(effect.field)
    if shown is None:
        return f"only {', '.join(view['fields'])} changed"
    before, after = (getattr(each, effect.field, None) for each in (change.before, change.after))
    if not (_is(before, effect.before) and _is(after, effect.after)):
        return f"it went from {shown['before']!r} to {shown['after']!r}"
    return None


def _is(value: Any, wanted: Any) -> bool:
    """Say whether a value in a record is the one that is asked for; as numbers, if it is one."""
    if wanted is ANY or plain(value) == plain(wanted):
        return True
    numbers = int, float, Decimal
    if isinstance(value, bool) or isinstance(wanted, bool) or not isinstance(value, numbers):
        return False
    if not isinstance(wanted, (*numbers, str)):
        return False
    try:
        return Decimal(str(wanted)) == Decimal(str(value))
    except InvalidOperation:
        return False


def _times_problem(effect: ExpectedEffect, exchanges: Sequence[Exchange]) -> str | None:
    if effect.times is None:
        return None
    count = sum(
        any(_touches(effect, change) for change in exchange.changes) and _kept(exchange)
        for exchange in exchanges
    )
    return None if count == effect.times else f"{count} exchanges did it"


def _touches(effect: ExpectedEffect, change: Change) -> bool:
    if not _is_of(effect, change):
        return False
    view = change_view(change)
    return effect.field is None or effect.field in view.get("fields", {effect.field: None})


def _kept(exchange: Exchange) -> bool:
    """Say whether the changes were made: a fault may have had them forgotten."""
    return exchange.after.revision > exchange.before.revision


#: Fields that any write moves; an exclusive expectation need not name them.
_ALWAYS_MOVE = frozenset({"updated_at", "last_updated_on", "last_updated_by", "version"})


def _unexplained(view: dict[str, Any], explained: set[tuple[str, str, str | None]]) -> str | None:
    table, key = view["table"], str(view["key"])
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


def seen_instead(query: Query, exchanges: Sequence[Exchange]) -> str:
    """Return what to say where no call is like a query: the closest one, then the last ones."""
    differing = [
        (differences, exchange)
        for exchange in reversed(exchanges)
        if (differences := list(query.differences(exchange)))
    ]
    if not differing:
        return _listed(exchanges)
    differences, closest = min(differing, key=lambda each: len(each[0]))
    more = len(differences) - _MOST_DIFFERENCES
    what = "; ".join(differences[:_MOST_DIFFERENCES]) + (f"; and {more} more" if more > 0 else "")
    return f"; the closest call is {line(closest)}: {what}{_listed(exchanges)}"


def _listed(exchanges: Sequence[Exchange]) -> str:
    if not exchanges:
        return "; there was no call"
    shown = [line(exchange) for exchange in exchanges[-_SHOWN:]]
    if len(exchanges) > _SHOWN:
        shown.insert(0, f"… {len(exchanges) - _SHOWN} earlier calls …")
    return "".join(f"\n  {each}" for each in shown)
