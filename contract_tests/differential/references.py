"""References to records that were there before: each target has its own, and is asked for them.

What a call of the left target takes from such a record, the right one's call takes from one of its
own that is like it: with the same numbers, flags and properties. Where there is none, what follows
cannot be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.exchange.trace import Trace, find, firsts
from contract_tests.reproduction.script import Script, Step
from contract_tests.reproduction.variables import ID_NAME
from mock_server.lifecycle.model import Lifecycle, Parts, Source

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_PASSING = re.compile(r"\d{4}-\d\d-\d\d|.*://")


class NoMatchingRecord(LookupError):
    """The right target has no record like the one that the left one's call refers to."""


@dataclass(frozen=True, slots=True)
class Look:
    """A list that was asked for what it refers to: its step, and the left target's answer."""

    step: int
    source: Source
    records: list[Any]

    def places(self) -> Iterator[tuple[str, int]]:
        """Yield each value, as text, with its place in the list."""
        for place, record in enumerate(self.records):
            value = find(record, self.source.value)
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield str(value), place

    def pointer(self, place: int) -> str:
        """Return where the list shows a value."""
        return f"{self.source.items}/{place}{self.source.value}"


@dataclass
class MatchedReferences:
    """Those of one sequence; as a reader of answers, it looks for what the right target has.

    `replaced_by` are the texts of the left target's records, each with that of the right one's.
    """

    _looks: dict[tuple[int, str], tuple[Look, int]] = field(default_factory=dict)
    _taken: dict[tuple[int, Source], dict[int, int]] = field(default_factory=dict)
    replaced_by: dict[str, str] = field(default_factory=dict)

    def put_into(self, script: Script, trace: Trace, lifecycle: Lifecycle) -> Script:
        """Return the script of a trace with a variable wherever it refers to a listed record."""
        names = dict(_names(lifecycle))
        looks: list[Look] = []
        steps: list[Step] = []
        for number, (step, exchange) in enumerate(zip(script.steps, firsts(trace), strict=True)):
            parts = step.call.parts
            path = {
                name: self._put(value, name, names, looks) for name, value in parts.path.items()
            }
            body = self._put(parts.body, "", names, looks)
            given = Parts(path, parts.query, parts.headers, body)
            steps.append(replace(step, call=replace(step.call, parts=given)))
            for source in names:
                listed = exchange.answer.at(source.items)
                if source.operation == exchange.call.operation and isinstance(listed, list):
                    looks.insert(0, Look(number, source, listed))
        return replace(script, steps=tuple(steps))

    def read(self, step: int, pointer: str, body: Any) -> Any:
        """Return what an answer of the right target gives; raises NoMatchingRecord."""
        if (step, pointer) not in self._looks:
            return find(body, pointer)
        look, place = self._looks[step, pointer]
        listed = find(body, look.source.items)
        taken = self._taken.setdefault((step, look.source), {})
        if place not in taken:
            free = {
                number: texts
                for number, record in enumerate(listed if isinstance(listed, list) else [])
                if number not in taken.values()
                and (texts := _alike(look.records[place], record)) is not None
            }
            if not free:
                raise NoMatchingRecord(f"{look.source.operation} shows none like the left one's")
            taken[place] = min(free, key=lambda number: _differing(free[number]))
            self.replaced_by |= free[taken[place]]
        return find(listed[taken[place]], look.source.value)

    def _put(
        self, value: Any, name: str, names: Mapping[Source, set[str]], looks: list[Look]
    ) -> Any:
        if isinstance(value, Mapping):
            return {key: self._put(each, key, names, looks) for key, each in value.items()}
        if isinstance(value, list):
            return [self._put(each, name, names, looks) for each in value]
        if not isinstance(value, str | int) or isinstance(value, bool):
            return value
        for look in looks:
            # A number alone says nothing of what it identifies; a name does.
            if name not in names[look.source] and _NUMBER.fullmatch(str(value)):
                continue
            place = dict(look.places()).get(str(value))
            if place is not None:
                self._looks[look.step, look.pointer(place)] = (look, place)
                return f"{{{{#{look.step}{look.pointer(place)}}}}}"
        return value


def _names(lifecycle: Lifecycle) -> Iterator[tuple[Source, set[str]]]:
    """Each source, with the names of the properties and path parameters that refer to it."""
    found: dict[Source, set[str]] = {}
    for resource in lifecycle.resources:
        for each in resource.fields:
            if each.source is not None:
                found.setdefault(each.source, set()).add(each.name.rpartition("/")[2])
        for listing in resource.lists:
            for name, value in listing.path.items():
                if isinstance(value, Source):
                    found.setdefault(value, set()).add(name)
    yield from found.items()


def _alike(left: Any, right: Any) -> dict[str, str] | None:
    """Which texts of two records stand for each other; None if anything else differs."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        if left.keys() != right.keys():
            return None
        pairs = [(left[name], right[name]) for name in left if not ID_NAME.search(name)]
    elif isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return None
        pairs = list(zip(left, right, strict=True))
    elif isinstance(left, str) and isinstance(right, str):
        if _PASSING.match(left) and _PASSING.match(right):
            return {}
        number = _NUMBER.fullmatch(left) or _NUMBER.fullmatch(right)
        return None if number and left != right else {left: right}
    else:
        return {} if type(left) is type(right) and left == right else None
    texts: dict[str, str] = {}
    for one, other in pairs:
        within = _alike(one, other)
        if within is None:
            return None
        texts |= within
    return texts


def _differing(texts: Mapping[str, str]) -> int:
    return sum(one != other for one, other in texts.items())
