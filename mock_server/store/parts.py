"""What a sandbox is besides its records and its journal, in parts that are kept when they change.

Each part is taken as a value that can be compared, is written as JSON, and is put back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mock_server.control.actions import Action, actions_of, put_actions
from mock_server.faults.effects.later import Hidden, Undo, later_in, later_of
from mock_server.faults.effects.shifting import first_pages_in, first_pages_of
from mock_server.faults.rules import parse_rule, rules_in, rules_of
from mock_server.openapi.document import SpecIndex
from mock_server.state.clock import Clock
from mock_server.state.sandbox import BlockedAnswer, Sandbox
from mock_server.state.store import Change
from mock_server.state.variation import Variation
from mock_server.store.states import StateForms


@dataclass(frozen=True, slots=True)
class Forms:
    """What parts are read and written with: the forms of records, and the specs of the APIs."""

    states: StateForms
    specs: Mapping[str, SpecIndex]


@dataclass(frozen=True, slots=True)
class Part:
    """How one part is taken, what it is where there is nothing, and how it is written and put."""

    take: Callable[[Sandbox], Any]
    write: Callable[[Any, Forms], Any]
    put: Callable[[Sandbox, Any, Forms], object]


def taken(sandbox: Sandbox) -> dict[str, Any]:
    """Return all parts as values to compare."""
    return {name: part.take(sandbox) for name, part in PARTS.items()}


def _same(value: Any, _: Forms) -> Any:
    return value


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _write_clock(setting: tuple[timedelta, datetime | None], _: Forms) -> Any:
    offset, frozen_at = setting
    return {"microseconds": offset // timedelta(microseconds=1), "frozen_at": _instant(frozen_at)}


def _put_clock(clock: Clock, value: Any) -> None:
    offset = timedelta(microseconds=value["microseconds"])
    clock.setting = offset, _read_instant(value["frozen_at"])


def _put_seed(sandbox: Sandbox, value: Any, _: Forms) -> None:
    sandbox.seed = value


def _write_variation(variation: Variation, _: Forms) -> Any:
    return {
        "messy": None if variation.messy is None else sorted(variation.messy),
        "only": None if variation.only is None else sorted(variation.only),
        "catalogue": variation.catalogue,
    }


def _put_variation(sandbox: Sandbox, value: Any, _: Forms) -> None:
    messy, only = (
        None if value[name] is None else frozenset(value[name]) for name in ("messy", "only")
    )
    sandbox.variation = Variation(messy, only, value["catalogue"])


def _put_limits(sandbox: Sandbox, value: Any, _: Forms) -> None:
    sandbox.rate_limited, sandbox.csrf, sandbox.rate_limit_requests = value


def _put_moved_after(sandbox: Sandbox, value: Any, _: Forms) -> None:
    sandbox.moved_after = value


def _put_windows(sandbox: Sandbox, value: Any, _: Forms) -> None:
    sandbox.windows.clear()
    sandbox.windows.update({owner: tuple(window) for owner, window in value.items()})


def _put_defects(sandbox: Sandbox, value: Any, _: Forms) -> None:
    sandbox.defects.clear()
    sandbox.defects.extend(BlockedAnswer(*each) for each in value)


def _take_rules(sandbox: Sandbox) -> Any:
    rules = rules_in(sandbox)
    return (0, ()) if rules is None else rules.added


def _write_rules(value: Any, _: Forms) -> Any:
    last, rules = value
    return {"last": last, "rules": [[rule.as_json(), _instant(until)] for rule, until in rules]}


def _put_rules(sandbox: Sandbox, value: Any, forms: Forms) -> None:
    found = []
    for body, until in value["rules"]:
        id_ = body.pop("id")
        found.append((replace(parse_rule(body, forms.specs), id=id_), _read_instant(until)))
    if found or value["last"] or rules_in(sandbox):
        rules_of(sandbox).put(value["last"], found)


def _take_counts(sandbox: Sandbox) -> Any:
    rules = rules_in(sandbox)
    return () if rules is None else rules.counts


def _put_counts(sandbox: Sandbox, value: Any, _: Forms) -> None:
    if value:
        rules_of(sandbox).count(value)


def _take_later(sandbox: Sandbox) -> Any:
    later = later_in(sandbox)
    return ((), ()) if later is None else later.pending


def _write_later(value: Any, forms: Forms) -> Any:
    hidden, undos = value
    return {
        "hidden": [[each.table, each.key, _instant(each.until)] for each in hidden],
        "undos": [
            [
                *forms.states.change(each.change),
                forms.states.change(replace(each.change, after=each.change.before))[2],
                _instant(each.when),
            ]
            for each in undos
        ],
    }


def _put_later(sandbox: Sandbox, value: Any, forms: Forms) -> None:
    if not (value["hidden"] or value["undos"] or later_in(sandbox)):
        return
    record = forms.states.record
    hidden = tuple(
        Hidden(table, key, datetime.fromisoformat(until)) for table, key, until in value["hidden"]
    )
    undos = tuple(
        Undo(
            Change(table, key, record(table, before), record(table, after)),
            datetime.fromisoformat(when),
        )
        for table, key, after, before, when in value["undos"]
    )
    later_of(sandbox).pending = hidden, undos


def _write_actions(actions: Sequence[Action], _: Forms) -> Any:
    return [
        [each.number, each.at.isoformat(), each.after, each.kind, each.text] for each in actions
    ]


def _put_actions(sandbox: Sandbox, value: Any, _: Forms) -> None:
    put_actions(
        sandbox,
        [
            Action(number, datetime.fromisoformat(at), after, kind, text)
            for number, at, after, kind, text in value
        ],
    )


def _put_first_pages(sandbox: Sandbox, value: Any, _: Forms) -> None:
    pages = {name: [(table, key) for table, key in first] for name, first in value.items()}
    if pages or first_pages_in(sandbox):
        first_pages_of(sandbox).clear()
        first_pages_of(sandbox).update(pages)


#: All parts, in the order in which they are put.
PARTS: Mapping[str, Part] = {
    "seed": Part(lambda sandbox: sandbox.seed, _same, _put_seed),
    "variation": Part(lambda sandbox: sandbox.variation, _write_variation, _put_variation),
    "clock": Part(
        lambda sandbox: sandbox.clock.setting,
        _write_clock,
        lambda sandbox, value, _: _put_clock(sandbox.clock, value),
    ),
    "fresh_clock": Part(
        lambda sandbox: sandbox.fresh_clock.setting,
        _write_clock,
        lambda sandbox, value, _: _put_clock(sandbox.fresh_clock, value),
    ),
    "limits": Part(
        lambda each: (each.rate_limited, each.csrf, each.rate_limit_requests), _same, _put_limits
    ),
    "moved_after": Part(lambda sandbox: sandbox.moved_after, _same, _put_moved_after),
    "windows": Part(lambda sandbox: dict(sandbox.windows), _same, _put_windows),
    "defects": Part(
        lambda sandbox: tuple(sandbox.defects),
        lambda value, _: [[each.operation, each.pointer, each.message] for each in value],
        _put_defects,
    ),
    "faults": Part(_take_rules, _write_rules, _put_rules),
    "fault_counts": Part(_take_counts, _same, _put_counts),
    "later": Part(_take_later, _write_later, _put_later),
    "first_pages": Part(
        lambda sandbox: {name: tuple(first) for name, first in first_pages_in(sandbox).items()},
        _same,
        _put_first_pages,
    ),
    "actions": Part(actions_of, _write_actions, _put_actions),
}
